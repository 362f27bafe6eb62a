import struct
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from lipwright.errors import MediaError
from lipwright.media.probe import probe, probe_audio
from lipwright.media.video_reader import VideoReader
from tests.unit.media.synthetic import click_track, encode_sound, encode_video, number_of, numbered_rgb

NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)


@pytest.mark.parametrize(
    ("name", "codec", "fps", "options"),
    [
        ("x.mp4", "libx264", NTSC, {"bf": "3", "g": "20"}),
        ("x.mov", "libx264", FILM, {}),
        ("x.mkv", "libx264", NTSC, {}),  # stamps rounded to milliseconds
        ("x.webm", "libvpx-vp9", NTSC, {"cpu-used": "8", "deadline": "realtime"}),
        (
            "x.webm",
            "libvpx",
            FILM,
            {"auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "5", "b": "200k"},
        ),  # has hidden frames
        ("x.ts", "libx264", NTSC, {}),  # starts at 1.4 s
        ("x.mpg", "mpeg1video", NTSC, {"bf": "2"}),
        ("x.avi", "mpeg4", Fraction(25), {"bf": "2"}),  # stores no presentation stamps
        ("x.avi", "libx264", Fraction(25), {"bf": "3"}),  # those FFmpeg derives are wrong
        ("x.h264", "libx264", Fraction(25), {}),  # has no stamps at all
        ("x.mp4", "mpeg4", Fraction(12), {}),
        ("x.mp4", "libx264", Fraction(120), {}),
        ("x.mp4", "libx264", Fraction(2997, 100), {}),  # not quite NTSC, and kept so
    ],
)
def test_rate_and_count_are_exact_in_every_container(
    tmp_path: Path, name: str, codec: str, fps: Fraction, options: dict[str, str]
) -> None:
    """The true rational rate, and as many frames as the reader yields, in their order."""
    path = encode_video(tmp_path / name, codec, fps=fps, options=options)
    info = probe(path).need_video()
    assert (info.fps, info.n_frames, info.is_variable_rate) == (fps, 60, False)
    assert info.duration == 60 / fps
    assert info.start_seconds == 0
    assert [number_of(picture) for picture in VideoReader(path).read()] == list(range(60))


@pytest.mark.parametrize("name", ["x.mp4", "x.mkv"])
def test_variable_rate_keeps_every_stamp(tmp_path: Path, name: str) -> None:
    """Frames 25 to 57 ms apart are no constant rate; their times are those that were written."""
    stamps = [33 * i + i * i * 37 % 25 for i in range(60)]
    info = probe(
        encode_video(tmp_path / name, stamps=stamps, time_base=Fraction(1, 1000), options={"bf": "2"})
    ).need_video()
    assert info.is_variable_rate
    assert [info.clock.seconds(i) for i in range(60)] == [Fraction(stamp, 1000) for stamp in stamps]
    assert info.fps == info.n_frames / info.duration


def test_a_dropped_frame_makes_the_rate_variable(tmp_path: Path) -> None:
    """Counting frames would put everything after the hole 33 ms early."""
    stamps = [1001 * (i + (i > 20)) for i in range(60)]
    info = probe(encode_video(tmp_path / "x.mp4", stamps=stamps, time_base=Fraction(1, 30000))).need_video()
    assert info.is_variable_rate
    assert info.clock.seconds(59) == Fraction(60 * 1001, 30000)


def test_a_video_that_starts_late_says_so(tmp_path: Path) -> None:
    """Frame 0 is at 2 s of the file, where its sound counts from; the frame clock starts at 0."""
    info = probe(encode_video(tmp_path / "x.mp4", stamps=range(50, 110))).need_video()
    assert (info.start_seconds, info.clock.seconds(0), info.fps) == (2, 0, 25)


@pytest.mark.parametrize(("rotation", "clockwise"), [(None, 0), (90, 270), (-90, 90), (180, 180)])
def test_sizes_are_those_of_the_upright_picture(tmp_path: Path, rotation: int | None, clockwise: int) -> None:
    """A display matrix that turns by a quarter swaps width and height."""
    info = probe(encode_video(tmp_path / "x.mp4", n_frames=3, rotation=rotation)).need_video()
    assert (info.width, info.height) == ((96, 160) if clockwise % 180 else (160, 96))
    assert info.rotation_degrees == clockwise


def test_cover_art_is_no_video(tmp_path: Path) -> None:
    """A song with a picture attached is sound."""
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        art = container.add_stream("mjpeg", rate=1)
        art.width, art.height, art.pix_fmt = 96, 96, "yuvj420p"
        art.disposition = av.stream.Disposition.attached_pic.value
        sound = container.add_stream("aac", rate=48000, layout="mono")
        frame = av.VideoFrame.from_ndarray(numbered_rgb(1), format="rgb24").reformat(96, 96, "yuvj420p")
        container.mux([*art.encode(frame), *art.encode(None)])
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        samples.sample_rate = 48000
        container.mux([*sound.encode(samples), *sound.encode(None)])
    info = probe(path)
    assert info.video is None
    assert info.need_audio().codec == "aac"
    with pytest.raises(MediaError, match="only sound"):
        info.need_video()
    with pytest.raises(MediaError, match="found none"):
        VideoReader(path)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s24le"),
        ("a.m4a", "aac"),
        ("a.mp3", "libmp3lame"),
        ("a.ogg", "libopus"),
        ("a.flac", "flac"),
    ],
)
def test_sound_is_measured_without_encoder_delay(tmp_path: Path, name: str, codec: str) -> None:
    """2.345 s of sound are 2.345 s, whatever the packets hold."""
    info = probe_audio(encode_sound(tmp_path / name, codec, click_track(2.345, [1])))
    assert abs(info.duration - Fraction("2.345")) < Fraction(1, 1000)
    assert (info.start_seconds, info.sample_rate, info.n_channels) == (0, 48000, 1)


