"""What a media file holds, exactly: sizes, rates, frame counts and durations."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.container
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from lipwright.errors import MediaError
from lipwright.media.container import (
    MAX_PIXELS,
    demux,
    main_audio,
    main_video,
    open_container,
    time_zero,
)
from lipwright.media.decoded_frame import FrameLayout, layout_of
from lipwright.media.frame_clock import FrameClock
from lipwright.media.picture import ColorTags
from lipwright.media.video_index import UNSTAMPED_FORMATS, VideoIndex, index_video
from lipwright.media.wav_header import missing_seconds as missing_wav_seconds

TRIMMED_FORMATS = frozenset({"matroska", "ogg"})
"""FFmpeg takes end padding off their last packet's duration as well as listing it."""
MIN_MISSING_SECONDS = Fraction(1, 20)
"""Less of a sound is not missed; some programs miscount their last block."""
MIN_SIDE, MAX_SIDE = 16, 16384
MIN_FPS, MAX_FPS = Fraction(1, 100), Fraction(1000)


@dataclass(frozen=True)
class VideoInfo:
    """The moving picture of a file."""

    width: int
    """Pixels, upright (after rotation)."""
    height: int
    fps: Fraction
    """Frames per second; the exact mean where the rate varies."""
    n_frames: int
    """Frames that are shown: what the reader yields."""
    duration: Fraction
    """Seconds from the start of the first to the end of the last frame."""
    start_seconds: Fraction
    """When frame 0 is shown on the file's own time line, where its sound is placed too; mostly 0."""
    clock: FrameClock
    """When each frame is shown, frame 0 at 0."""
    rotation_degrees: int
    """The clockwise turn that brings the stored picture upright: 0, 90, 180 or 270; already applied."""
    sample_aspect: Fraction
    """Width of a pixel divided by its height, upright; 1 for square pixels."""
    codec: str
    pixel_format: str
    color: ColorTags
    n_missing: int = 0
    """Frames that the file says it has and has not: it was cut short."""
    is_still: bool = False
    """Whether it is a picture file: its one frame may be shown for as long as one likes."""
    scaled_from: tuple[int, int] | None = None
    """Width and height before a huge still was scaled down, upright; None if it was not."""

    @property
    def is_variable_rate(self) -> bool:
        """Whether frames last unequally long."""
        return self.clock.is_variable


@dataclass(frozen=True)
class AudioInfo:
    """The sound of a file."""

    sample_rate: int
    n_channels: int
    duration: Fraction
    """Seconds of sound, without encoder delay."""
    start_seconds: Fraction
    """When the sound starts on the file's time line; mostly 0."""
    codec: str
    missing_seconds: Fraction = Fraction(0)
    """Of sound that the file says it has and has not: it was cut short."""


@dataclass(frozen=True)
class MediaInfo:
    """What ``probe`` found; at least one of video and audio is there."""

    path: Path
    container: str
    """FFmpeg's name of the format, such as ``mov,mp4,m4a,3gp,3g2,mj2``."""
    video: VideoInfo | None
    audio: AudioInfo | None

    @property
    def duration(self) -> Fraction:
        """Seconds from time 0 of the file to the end of its longest stream."""
        streams = (self.video, self.audio)
        return max(stream.start_seconds + stream.duration for stream in streams if stream is not None)

    def need_video(self) -> VideoInfo:
        """The video, or MediaError when there is none."""
        if self.video is None:
            raise MediaError(
                f"expected a video, found only sound ({self.container}); name one with a picture: {self.path}"
            )
        return self.video

    def need_audio(self) -> AudioInfo:
        """The sound, or MediaError when there is none."""
        if self.audio is None:
            raise MediaError(
                f"expected sound, found only video ({self.container}); name one with a voice: {self.path}"
            )
        return self.audio


@dataclass(frozen=True, eq=False)
class VideoSurvey:
    """All that the reader has to know of a stream."""

    index: VideoIndex
    layout: FrameLayout
    info: VideoInfo


def probe(path: Path) -> MediaInfo:
    """What the file holds; frames are counted by demuxing, only the first one is decoded.

    Raises:
        MediaError: not a media file, no stream in it, or its video has no frame that decodes, or a size
            or a frame rate that makes no sense.
    """
    with open_container(path) as container:
        name = container.format.name
        has_video, audio_stream = main_video(container) is not None, main_audio(container)
        audio = _audio_info(container, audio_stream) if audio_stream is not None else None
    if not has_video and audio is None:
        raise MediaError(
            f"expected video or sound, found neither in this {name} file; export or download it again: {path}"
        )
    return MediaInfo(path, name, survey_video(path).info if has_video else None, audio)


def probe_audio(path: Path) -> AudioInfo:
    """The sound alone, without a look at the video.

    Raises:
        MediaError: not a media file, or no sound in it.
    """
    with open_container(path) as container:
        stream = main_audio(container)
        if stream is None:
            raise MediaError(f"expected sound, found none in this {container.format.name} file: {path}")
        return _audio_info(container, stream)


