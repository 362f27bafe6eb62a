from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from lipwright.errors import MediaError, OutputError, UsageError
from lipwright.media.audio_reader import read_audio
from lipwright.media.frame_clock import FrameClock
from lipwright.media.mux import mux
from lipwright.media.probe import probe
from lipwright.media.sound_track import SoundTrack
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter
from tests.unit.media.synthetic import (
    FPS,
    HEIGHT,
    WIDTH,
    click_track,
    encode_sound,
    number_of,
    onsets,
    same,
    write_part,
)

H264, VP9 = EncoderOptions(threads=1), EncoderOptions(codec="vp9", threads=1)
CONTAINERS = [("mp4", H264), ("webm", VP9)]


def write_parts(folder: Path, lengths: list[int], options: EncoderOptions) -> list[Path]:
    """Parts that together hold the numbers from 0 on."""
    suffix = ".mp4" if options.codec == "h264" else ".webm"
    ends = list(accumulate(lengths))
    return [
        write_part(folder / f"part-{end}{suffix}", range(end - length, end), options)
        for length, end in zip(lengths, ends, strict=True)
    ]


@pytest.mark.parametrize(("container", "options"), CONTAINERS)
@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30), Fraction(30000, 1001)])
def test_joined_parts_keep_every_frame_and_the_exact_rate(
    tmp_path: Path, container: str, options: EncoderOptions, fps: Fraction
) -> None:
    """Not re-encoded: the pictures of the parts, bit for bit; a part of one frame is no special case."""
    parts = write_parts(tmp_path, [30, 1, 19], options)
    output = tmp_path / f"out.{container}"
    mux(parts, None, output, clock=FrameClock.constant(fps, 50), container=container)  # type: ignore[arg-type]
    info = probe(output)
    assert info.audio is None
    video = info.need_video()
    assert (video.fps, video.n_frames, video.duration, video.start_seconds) == (fps, 50, 50 / fps, 0)
    before = [picture for part in parts for picture in VideoReader(part).read()]
    assert all(same(a, b) for a, b in zip(before, VideoReader(output).read(), strict=True))
    assert [number_of(picture) for picture in VideoReader(output).read(28, 33)] == list(range(28, 33))


@pytest.mark.parametrize(("container", "options"), CONTAINERS)
def test_decoding_stamps_rise_and_never_pass_the_presentation(
    tmp_path: Path, container: str, options: EncoderOptions
) -> None:
    """What every player needs, across the joints and B-frames."""
    output = tmp_path / f"out.{container}"
    parts = write_parts(tmp_path, [12, 12, 3], options)
    mux(parts, None, output, clock=FrameClock.constant(FPS, 27), container=container)  # type: ignore[arg-type]
    with av.open(str(output)) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    assert all(a.dts < b.dts for a, b in pairwise(packets))
    assert all(packet.dts <= packet.pts for packet in packets)
    assert sum(packet.is_keyframe for packet in packets) == 3


def test_variable_rate_is_kept_through_writer_and_mux(tmp_path: Path) -> None:
    """The stamps of the clock, whatever those in the parts were."""
    stamps = np.cumsum([0, *(2000 + 1500 * (i % 3) for i in range(39))])
    clock = FrameClock.variable(stamps.astype(np.int64), Fraction(1, 90000), 2500)
    parts = write_parts(tmp_path, [20, 20], H264)
    mux(parts, None, tmp_path / "out.mp4", clock=clock)
    found = probe(tmp_path / "out.mp4").need_video().clock
    assert [found.seconds(i) for i in range(40)] == [clock.seconds(i) for i in range(40)]
    assert abs(found.duration - clock.duration) < Fraction(1, 30)  # how long the last frame lasts is lost


@pytest.mark.parametrize(("container", "options"), CONTAINERS)
@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("a.wav", "pcm_s16le", ()),
        ("a.m4a", "aac", ("mp4",)),
        ("a.aac", "aac", ()),  # raw AAC holds no decoder setup that MP4 could take
        ("a.mp3", "libmp3lame", ("mp4",)),
        ("a.ogg", "libopus", ("webm",)),
        ("a.flac", "flac", ()),
    ],
)
def test_a_click_stays_on_its_flash(
    tmp_path: Path, container: str, options: EncoderOptions, name: str, codec: str, kept: tuple[str, ...]
) -> None:
    """Clicks on frames 10 and 30: copied or encoded, encoder delay must not shift them by even 3 ms."""
    sound = encode_sound(tmp_path / name, codec, click_track(2, [0.4, 1.2]))
    before = onsets(read_audio(sound, 48000), 48000)
    output = tmp_path / f"out.{container}"
    clock = FrameClock.constant(FPS, 50)
    parts = write_parts(tmp_path, [25, 25], options)
    mux(parts, SoundTrack(sound), output, clock=clock, container=container)  # type: ignore[arg-type]
    audio = probe(output).need_audio()
    assert audio.codec == ("aac" if container == "mp4" else "opus") or container in kept
    assert abs(audio.start_seconds) <= Fraction(1, 1000)
    assert np.allclose(onsets(read_audio(output, 48000), 48000), before, atol=0.003)
    assert [number_of(picture) for picture in VideoReader(output).read(10, 31)][::20] == [10, 30]
    assert probe(output).need_video().start_seconds == 0
    if container in kept:
        assert audio_bytes(output) == audio_bytes(sound)


