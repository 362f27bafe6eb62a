"""The inside of an opened mouth: cavity, tongue and teeth, lit as a mouth is lit."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import dental_arch as arch
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.mouth_look import MouthLook
from lipwright.synthesis.open_shape import OpenShape

Float32Array = NDArray[np.float32]

_TEETH_BEHIND_MM = 6.0
"""The front teeth's faces lie this far behind the lips."""
_EDGE_BELOW_LINE_MM = 2.2
"""The upper front teeth end this far below the line on which the lips meet."""


@dataclass(frozen=True, eq=False)
class Opening:
    """The opening between the wanted lips over a box of the picture; arrays have its shape."""

    box: Box
    x: Float32Array
    """Millimetres to the right of the middle of the mouth, in the plane of the lips."""
    y: Float32Array
    """Millimetres above it."""
    upper: Float32Array
    """Height of the upper lip's edge over each pixel, millimetres."""
    lower: Float32Array
    side: Float32Array
    """-1 at the left corner to 1 at the right one."""
    cover: Float32Array
    """0 to 1: 1 between the lips, smooth over the edge."""


def opening(shape: OpenShape, box: Box) -> Opening:
    """Lays the opening of the wanted mouth out over a box."""
    ring = shape.wanted[mesh.INNER]
    lower, upper = _curve(ring[[*range(11)]]), _curve(ring[[*range(10, 20), 0]])[::-1]
    columns = np.arange(box.left, box.right, dtype=np.float32)
    rows = np.arange(box.top, box.bottom, dtype=np.float32)
    inverse = np.linalg.inv(shape.plane.axes).astype(np.float32)
    dx, dy = columns[None, :] - shape.plane.origin[0], rows[:, None] - shape.plane.origin[1]
    x, y = inverse[0, 0] * dx + inverse[0, 1] * dy, inverse[1, 0] * dx + inverse[1, 1] * dy
    up, down = shape.plane.plane(upper), shape.plane.plane(lower)
    left, right = up[0, 0], up[-1, 0]
    return Opening(
        box,
        x,
        y,
        _height(up, x),
        _height(down, x),
        np.asarray((2 * x - left - right) / max(right - left, 1e-3), np.float32),
        _cover(np.concatenate([lower, upper[::-1]]), box),
    )


def _curve(points: Float32Array) -> Float32Array:
    """A smooth curve through the points (Catmull-Rom), six steps between each two; shape (n, 2)."""
    p = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = (np.arange(6, dtype=np.float32) / 6)[None, :, None]
    a, b, c, d = (p[k : k + len(points) - 1, None] for k in range(4))
    steps = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(np.concatenate([steps.reshape(-1, 2), points[-1:]]), np.float32)


def _height(curve: Float32Array, x: Float32Array) -> Float32Array:
    return np.interp(x, np.maximum.accumulate(curve[:, 0]), curve[:, 1]).astype(np.float32)