def survey_video(path: Path) -> VideoSurvey:
    """Index, layout and facts of the file's video.

    Raises:
        MediaError: as ``probe``, and when there is no video.
    """
    first = _first_frame(path)
    with open_container(path) as container:
        stream = main_video(container)
        index = index_video(container, stream) if stream is not None else None
        if stream is None or index is None:
            raise MediaError(f"expected a video, found no frame in it: {path}")
        layout = layout_of(first)
        _check_size(layout.width, layout.height, path)
        _check_rate(index.clock.fps, path)
        info = _video_info(container, stream, index, first)
    return VideoSurvey(index, layout, info)


def _first_frame(path: Path) -> av.VideoFrame:
    with open_container(path) as container:
        stream = main_video(container)
        if stream is None:
            raise MediaError(f"expected a video, found none in this {container.format.name} file: {path}")
        if stream.codec_context is None:
            raise MediaError(f"the video uses a codec that this FFmpeg cannot decode: {path}")
        if stream.codec_context.width and stream.codec_context.height:  # before a decoder allocates them
            _check_size(stream.codec_context.width, stream.codec_context.height, path)
        stream.codec_context.thread_count = 1
        for packet in chain(demux(container, stream), [None]):
            try:
                frames = stream.codec_context.decode(packet)
            except av.FFmpegError:  # damaged: a later packet may be sound
                continue
            if frames:
                return frames[0]
    raise MediaError(
        f"expected a video that can be decoded, of at most {MAX_PIXELS // 10**6} million pixels a frame, "
        f"found no such frame; the file is empty, damaged or too large a picture: {path}"
    )


def _check_size(width: int, height: int, path: Path) -> None:
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_SIDE:
        raise MediaError(
            f"expected a video of {MIN_SIDE} to {MAX_SIDE} pixels a side, found {width}x{height}: {path}"
        )


def _check_rate(fps: Fraction, path: Path) -> None:
    """Damaged stamps claim a frame a year, or so many a second that a short voice would need millions."""
    if not MIN_FPS <= fps <= MAX_FPS:
        raise MediaError(
            f"expected a video of {MIN_FPS} to {MAX_FPS} frames per second, found {float(fps):.3g}; "
            f"its time stamps are damaged, export it again: {path}"
        )


def _video_info(
    container: av.container.InputContainer, stream: VideoStream, index: VideoIndex, first: av.VideoFrame
) -> VideoInfo:
    layout, clock = layout_of(first), index.clock
    assert stream.time_base is not None
    # Without stored stamps, the first one only tells how far the decoder reorders frames.
    first_seconds = int(index.presented[0]) * stream.time_base - time_zero(container)
    start = Fraction(0) if container.format.name in UNSTAMPED_FORMATS else first_seconds
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    return VideoInfo(
        width=layout.width,
        height=layout.height,
        fps=clock.fps,
        n_frames=clock.n_frames,
        duration=clock.duration,
        start_seconds=start,
        clock=clock,
        rotation_degrees=-layout.quarter_turns * 90 % 360,
        sample_aspect=1 / aspect if layout.quarter_turns % 2 else aspect,
        codec=stream.codec_context.codec.canonical_name,
        n_missing=max(0, stream.frames - len(index.packets.stamps)),
        pixel_format=first.format.name,
        color=layout.color,
    )


def _audio_info(container: av.container.InputContainer, stream: AudioStream) -> AudioInfo:
    """Measured from the packets: headers of MP3 and of broken recordings only estimate the duration."""
    rate, zero = stream.codec_context.sample_rate, time_zero(container)
    assert stream.time_base is not None
    is_trimmed = not TRIMMED_FORMATS.isdisjoint(container.format.name.split(","))
    start, end = None, zero
    for packet in demux(container, stream):
        if packet.pts is None:
            continue
        begin = packet.pts * stream.time_base
        dropped = _skipped_samples(packet)
        start = begin + Fraction(dropped[0], rate) if start is None else start
        end = begin + (packet.duration or 0) * stream.time_base
        end -= Fraction(0 if is_trimmed else dropped[1], rate)
    start = max(zero, zero if start is None else start)
    return AudioInfo(
        sample_rate=rate,
        n_channels=stream.codec_context.channels,
        duration=max(Fraction(0), end - start),
        start_seconds=start - zero,
        codec=stream.codec_context.codec.canonical_name,
        missing_seconds=_missing_seconds(container, stream, end - zero),
    )


def _missing_seconds(container: av.container.InputContainer, stream: AudioStream, end: Fraction) -> Fraction:
    """By the headers that can be relied on; those of other formats estimate."""
    missing = Fraction(0)
    if container.format.name == "wav":
        missing = missing_wav_seconds(Path(container.name.removeprefix("file:")))
    elif container.format.name == "flac" and stream.duration is not None:
        assert stream.time_base is not None
        missing = stream.duration * stream.time_base - end
    return missing if missing >= MIN_MISSING_SECONDS else Fraction(0)


def _skipped_samples(packet: "av.Packet[AudioStream]") -> tuple[int, int]:
    """Samples that players drop from the start and the end of a packet (encoder delay and padding)."""
    if not packet.has_sidedata("skip_samples"):
        return 0, 0
    data = bytes(packet.get_sidedata("skip_samples"))
    return int.from_bytes(data[:4], "little"), int.from_bytes(data[4:8], "little")
