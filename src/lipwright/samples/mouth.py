"""The presenter's mouth: exact curves for lips, teeth and tongue, and the gap they truly have."""

from dataclasses import dataclass

import numpy as np

from lipwright.samples.appearance import Rgb
from lipwright.samples.canvas import Canvas, Float32Array, bump, mix, smoothstep

REST_WIDTH_MM = 50.0
LIPS_Y_MM = 41.0
_RAISE = 0.34
"""Share of the opening that the upper lip gives; the rest is the lower lip's."""
_PAIRS = np.array([0.0, -0.27, 0.27, -0.53, 0.53])
"""Where the face mesh's five inner-lip pairs stand, as shares of the inner half width."""


@dataclass(frozen=True)
class MouthPose:
    """How a mouth stands, in millimetres on an average-sized head."""

    gap: float = 0.0
    """Mean height of the opening between the inner lips, at the face mesh's five pairs; 0 is closed."""
    width: float = REST_WIDTH_MM
    """Distance of the outer corners."""
    jaw: float = 0.0
    """How far the chin is below its place at rest."""


@dataclass(frozen=True)
class _Curves:
    """y of each lip edge over the columns x; float32, shape (1, n) each."""

    u: Float32Array
    upper_outer: Float32Array
    upper_inner: Float32Array
    lower_inner: Float32Array
    lower_outer: Float32Array


def paint_mouth(
    skin: Float32Array, canvas: Canvas, window: tuple[slice, slice], pose: MouthPose, lip: Rgb
) -> Float32Array:
    """The skin inside a window of the canvas with the mouth painted over it.

    Args:
        skin: float32 RGB, shape (rows, columns, 3), 0 to 255: the face under the mouth.
        window: where ``skin`` lies on the canvas.
        lip: colour of the lips.
    """
    x, y = canvas.x[:, window[1]], canvas.y[window[0]]
    curves = _curves(x, pose)
    soft = 0.55 / canvas.pixels_per_mm
    image = _shade_around(skin, x, y, curves, pose)
    image = _paint_lips(image, y, curves, lip, max(soft, 0.45))
    inside = _between(y, curves.upper_inner, curves.lower_inner, soft) * (np.abs(curves.u) < 1)
    return mix(image, _interior(x, y, curves, pose), np.asarray(inside, np.float32))


def lip_color(skin: Rgb) -> Rgb:
    """Lips that suit a skin: redder and a little darker."""
    return (round(skin[0] * 0.86), round(skin[1] * 0.60), round(skin[2] * 0.62))


def _profile(u: Float32Array) -> Float32Array:
    return np.asarray(np.clip(1 - u**2, 0, 1) ** 0.9, np.float32)


def _curves(x: Float32Array, pose: MouthPose) -> _Curves:
    half = pose.width / 2
    center_gap = pose.gap / float(_profile(_PAIRS.astype(np.float32)).mean())
    u = x / (half - 1.5)
    outer = np.clip(1 - (x / half) ** 2, 0, 1)
    line = LIPS_Y_MM - 1.6 * (x / half) ** 2 + 0.12 * pose.jaw
    opening = center_gap * _profile(u)
    full = 1 - 0.12 * min(pose.gap / 20, 1)
    bow = 1.0 - 0.2 * np.exp(-((x / 3.5) ** 2))
    upper_inner = line - _RAISE * opening
    lower_inner = line + (1 - _RAISE) * opening
    return _Curves(
        u=u,
        upper_outer=upper_inner - 8.0 * full * bow * outer**0.9,
        upper_inner=upper_inner,
        lower_inner=lower_inner,
        lower_outer=lower_inner + 10.0 * full * outer**0.8,
    )


def _between(y: Float32Array, top: Float32Array, bottom: Float32Array, soft: float) -> Float32Array:
    return smoothstep(y - top, -soft, soft) * smoothstep(bottom - y, -soft, soft)


