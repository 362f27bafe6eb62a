"""Made-up teeth, placed where a skull and a jaw would hold them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import dental_arch as arch
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import OpenShape
from lipwright.synthesis.opening import Opening

Float32Array = NDArray[np.float32]

BEHIND_MM = 6.0
"""The front teeth's faces lie this far behind the lips."""
_BELOW_LINE_MM = 2.2
"""The upper front teeth end this far below the line on which the lips meet."""
_LOWER_LIGHT = 0.80
_GUM_LIGHT = 0.95
"""Against the lips."""
_USUAL_WIDTH_MM = 48.0
"""Of a mouth at rest, corner to corner."""
_CLEFT = (0.10, 0.42)
"""How much light the clefts take in a smooth picture and in a photograph."""


def upper_edge(shape: OpenShape) -> float:
    """Where the cutting edge of the upper front teeth is, millimetres in the plane of the lips.

    They are fixed to the skull: below the line on which this mouth's lips meet, wherever the lips go.
    """
    return float(shape.rest[1]) - _BELOW_LINE_MM


def lower_edge(shape: OpenShape, upper: float) -> float:
    """The same of the lower teeth, which go with the lower lip and show a little when it is far down."""
    lip = float(shape.plane.plane(shape.wanted[mesh.INNER][5:6])[0, 1])
    return min(lip + 0.2 * shape.gap - 0.9, upper - 0.5)


def paint_row(
    image: Float32Array, view: Opening, shape: OpenShape, look: MouthLook, edge: float, *, is_upper: bool
) -> Float32Array:
    """An image with a row of teeth painted over it.

    Args:
        image: float32 Y'CbCr, shape (height, width, 3), over ``view.box``.
        edge: height of the cutting edge in the plane of the lips, millimetres.
    """
    place, height = _row_of(view, shape, edge, is_upper=is_upper)
    shrink = int(np.clip(np.floor(np.log2(arch.PIXELS_PER_MM / max(shape.pixels_per_mm, 0.1))), 0, 4))
    row = arch.upper_arch(shrink) if is_upper else arch.lower_arch(shrink)
    columns = (place + arch.HALF_WIDTH_MM) * row.pixels_per_mm - 0.5
    lines = np.minimum((height + arch.BELOW_EDGE_MM) * row.pixels_per_mm - 0.5, row.light.shape[0] - 1)
    light, cleft, gum = (
        np.asarray(
            cv2.remap(part, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
        )
        for part in (row.light, row.cleft, row.gum)
    )
    # a row that was shrunk has some of a tooth in its last line: carried on, it would fill the mouth
    cover = np.asarray(cv2.remap(row.cover, columns, lines, cv2.INTER_LINEAR), np.float32)
    return _mixed(image, _colored(light if is_upper else _LOWER_LIGHT * light, cleft, gum, look), cover)


def _row_of(
    view: Opening, shape: OpenShape, edge: float, *, is_upper: bool
) -> tuple[Float32Array, Float32Array]:
    """Place along a row of teeth and height from its cutting edge to the gum, millimetres."""
    shift = shape.plane.inverse @ shape.plane.depth
    place = view.x - shape.rest[0]
    depth = BEHIND_MM + arch.behind(place)
    x, y = place + np.float32(shift[0]) * depth, view.y + np.float32(shift[1]) * depth
    y -= np.float32(shift[1] * BEHIND_MM)  # the edge is where it is seen: only the arch's depth tilts it
    size = np.float32(_size(shape))
    return np.asarray(x / size, np.float32), np.asarray(
        (y - edge if is_upper else edge - y) / size, np.float32
    )


def _size(shape: OpenShape) -> float:
    """Teeth against those of the average face: a mouth drawn small has small ones."""
    corners = shape.plane.plane(shape.own[mesh.OUTER][[0, 10]])
    return float(np.clip(abs(corners[1, 0] - corners[0, 0]) / _USUAL_WIDTH_MM, 0.75, 1.15))


def _colored(light: Float32Array, cleft: Float32Array, gum: Float32Array, look: MouthLook) -> Float32Array:
    """Enamel in the light; what little comes out of the clefts is the red of the mouth; gum above."""
    low, high = _CLEFT
    dark = np.float32(low + (high - low) * look.detail) * cleft
    enamel, lip = look.enamel - (look.black, 0, 0), look.lip - (look.black, 0, 0)
    luma = np.float32(enamel[0]) * light * (1 - dark)
    luma += gum * (np.float32(_GUM_LIGHT * lip[0]) - luma) + np.float32(look.black)
    red_share = np.maximum(0.5 * dark, 0.8 * gum)
    blue, red = (np.float32(enamel[k]) + np.float32(lip[k] - enamel[k]) * red_share for k in (1, 2))
    return np.asarray(cv2.merge([luma, blue, red]), np.float32)


def _mixed(image: Float32Array, color: Float32Array, weight: Float32Array) -> Float32Array:
    return np.asarray(image + (color - image) * weight[..., None], np.float32)