def _cover(ring: Float32Array, box: Box) -> Float32Array:
    """The area inside a ring, four samples to a pixel each way."""
    fine = np.zeros((4 * box.height, 4 * box.width), np.uint8)
    places = (ring - np.array([box.left, box.top], np.float32) + 0.5) * 4 - 0.5
    cv2.fillPoly(fine, [np.round(places * 16).astype(np.int32)], (255,), cv2.LINE_8, 4)
    return cv2.resize(fine, (box.width, box.height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def paint_interior(view: Opening, shape: OpenShape, look: MouthLook) -> Float32Array:
    """What is seen between the lips.

    Returns:
        float32 Y'CbCr, shape (height, width, 3); of any value where ``view.cover`` is 0.
    """
    below, above = view.upper - view.y, view.y - view.lower
    wide = _ramp(np.float32(shape.gap), 1.0, 9.0)
    image = np.empty((*view.x.shape, 3), np.float32)
    image[:] = _cavity_color(look)
    image = _mix(image, _tongue_color(look), _tongue(view, above, shape.gap))
    image = _teeth(image, view, shape, look, is_upper=False)
    image = _teeth(image, view, shape, look, is_upper=True)
    shadow = 1 - (0.62 - 0.12 * wide) * np.exp(-np.square(np.maximum(below, 0) / (1.3 + 0.12 * shape.gap)))
    rim = 1 - 0.35 * np.exp(-np.square(np.maximum(above, 0) / 0.8))
    corners = 1 - 0.8 * _ramp(np.abs(view.side), 0.45, 1.02)
    light = shadow * rim * corners * (0.72 + 0.28 * wide)
    black = np.array([look.black, 128, 128], np.float32)
    faded = np.stack([light, np.sqrt(light), np.sqrt(light)], axis=-1)
    return np.asarray(black + (image - black) * faded, np.float32)


def _cavity_color(look: MouthLook) -> Float32Array:
    return _scaled(look.lip, look, 0.17, 0.55)


def _tongue_color(look: MouthLook) -> Float32Array:
    return _scaled(look.lip, look, 0.62, 0.85)


def _enamel_color(look: MouthLook) -> Float32Array:
    """A little darker and warmer than the white of the eyes, and never far from the light on the skin."""
    skin = look.skin[0] - look.black
    luma = float(np.clip(0.92 * (look.eye_white[0] - look.black), 0.80 * skin, 1.30 * skin))
    color = float(np.clip(np.linalg.norm(look.skin[1:] - 128) / 14.0, 0, 1))
    warm = np.array([-5.0, 2.0]) * color * luma / 180
    tint = np.clip(0.5 * (look.eye_white[1:] - 128), -8, 8)
    return np.array([look.black + luma, *(128 + tint + warm)], np.float32)


def _scaled(color: Float32Array, look: MouthLook, light: float, tint: float) -> Float32Array:
    return np.array(
        [look.black + light * (color[0] - look.black), *(128 + tint * (color[1:] - 128))], np.float32
    )


def _tongue(view: Opening, above: Float32Array, gap: float) -> Float32Array:
    """A dim mound on the floor of the mouth."""
    height = np.float32(0.16 * gap + 0.5) * np.clip(1 - np.square(view.side / 0.72), 0, 1)
    return np.asarray(_ramp(height - above, -0.22 * gap - 0.2, 0.1 * gap + 0.2) * 0.75, np.float32)


def _teeth(
    image: Float32Array, view: Opening, shape: OpenShape, look: MouthLook, *, is_upper: bool
) -> Float32Array:
    row, height = _row_of(view, shape, is_upper=is_upper)
    shrink = int(np.clip(np.floor(np.log2(arch.PIXELS_PER_MM / max(shape.pixels_per_mm, 0.1))), 0, 4))
    atlas = arch.upper_arch(shrink) if is_upper else arch.lower_arch(shrink)
    columns = (row + arch.HALF_WIDTH_MM) * atlas.pixels_per_mm - 0.5
    lines = (height + arch.BELOW_EDGE_MM) * atlas.pixels_per_mm - 0.5
    lines = np.minimum(lines, atlas.light.shape[0] - 1)
    light = cv2.remap(atlas.light, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.remap(atlas.cover, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = light if is_upper else 0.78 * light
    enamel = _enamel_color(look)
    tinted = 128 + (enamel[1:] - 128) * np.ones((*light.shape, 1), np.float32)
    color = np.concatenate([(look.black + light * (enamel[0] - look.black))[..., None], tinted], axis=-1)
    return _mix(image, color, np.asarray(cover, np.float32))


def _row_of(view: Opening, shape: OpenShape, *, is_upper: bool) -> tuple[Float32Array, Float32Array]:
    """Place along a row of teeth and height from its cutting edge to the gum, millimetres."""
    shift = np.linalg.inv(shape.plane.axes) @ shape.plane.depth
    depth = _TEETH_BEHIND_MM + arch.behind(view.x)
    x, y = view.x + np.float32(shift[0]) * depth, view.y + np.float32(shift[1]) * depth
    own = shape.plane.plane(shape.own[mesh.INNER])
    line = float(own[15, 1]) - 0.35 * shape.own_gap
    if is_upper:
        return x, np.asarray(y - (line - _EDGE_BELOW_LINE_MM), np.float32)
    lip = float(shape.plane.plane(shape.wanted[mesh.INNER][5:6])[0, 1])
    edge = min(lip + 0.2 * shape.gap - 0.9, line - _EDGE_BELOW_LINE_MM - 0.5)
    return x, np.asarray(edge - y, np.float32)


def _mix(image: Float32Array, color: Float32Array, weight: Float32Array) -> Float32Array:
    return np.asarray(image + (color - image) * weight[..., None], np.float32)


def _ramp(value: Float32Array | np.float32, low: float, high: float) -> Float32Array:
    t = np.clip((value - np.float32(low)) * np.float32(1 / (high - low)), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
