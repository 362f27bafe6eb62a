"""RGB images as the pictures that a decoder would give."""

import av
import numpy as np
from numpy.typing import NDArray

from lipwright.media.picture import Picture


def picture_of(rgb: NDArray[np.uint8]) -> Picture:
    """An image with even edges as planar Y'CbCr 4:2:0; uint8 RGB, shape (height, width, 3)."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24").reformat(
        format="yuv420p", dst_colorspace=1 if rgb.shape[0] >= 720 else 5, dst_color_range=1
    )
    height, width = rgb.shape[:2]
    sizes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    luma, blue, red = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:rows, :columns].copy()
        for plane, (rows, columns) in zip(frame.planes, sizes, strict=True)
    )
    return Picture(luma, blue, red)
