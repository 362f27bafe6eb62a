"""Decoded frames turned into pictures: upright, 8-bit 4:2:0, samples untouched where they can be."""

from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer

from lipwright.media.picture import ColorTags, Picture, UInt8Array

DIRECT_FORMATS = frozenset({"yuv420p", "yuvj420p", "yuva420p"})
"""Planar 8-bit 4:2:0: these samples are kept bit for bit."""
FULL_RANGE_FORMATS = frozenset({"yuvj420p", "yuvj422p", "yuvj444p", "yuvj440p", "yuvj411p"})
RGB_MATRIX = 0
"""ITU-T H.273 matrix number of streams that hold R, G, B."""


@dataclass(frozen=True)
class FrameLayout:
    """What every frame of a stream is brought to; taken from its first frame."""

    coded_width: int
    coded_height: int
    quarter_turns: int
    """Counter-clockwise turns of 90 degrees that bring a frame upright, 0 to 3."""
    is_mirrored: bool
    """Whether left and right are swapped before turning."""
    color: ColorTags

    @property
    def width(self) -> int:
        """Pixels, upright."""
        return self.coded_height if self.quarter_turns % 2 else self.coded_width

    @property
    def height(self) -> int:
        """Pixels, upright."""
        return self.coded_width if self.quarter_turns % 2 else self.coded_height


def layout_of(frame: av.VideoFrame) -> FrameLayout:
    """The layout that a stream's first frame asks for."""
    turns, is_mirrored = _orientation(frame)
    return FrameLayout(frame.width, frame.height, turns, is_mirrored, _color_tags(frame))


def to_picture(frame: av.VideoFrame, layout: FrameLayout) -> Picture:
    """The frame as an upright picture with planes of its own."""
    frame = _as_420(frame, layout)
    half = ((layout.coded_height + 1) // 2, (layout.coded_width + 1) // 2)
    shapes = ((layout.coded_height, layout.coded_width), half, half)
    planes = [_upright(_samples(frame, i, shape), layout) for i, shape in enumerate(shapes)]
    return Picture(planes[0], planes[1], planes[2], layout.color)


def _orientation(frame: av.VideoFrame) -> tuple[int, bool]:
    matrix = cast(SideDataContainer, frame.side_data).get("DISPLAYMATRIX")
    if matrix is None:
        return 0, False
    # Row-major 3x3, 16.16 fixed point; x' = a x + c y, y' = b x + d y (ISO/IEC 14496-12, 6.2.2).
    a, b, _, c, d = np.frombuffer(bytes(matrix), dtype=np.int32)[:5].astype(np.float64)
    is_mirrored = a * d - b * c < 0
    if is_mirrored:
        a, b = -a, -b
    return round(np.degrees(np.arctan2(-b, a)) / 90) % 4, bool(is_mirrored)


def _color_tags(frame: av.VideoFrame) -> ColorTags:
    is_full = frame.color_range == 2 or frame.format.name in FULL_RANGE_FORMATS
    matrix = int(frame.colorspace)
    if frame.format.is_rgb or matrix == RGB_MATRIX:
        return ColorTags(1 if frame.height >= 720 else 5, int(frame.color_primaries), int(frame.color_trc))
    return ColorTags(matrix, int(frame.color_primaries), int(frame.color_trc), is_full)


def _as_420(frame: av.VideoFrame, layout: FrameLayout) -> av.VideoFrame:
    size = (layout.coded_width, layout.coded_height)
    if frame.format.name in DIRECT_FORMATS and (frame.width, frame.height) == size:
        return frame
    matrix = layout.color.matrix
    if matrix in (0, 2, 3):  # unspecified: read as players do, see Picture.rgb
        matrix = 1 if layout.coded_height >= 720 else 5
    color_range = 2 if layout.color.is_full_range else 1
    return frame.reformat(
        *size,
        "yuv420p",
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=2 if frame.format.is_rgb else color_range,
        dst_color_range=color_range,
        interpolation="BICUBIC",
    )


def _samples(frame: av.VideoFrame, plane_index: int, shape: tuple[int, int]) -> UInt8Array:
    plane = frame.planes[plane_index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return np.asarray(rows[: shape[0], : shape[1]])


def _upright(samples: UInt8Array, layout: FrameLayout) -> UInt8Array:
    if layout.is_mirrored:
        samples = samples[:, ::-1]
    # np.array copies: the decoder will reuse its buffer
    return np.array(np.rot90(samples, layout.quarter_turns), order="C")
