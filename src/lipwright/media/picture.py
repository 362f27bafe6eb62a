"""One video frame, kept in the samples the decoder gave, with exact editing of a region."""

from dataclasses import dataclass, replace

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box

UInt8Array = NDArray[np.uint8]


@dataclass(frozen=True)
class ColorTags:
    """How the samples are to be read: numbers of ITU-T H.273 as FFmpeg keeps them; 2 means unspecified."""

    matrix: int = 2
    primaries: int = 2
    transfer: int = 2
    is_full_range: bool = False


@dataclass(eq=False)
class Picture:
    """A frame as 8-bit planar Y'CbCr 4:2:0, upright (rotation already applied).

    Luma and chroma are kept as decoded, so that what is not edited stays the decoder's own, bit for bit.
    """

    luma: UInt8Array
    """uint8, shape (height, width)."""
    blue: UInt8Array
    """uint8, chroma Cb, shape (ceil(height / 2), ceil(width / 2))."""
    red: UInt8Array
    """uint8, chroma Cr, same shape as ``blue``."""
    color: ColorTags = ColorTags()

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.luma.shape[1])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.luma.shape[0])

    def copy(self) -> "Picture":
        """A picture with planes of its own."""
        return Picture(self.luma.copy(), self.blue.copy(), self.red.copy(), self.color)

    def crop_ycc(self, box: Box) -> UInt8Array:
        """The region as full-resolution Y'CbCr.

        Args:
            box: even edges (see ``Box.even``); parts outside the picture repeat its edge.

        Returns:
            uint8, shape (box.height, box.width, 3), order Y', Cb, Cr.
        """
        luma = _crop_plane(self.luma, box)
        half = Box(box.left // 2, box.top // 2, box.right // 2, box.bottom // 2)
        size = (box.width, box.height)
        chroma = [
            cv2.resize(_crop_plane(plane, half), size, interpolation=cv2.INTER_LINEAR)
            for plane in (self.blue, self.red)
        ]
        return np.asarray(cv2.merge([luma, *chroma]), dtype=np.uint8)

    def blend_ycc(self, box: Box, ycc: UInt8Array, blend_mask: UInt8Array) -> None:
        """Blends new samples over the region; where the mask is 0 nothing changes, bit for bit.

        Args:
            box: even edges; parts outside the picture are dropped.
            ycc: uint8, shape (box.height, box.width, 3), order Y', Cb, Cr.
            blend_mask: uint8, shape (box.height, box.width); 0 keeps the old sample, 255 takes the new one.
        """
        rows = np.minimum(blend_mask[::2], blend_mask[1::2])
        half_mask = np.minimum(rows[:, ::2], rows[:, 1::2])
        half_size = (box.width // 2, box.height // 2)
        half_ycc = np.asarray(cv2.resize(ycc, half_size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        half = Box(box.left // 2, box.top // 2, box.right // 2, box.bottom // 2)
        _blend_plane(self.luma, box, ycc[..., 0], blend_mask)
        _blend_plane(self.blue, half, half_ycc[..., 1], half_mask)
        _blend_plane(self.red, half, half_ycc[..., 2], half_mask)

    def rgb(self, width: int | None = None, height: int | None = None) -> UInt8Array:
        """The picture as RGB, scaled to the given size if one is given.

        Returns:
            uint8, shape (height, width, 3).
        """
        return _to_rgb(self, width or self.width, height or self.height, self._matrix())

    def crop_rgb(self, box: Box, width: int | None = None, height: int | None = None) -> UInt8Array:
        """A region as RGB, scaled to the given size; parts outside the picture repeat its edge.

        Args:
            box: even edges.

        Returns:
            uint8, shape (height, width, 3).
        """
        return _to_rgb(self.part(box), width or box.width, height or box.height, self._matrix())

    def part(self, box: Box) -> "Picture":
        """A region as a picture of its own, in the same colours; outside this one its edge is repeated.

        Args:
            box: even edges.
        """
        half = Box(box.left // 2, box.top // 2, box.right // 2, box.bottom // 2)
        return Picture(
            _crop_plane(self.luma, box),
            _crop_plane(self.blue, half),
            _crop_plane(self.red, half),
            replace(self.color, matrix=self._matrix()),
        )

    def _matrix(self) -> int:
        """The colour matrix by its number; if unspecified, BT.709 from 720 lines up and BT.601 below."""
        if self.color.matrix in (0, 2, 3):
            return 1 if self.height >= 720 else 5
        return self.color.matrix


def _crop_plane(plane: UInt8Array, box: Box) -> UInt8Array:
    height, width = plane.shape
    inside = box.clipped(width, height)
    if inside == box:
        return np.ascontiguousarray(plane[box.top : box.bottom, box.left : box.right])
    rows = np.clip(np.arange(box.top, box.bottom), 0, height - 1)
    columns = np.clip(np.arange(box.left, box.right), 0, width - 1)
    return np.ascontiguousarray(plane[np.ix_(rows, columns)])


def _blend_plane(plane: UInt8Array, box: Box, new: UInt8Array, mask: UInt8Array) -> None:
    inside = box.clipped(plane.shape[1], plane.shape[0])
    rows = slice(inside.top - box.top, inside.bottom - box.top)
    columns = slice(inside.left - box.left, inside.right - box.left)
    view = plane[inside.top : inside.bottom, inside.left : inside.right]
    old = view.astype(np.int32)
    weight = mask[rows, columns].astype(np.int32)
    # (x * 257 + 32768) >> 16 is x / 255 rounded, for |x| <= 255 * 255; weight 0 gives the old sample exactly
    change = (((new[rows, columns].astype(np.int32) - old) * weight) * 257 + 32768) >> 16
    view[:] = (old + change).astype(np.uint8)


def _to_rgb(picture: Picture, width: int, height: int, matrix: int) -> UInt8Array:
    frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
    for plane, samples in zip(frame.planes, (picture.luma, picture.blue, picture.red), strict=True):
        buffer = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        buffer[: samples.shape[0], : samples.shape[1]] = samples
    converted = frame.reformat(
        width,
        height,
        "rgb24",
        src_colorspace=matrix,
        src_color_range=2 if picture.color.is_full_range else 1,
        dst_color_range=2,
        interpolation="AREA" if width < picture.width else "BICUBIC",
    )
    return np.asarray(converted.to_ndarray(), dtype=np.uint8)