def _shade_around(
    skin: Float32Array, x: Float32Array, y: Float32Array, curves: _Curves, pose: MouthPose
) -> Float32Array:
    """Shadow under the lower lip and in the corners."""
    below = y - curves.lower_outer
    under = np.exp(-0.5 * ((below - 3.5) / 3.5) ** 2) * np.clip(1 - (x / (pose.width / 2)) ** 2, 0, 1)
    corner_y = float(LIPS_Y_MM - 1.6 + 0.12 * pose.jaw)
    corners = sum(bump(x, y, (side * pose.width / 2, corner_y), (3.0, 2.2)) for side in (-1, 1))
    return np.asarray(skin * (1 - 0.22 * under - 0.3 * corners)[..., None], np.float32)


def _paint_lips(image: Float32Array, y: Float32Array, curves: _Curves, lip: Rgb, soft: float) -> Float32Array:
    color = np.asarray(lip, np.float32)
    upper_height = np.maximum(curves.upper_inner - curves.upper_outer, 0.3)
    upper_t = np.clip((y - curves.upper_outer) / upper_height, 0, 1)
    upper = color * (0.98 - 0.26 * upper_t)[..., None]
    lower_height = np.maximum(curves.lower_outer - curves.lower_inner, 0.3)
    lower_t = np.clip((y - curves.lower_inner) / lower_height, 0, 1)
    shine = np.exp(-0.5 * (((lower_t - 0.38) / 0.13) ** 2 + ((curves.u + 0.18) / 0.28) ** 2))
    lower = color * (0.86 + 0.42 * lower_t * (1 - lower_t) * 4 * 0.6)[..., None] + 34 * shine[..., None]
    tapered = smoothstep(1.04 - np.abs(curves.u), 0.0, 0.2)
    image = mix(image, upper, _between(y, curves.upper_outer, curves.upper_inner + soft, soft) * tapered)
    image = mix(image, lower, _between(y, curves.lower_inner - soft, curves.lower_outer, soft) * tapered)
    seam = np.exp(-0.5 * ((y - curves.upper_inner) / 0.75) ** 2) * smoothstep(
        1.08 - np.abs(curves.u), 0.0, 0.12
    )
    return mix(image, (88.0, 38.0, 36.0), np.asarray(0.75 * seam, np.float32))


def _interior(x: Float32Array, y: Float32Array, curves: _Curves, pose: MouthPose) -> Float32Array:
    """What is seen between the lips: cavity, tongue, lower and upper teeth, and the lip's shadow."""
    shape = np.broadcast_shapes(x.shape, y.shape)
    image = np.empty((*shape, 3), np.float32)
    image[:] = (52.0, 17.0, 18.0)
    floor = LIPS_Y_MM + pose.jaw
    tongue = bump(x, y, (0.0, floor + 5.0), (15.0, 5.5))
    image = mix(image, (172.0, 84.0, 82.0), smoothstep(tongue, 0.25, 0.8))
    arch = (x / 24.0) ** 2
    lower_edge = floor + 3.5 - 2.4 * arch
    image = _teeth(image, x, (y - lower_edge) / 7.0, 5.4, 0.80)
    upper_edge = LIPS_Y_MM + 1.3 - 3.0 * arch
    image = _teeth(image, x, (upper_edge - y) / 9.0, 8.2, 1.0)
    depth = smoothstep(y - curves.upper_inner, -0.5, 3.0)
    sides = np.clip(1 - np.abs(curves.u) ** 3, 0, 1)
    return np.asarray(image * ((0.55 + 0.45 * depth) * (0.35 + 0.65 * sides))[..., None], np.float32)


def _teeth(
    image: Float32Array, x: Float32Array, t: Float32Array, tooth_width: float, light: float
) -> Float32Array:
    """A row of teeth; ``t`` is 0 at the cutting edge and 1 at the gum."""
    place = x / tooth_width
    between = np.abs(place - np.round(place))
    gaps = smoothstep(np.asarray(between, np.float32), 0.40, 0.5)
    rounded = 0.10 * gaps
    row = smoothstep(t - rounded, 0.0, 0.10) * smoothstep(1.0 - t, 0.0, 0.1)
    curve = np.clip(1 - (x / 27.0) ** 2, 0, 1)
    enamel = np.array([220.0, 208.0, 190.0], np.float32) * light
    shade = (0.55 + 0.45 * curve) * (1 - 0.22 * gaps) * (1 - 0.12 * t)
    return mix(image, enamel * shade[..., None], row)