def audio_bytes(path: Path) -> list[bytes]:
    """The packets of a file's sound."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


@pytest.mark.parametrize(("container", "options"), CONTAINERS)
@pytest.mark.parametrize("seconds", ["0.77", "2", "3.456"])
@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.m4a", "aac"), ("a.ogg", "libopus")])
def test_sound_is_cut_or_padded_to_the_length_asked_for(
    tmp_path: Path, container: str, options: EncoderOptions, seconds: str, name: str, codec: str
) -> None:
    """Encoded: to a millisecond; copied: to a packet."""
    sound = encode_sound(tmp_path / name, codec, click_track(2, [0.4]))
    output = tmp_path / f"out.{container}"
    clock = FrameClock.constant(FPS, 10)
    track = SoundTrack(sound, Fraction(seconds))
    mux(write_parts(tmp_path, [10], options), track, output, clock=clock, container=container)  # type: ignore[arg-type]
    found = probe(output).need_audio()
    assert abs(found.duration - Fraction(seconds)) <= (
        Fraction(1, 25) if codec.endswith(found.codec) else Fraction(1, 500)
    )
    assert np.allclose(onsets(read_audio(output, 48000), 48000), [0.4], atol=0.003)


def test_sound_may_start_later_in_its_file(tmp_path: Path) -> None:
    """A video whose first frame is at 0.5 s takes its own sound from there."""
    sound = encode_sound(tmp_path / "a.m4a", "aac", click_track(2, [0.9]))
    track = SoundTrack(sound, Fraction(1), Fraction(1, 2))
    output = tmp_path / "out.mp4"
    mux(write_parts(tmp_path, [10], H264), track, output, clock=FrameClock.constant(FPS, 10))
    assert np.allclose(onsets(read_audio(output, 48000), 48000), [0.4], atol=0.003)


@pytest.mark.parametrize("sample_rate", [8000, 22050, 96000])
def test_stereo_of_any_rate_stays_stereo(tmp_path: Path, sample_rate: int) -> None:
    """At a rate that every player knows."""
    samples = np.repeat(click_track(1, [0.4], sample_rate), 2, axis=0)
    samples[1] = 0
    sound = encode_sound(tmp_path / "a.wav", "pcm_s16le", samples, sample_rate)
    output = tmp_path / "out.mp4"
    mux(write_parts(tmp_path, [10], H264), SoundTrack(sound), output, clock=FrameClock.constant(FPS, 10))
    found = probe(output).need_audio()
    assert (found.n_channels, found.sample_rate) == (2, 48000)


def test_an_mp4_can_start_to_play_before_it_is_all_there(tmp_path: Path) -> None:
    """Its index stands in front of its data."""
    mux(write_parts(tmp_path, [10], H264), None, tmp_path / "out.mp4", clock=FrameClock.constant(FPS, 10))
    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_parts_give_the_same_file(tmp_path: Path) -> None:
    """Sound included."""
    sound = encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(1, [0.4]))
    parts = write_parts(tmp_path, [10], H264)
    for name in ("one.mp4", "two.mp4"):
        mux(parts, SoundTrack(sound), tmp_path / name, clock=FrameClock.constant(FPS, 10))
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


@pytest.mark.parametrize("case", ["frames", "alike", "codec", "sound", "nothing"])
def test_what_does_not_fit_is_refused_and_leaves_nothing_behind(tmp_path: Path, case: str) -> None:
    """An old result stays, and no scratch file does."""
    output = tmp_path / "out" / ("x.webm" if case == "codec" else "x.mp4")
    output.parent.mkdir()
    output.write_text("an old result")
    parts = write_parts(tmp_path, [10], H264)
    clock, sound = FrameClock.constant(FPS, 10), None
    if case == "frames":
        clock = FrameClock.constant(FPS, 11)
    if case == "alike":
        with VideoWriter(tmp_path / "small.mp4", VideoFormat(WIDTH // 2, HEIGHT, FPS), H264) as writer:
            picture = next(VideoReader(parts[0]).read())
            writer.write(
                picture.__class__(picture.luma[:, :80], picture.blue[:, :40], picture.red[:, :40]), 0
            )
        parts.append(tmp_path / "small.mp4")
    if case == "sound":
        sound = SoundTrack(parts[0])
    if case == "nothing":
        parts = []
    with pytest.raises((UsageError, MediaError)):
        mux(parts, sound, output, clock=clock, container="webm" if case == "codec" else "mp4")
    assert [path.name for path in output.parent.iterdir()] == [output.name]
    assert output.read_text() == "an old result"


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    """A directory that does not exist, and one where the file should be."""
    parts, clock = write_parts(tmp_path, [3], H264), FrameClock.constant(FPS, 3)
    with pytest.raises(OutputError, match="does not exist"):
        mux(parts, None, tmp_path / "none" / "x.mp4", clock=clock)
    with pytest.raises(OutputError, match="is a directory"):
        mux(parts, None, tmp_path, clock=clock)


@pytest.mark.parametrize("length", [255, 256])
def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path, length: int) -> None:
    """255 bytes on every usual file system; one more is an error, not a defect."""
    parts, clock = write_parts(tmp_path, [3], H264), FrameClock.constant(FPS, 3)
    output = tmp_path / f"{'n' * (length - 4)}.mp4"
    if length > 255:
        with pytest.raises(OutputError, match="too long"):
            mux(parts, None, output, clock=clock)
    else:
        mux(parts, None, output, clock=clock)
        assert output.is_file()
