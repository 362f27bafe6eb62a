"""Pictures encoded into a file, the same bytes for the same pictures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, cast

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.plane import VideoPlane
from av.video.stream import VideoStream

from lipwright.cores import usable_cores
from lipwright.errors import OutputError, UsageError
from lipwright.media.container import BITEXACT
from lipwright.media.picture import ColorTags, Picture, UInt8Array

VideoCodec = Literal["h264", "vp9", "ffv1"]

ENCODERS: dict[VideoCodec, str] = {"h264": "libx264", "vp9": "libvpx-vp9", "ffv1": "ffv1"}
MACROBLOCK = 16
KEY_FRAME_SECONDS = 4
"""Players seek to key frames; each group of pictures is closed, so that files join without re-encoding."""
MAX_THREADS = 8
QUICK_PRESETS = frozenset({"ultrafast", "superfast", "veryfast"})
"""Presets of x264 that need a lower crf for the same picture."""


@dataclass(frozen=True)
class EncoderOptions:
    """How pictures are encoded."""

    codec: VideoCodec = "h264"
    """``ffv1`` is lossless and meant for ``.mkv``."""
    crf: int | None = None
    """Constant quality, lower is better; None takes what makes differences from the source hard to see: 17
    for H.264, 15 with its quick presets, 24 for VP9. 0 is lossless in H.264."""
    preset: str = "medium"
    """Of x264. Beside ``medium``, ``veryfast`` takes 0.4 of the processor time for the same picture in 20 to
    45 % more bits, each at its default crf (five talks of 256 to 1920 pixels: -0.2 to +0.7 dB on four, 1.6 dB
    less at 47 dB on one; as sharp to within 3 %)."""
    keeps_grain: bool = False
    """Whether x264 keeps fine texture that moves, in about half as many bits again (of talks a fifth to nine
    tenths): a photograph that is moved has all of it, footage lost much of it to its first encoder. Other
    codecs take no notice."""
    threads: int | None = None
    """None takes one per core, at most 8. The bytes depend on it: fix it where they must not differ
    between machines."""

    def __post_init__(self) -> None:
        """Refuses options that no encoder has."""
        if self.codec not in ENCODERS:
            raise UsageError(f"expected one of the codecs {', '.join(ENCODERS)}, got {self.codec}")
        if self.crf is not None and not 0 <= self.crf <= 63:
            raise UsageError(f"expected a crf of 0 to 63, got {self.crf}")
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"expected at least one encoder thread, got {self.threads}")


@dataclass(frozen=True)
class VideoFormat:
    """What the pictures of a file have in common."""

    width: int
    """Pixels."""
    height: int
    fps: Fraction
    """The frame rate, or its mean."""
    time_base: Fraction | None = None
    """Seconds per tick of the stamps; None takes one frame."""
    color: ColorTags = field(default_factory=ColorTags)
    sample_aspect: Fraction = Fraction(1)
    """Width of a pixel divided by its height."""


class VideoWriter:
    """Encodes pictures of one size into a file of video alone.

    H.264 in 4:2:0 cannot hold odd sizes: the last column or row is repeated to make them even. VP9 and FFV1
    keep odd sizes.
    """

    def __init__(self, path: Path, form: VideoFormat, options: EncoderOptions | None = None) -> None:
        """Creates the file; its name says the container (``.mp4``, ``.mkv``, ``.webm``).

        Raises:
            OutputError: its directory does not exist; ``write`` raises it too.
        """
        self.path = path
        self._form, options = form, options or EncoderOptions()
        rate = form.fps.limit_denominator(1001)
        container_name = _format_of(path)
        if not path.parent.is_dir():
            raise OutputError(f"cannot write {path}: its directory does not exist; create it first")
        self._container = av.open(f"file:{path}", "w", format=container_name)  # created at the first packet
        self._container.flags |= BITEXACT
        stream = cast(VideoStream, self._container.add_stream(ENCODERS[options.codec], rate=rate))
        _set_up(stream.codec_context, form, is_even=options.codec == "h264")
        stream.codec_context.time_base = form.time_base or 1 / form.fps
        stream.codec_context.options = _encoder_options(options, rate, form.width)
        stream.codec_context.thread_count = options.threads or min(MAX_THREADS, usable_cores())
        self._stream = stream

    def __enter__(self) -> "VideoWriter":
        """The writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finishes the file; after an error it is only closed and what it holds is not to be used."""
        try:
            if kind is None:
                self._mux(self._stream.encode(None))
        finally:
            self._close(is_complete=kind is None)

    def _close(self, *, is_complete: bool) -> None:
        try:
            self._container.close()  # writes what is buffered and, in MP4, the index
        except av.FFmpegError as error:
            if is_complete:
                raise OutputError(f"cannot write {self.path}: {error.strerror}") from error

    def write(self, picture: Picture, pts: int) -> None:
        """Encodes one picture.

        Args:
            pts: when it is shown, in ticks of the time base; rising from picture to picture, the first 0.
        """
        frame = av.VideoFrame(self._stream.width, self._stream.height, "yuv420p")
        for plane, samples in zip(frame.planes, (picture.luma, picture.blue, picture.red), strict=True):
            _fill(plane, samples)
        frame.pts = pts
        frame.time_base = self._stream.codec_context.time_base
        frame.colorspace, frame.color_range = self._form.color.matrix, _color_range(self._form.color)
        self._mux(self._stream.encode(frame))

    def _mux(self, packets: "Iterable[av.Packet[VideoStream]]") -> None:
        try:
            self._container.mux(list(packets))
        except av.FFmpegError as error:
            raise OutputError(f"cannot write {self.path}: {error.strerror}") from error


def _format_of(path: Path) -> str:
    formats = {".mp4": "mp4", ".mkv": "matroska", ".webm": "webm"}
    if path.suffix not in formats:
        raise UsageError(f"expected a name ending in {', '.join(formats)}, got {path.name}")
    return formats[path.suffix]


def _set_up(context: VideoCodecContext, form: VideoFormat, *, is_even: bool) -> None:
    odd = 1 if is_even else 0
    context.width, context.height = form.width + (form.width & odd), form.height + (form.height & odd)
    context.pix_fmt = "yuv420p"
    context.colorspace, context.color_range = form.color.matrix, _color_range(form.color)
    context.color_primaries, context.color_trc = form.color.primaries, form.color.transfer
    context.sample_aspect_ratio = form.sample_aspect


def _color_range(color: ColorTags) -> int:
    return 2 if color.is_full_range else 1  # as FFmpeg numbers them: JPEG, MPEG


def _encoder_options(options: EncoderOptions, rate: Fraction, width: int) -> dict[str, str]:
    key_interval = str(max(1, round(KEY_FRAME_SECONDS * rate)))
    if options.codec == "ffv1":
        return {"g": "1"}
    if options.codec == "vp9":
        crf = 24 if options.crf is None else options.crf
        return {
            "crf": str(crf),
            "b": "0",
            "deadline": "good",
            "cpu-used": "4",
            "row-mt": "1",
            "g": key_interval,
        }
    return _h264_options(options, key_interval, width)


def _h264_options(options: EncoderOptions, key_interval: str, width: int) -> dict[str, str]:
    usual = 15 if options.preset in QUICK_PRESETS else 17
    crf = usual if options.crf is None else options.crf
    fixed = {"preset": options.preset, "g": key_interval, "flags": "+cgop"}
    # "film" smooths less across blocks and keeps more of the texture of skin in the same bits: on four clips
    # 1.01, 1.01, 1.01 and 1.06 times the Laplacian variance of mouths at the same PSNR and processor time
    fixed["tune"] = "grain" if options.keeps_grain else "film"
    if -(-width // MACROBLOCK) % 8 == 0 or crf == 0:
        return {"crf": str(crf), **fixed}
    # x264's macroblock tree reads beyond rows that are not a multiple of 8 macroblocks, where memory holds
    # anything (seen as bytes that change with MALLOC_PERTURB_): without it the bytes are reproducible. It
    # spends 2 steps of crf elsewhere: measured on three clips, the same PSNR at 3 to 21 % more bits.
    return {"crf": str(min(crf + 2, 51)), "x264-params": "mbtree=0", **fixed}


def _fill(plane: VideoPlane, samples: UInt8Array) -> None:
    """Copies samples into the plane; a row or column it has more repeats the last one."""
    height, width = samples.shape
    target = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[
        : plane.height, : plane.width
    ]
    target[:height, :width] = samples
    target[:height, width:] = samples[:, -1:]
    target[height:] = target[height - 1]