def zip_file(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")


def png_file(path: Path) -> None:
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "rgb24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered_rgb(1), format="rgb24")))
        container.mux(stream.encode(None))


def cut_mp4(path: Path) -> None:
    whole = encode_video(path.with_name("whole.mp4")).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("name", "make", "found"),
    [
        ("none.mp4", lambda path: None, "no such file"),
        ("folder.mp4", Path.mkdir, "directory"),
        ("empty.mp4", Path.touch, "empty"),
        ("notes.mp4", lambda path: path.write_text("Grüße, a note\n" * 400), "found text"),
        ("notes.txt", lambda path: path.write_text("a note\n" * 40), "found text"),
        ("archive.mp4", zip_file, "ZIP"),
        ("picture.mp4", png_file, "PNG picture"),
        ("noise.mp4", lambda path: path.write_bytes(bytes(range(128, 256)) * 90), "no known media format"),
        ("list.m3u8", lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), "playlist"),
        ("list.txt", lambda path: path.write_text("ffconcat version 1.0\nfile x.mp4\n"), "found text"),
        ("cut.mp4", cut_mp4, "cut short"),
    ],
)
def test_what_is_no_media_is_named(tmp_path: Path, name: str, make: object, found: str) -> None:
    """The message says what the file is; playlists that point elsewhere are never followed."""
    path = tmp_path / name
    make(path)  # type: ignore[operator]
    with pytest.raises(MediaError, match=found):
        probe(path)


def test_a_video_too_small_to_hold_a_face_is_refused(tmp_path: Path) -> None:
    """Fewer than 16 pixels a side."""
    with av.open(str(tmp_path / "x.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 8, 160, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(8, 160, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(MediaError, match="16 to 16384 pixels"):
        probe(tmp_path / "x.mkv")


@pytest.mark.parametrize(
    ("name", "step_ticks", "time_base"),
    [
        ("x.mkv", 3600 * 24 * 365 * 1000, Fraction(1, 1000)),  # a frame a year
        ("x.mkv", 200_000, Fraction(1, 1000)),
        ("x.mp4", 1, Fraction(1, 90_000)),  # as many a second as a voice of a second would need
    ],
)
def test_a_video_whose_rate_makes_no_sense_is_refused(
    tmp_path: Path, name: str, step_ticks: int, time_base: Fraction
) -> None:
    """Whatever the stamps claim, nobody filmed it so."""
    stamps = [step_ticks * i for i in range(3)]
    path = encode_video(
        tmp_path / name,
        "ffv1" if name.endswith("mkv") else "libx264",
        n_frames=3,
        stamps=stamps,
        time_base=time_base,
    )
    with pytest.raises(MediaError, match="1/100 to 1000 frames per second"):
        probe(path)


def test_a_video_without_frames_is_refused(tmp_path: Path) -> None:
    """The header promises a stream, but nothing follows."""
    path = tmp_path / "x.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        container.start_encoding()
    with pytest.raises(MediaError):
        probe(path)


def test_a_huge_size_claim_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    """A forged header: an AVI of 30000 x 30000 pixels."""
    data = bytearray(encode_video(tmp_path / "x.avi", "mpeg4", n_frames=2).read_bytes())
    for at in range(len(data) - 8):
        if data[at : at + 8] == struct.pack("<ii", 160, 96):
            data[at : at + 8] = struct.pack("<ii", 30000, 30000)
    path = tmp_path / "huge.avi"
    path.write_bytes(data)
    info = probe(path).video  # the codec's own header knows better, or the file is refused
    assert info is None or info.width <= 16384


@pytest.mark.parametrize("claim", [16_000, 64])  # said in the container's header, and hidden from it
def test_a_small_file_of_huge_frames_is_refused_before_one_is_unpacked(tmp_path: Path, claim: int) -> None:
    """Two megabytes of PNG can hold frames of two gigabytes."""
    path = tmp_path / "bomb.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=25)
        stream.width = stream.height = claim
        stream.pix_fmt = "rgba64be"
        packet = av.Packet(_png_of(16_000, 16_000))
        packet.stream, packet.time_base, packet.pts, packet.dts = stream, Fraction(1, 25), 0, 0
        container.mux(packet)
    with pytest.raises(MediaError, match="million pixels"):
        probe(path)


def _png_of(width: int, height: int) -> bytes:
    """A picture of 16 bits a sample of which only the first lines are there."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(8 * (width * 8 + 1)))),
        (b"IEND", b""),
    ]
    chunks = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
