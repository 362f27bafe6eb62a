"""A still picture as a video of one frame, in the samples that the pipeline works in."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import cast

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from lipwright.errors import MediaError, UsageError
from lipwright.media.container import check_is_file
from lipwright.media.frame_clock import FrameClock
from lipwright.media.image_header import (
    IMAGE_NAMES,
    ImageHeader,
    ImageKind,
    damaged,
    image_kind,
    read_header,
)
from lipwright.media.picture import ColorTags, Picture
from lipwright.media.probe import MIN_SIDE, VideoInfo

UInt8Array = NDArray[np.uint8]

STILL_FPS = Fraction(25)
MAX_IMAGE_SIDE = 16384
MAX_IMAGE_PIXELS = 110_000_000
"""A picture of more is not decoded: with 3 to 8 bytes each, it would take more than all the rest of a job."""
MAX_IMAGE_BYTES = 256 << 20
LONG_SIDE, SHORT_SIDE = 4096, 2160
"""Larger pictures are scaled down to these."""
BACKGROUND = 255
"""What shows through where a picture is transparent: white."""

_DECODERS: dict[ImageKind, str] = {"png": "png", "jpeg": "mjpeg", "webp": "webp"}
_EXACT = Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""FFmpeg's quick way from YUV to RGB leaves some of the right-hand columns unwritten where the width is four
more than a multiple of eight, and several threads do so with rows."""
_TAGS = ColorTags(matrix=1, primaries=1, transfer=1)
"""BT.709, limited range: what every player reads right."""
_UPRIGHT = {1: (0, False), 2: (0, True), 3: (2, False), 4: (2, True),
            5: (1, True), 6: (3, False), 7: (3, True), 8: (1, False)}  # fmt: skip
"""By EXIF orientation: counter-clockwise quarter turns, and whether left and right are swapped before."""


@dataclass(frozen=True, eq=False)
class Still:
    """A decoded picture and what it was."""

    picture: Picture
    info: VideoInfo
    kind: ImageKind


class StillReader:
    """Reads a still as ``VideoReader`` reads a video: there is one frame, number 0."""

    def __init__(self, path: Path) -> None:
        """Decodes the picture.

        Raises:
            MediaError: see ``load_still``.
        """
        self.path = path
        self._still = load_still(path)
        self.n_concealed = 0
        """A still is whole or is refused."""

    @property
    def info(self) -> VideoInfo:
        """What the picture is."""
        return self._still.info

    def __enter__(self) -> "StillReader":
        """The reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Picture]:
        """The picture, if ``start <= 0 < stop``."""
        stop = 1 if stop is None else stop
        if not 0 <= start <= stop <= 1:
            raise UsageError(f"expected frames within 0 to 1, got {start} to {stop}")
        return iter([self._still.picture.copy()] * (stop - start))

    def read_backwards(self, stop: int, start: int = 0) -> Iterator[Picture]:
        """The same, from the end."""
        return self.read(start, stop)


def is_still(path: Path) -> bool:
    """Whether the file's first bytes are those of a PNG, JPEG or WebP picture."""
    return image_kind(path) is not None


def load_still(path: Path) -> Still:
    """Decodes a picture, upright, on a plain background where it is transparent, scaled down if it is huge.

    Raises:
        MediaError: no such file, no picture of a known kind, an animated, damaged, tiny or enormous one.
    """
    check_is_file(path)
    if path.stat().st_size > MAX_IMAGE_BYTES:
        raise MediaError(
            f"expected a picture of at most {MAX_IMAGE_BYTES >> 20} MiB, found a larger file; "
            f"scale it down: {path}"
        )
    data = path.read_bytes()
    try:
        header = read_header(data)
        _check(header)
        rgb, pixel_format = _decode(data, header)
    except MediaError as error:
        raise MediaError(f"{error}: {path}") from error
    turns, is_mirrored = _UPRIGHT[header.orientation]
    upright = np.rot90(rgb[:, ::-1] if is_mirrored else rgb, turns)
    picture = _to_picture(upright)
    return Still(picture, _info(picture, header, turns, pixel_format), header.kind)


def _check(header: ImageHeader) -> None:
    width, height = header.width, header.height
    if header.is_animated:
        raise MediaError(
            f"expected a still picture or a video, found an animated {IMAGE_NAMES[header.kind]}; "
            "save one frame of it, or convert it to MP4"
        )
    if min(width, height) < MIN_SIDE or max(width, height) > MAX_IMAGE_SIDE:
        raise MediaError(
            f"expected a picture of {MIN_SIDE} to {MAX_IMAGE_SIDE} pixels a side, found {width}x{height}; "
            "scale it"
        )
    if width * height > MAX_IMAGE_PIXELS:
        raise MediaError(
            f"expected a picture of at most {MAX_IMAGE_PIXELS // 10**6} million pixels, found "
            f"{width}x{height}; scale it down"
        )


def _decode(data: bytes, header: ImageHeader) -> tuple[UInt8Array, str]:
    """RGB, shape (height, width, 3), not turned yet, and FFmpeg's name of the samples it was made of."""
    decoder = cast(VideoCodecContext, av.CodecContext.create(_DECODERS[header.kind], "r"))
    decoder.options = {"err_detect": "explode"}  # half a picture is no picture
    decoder.thread_count = 1
    try:
        frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except av.FFmpegError as error:
        raise damaged(header.kind) from error
    if not frames or (frames[0].width, frames[0].height) != (header.width, header.height):
        raise damaged(header.kind)
    frame: av.VideoFrame = frames[0]
    width, height = _size_within(header.width, header.height)
    method = Interpolation.AREA if width < header.width else Interpolation.BICUBIC
    rgba = frame.reformat(width, height, "rgba", interpolation=method | _EXACT, threads=1).to_ndarray()
    return _on_background(np.asarray(rgba, np.uint8)), frame.format.name


def _size_within(width: int, height: int) -> tuple[int, int]:
    """The size, scaled down if need be to ``LONG_SIDE`` by ``SHORT_SIDE``."""
    scale = min(1.0, LONG_SIDE / max(width, height), SHORT_SIDE / min(width, height))
    return round(width * scale), round(height * scale)


def _on_background(rgba: UInt8Array) -> UInt8Array:
    """RGB with the background where it shows through."""
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + BACKGROUND * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def _to_picture(rgb: UInt8Array) -> Picture:
    """Planar samples of an upright picture."""
    height, width = rgb.shape[:2]
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    converted = frame.reformat(
        format="yuv420p", src_color_range=2, dst_colorspace=_TAGS.matrix, dst_color_range=1, threads=1
    )
    half = ((height + 1) // 2, (width + 1) // 2)
    planes = []
    for plane, shape in zip(converted.planes, ((height, width), half, half), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        planes.append(rows[: shape[0], : shape[1]].copy())
    return Picture(planes[0], planes[1], planes[2], _TAGS)


def _info(picture: Picture, header: ImageHeader, turns: int, pixel_format: str) -> VideoInfo:
    stored = (header.height, header.width) if turns % 2 else (header.width, header.height)
    size = (picture.width, picture.height)
    return VideoInfo(
        width=size[0],
        height=size[1],
        fps=STILL_FPS,
        n_frames=1,
        duration=1 / STILL_FPS,
        start_seconds=Fraction(0),
        clock=FrameClock.constant(STILL_FPS, 1),
        rotation_degrees=-turns * 90 % 360,
        sample_aspect=Fraction(1),
        codec=_DECODERS[header.kind],
        pixel_format=pixel_format,
        color=picture.color,
        is_still=True,
        scaled_from=stored if size != stored else None,
    )
