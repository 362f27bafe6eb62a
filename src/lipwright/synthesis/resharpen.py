"""Gives a donor's lips, warped, the sharpness that they had, or that the frame or their neighbours have."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_texture import lip_body
from lipwright.synthesis.sharpness import (
    laplacian_variance,
    restore_sharpness,
    texture_where,
    variance_where,
)
from lipwright.synthesis.target import Target, bounds, inside

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_LEAST_TEXTURE, _MAX_LIFT = 0.5, 1.5
"""Skin with less detail, levels, tells nothing of a donor's blur; what is lifted further turns to grain."""


@dataclass(frozen=True)
class Sharpness:
    """How sharp a donor was before it was warped, and shall be."""

    whole: float
    """Laplacian variance of the lips and all between them, levels squared."""
    texture: float | None
    """Of the red of its lips; see ``lip_texture``."""
    lift: float
    """Factor on the texture that is wanted at least."""


def resharpen(
    layer: UInt8Array,
    main: UInt8Array,
    scene: UInt8Array,
    target: Target,
    skin: NDArray[np.bool_],
    filmed: Sharpness,
) -> None:
    """Adds fine detail to the lips of the layer, in place.

    Skin that layer and scene show is the same skin before the same camera: what the donor has less of fine
    detail there, beyond what its lips lost by warping, it lacked when it was filmed. It moved.

    Args:
        layer: uint8 Y'CbCr, shape (height, width, 3): what fills ``target.lip_box``.
        main: uint8, same shape: the main donor alone, warped.
        scene: uint8, same shape: the frame.
        skin: bool, shape (height, width): where both show skin.
    """
    lips = bounds(target.points[mesh.OUTER], margin=0).clipped(target.lip_box.right, target.lip_box.bottom)
    part = inside(lips, target.lip_box)
    drawn = main[part][..., 0]
    around, shown = (texture_where(image[..., 0], skin) for image in (scene, main))
    softer = around / max(shown, _LEAST_TEXTURE)
    whole = _wanted(filmed.whole, laplacian_variance(drawn), softer, 1.0)
    corner = np.array([lips.left, lips.top], np.float32)
    body = None if filmed.texture is None else lip_body(target.points - corner, drawn.shape)
    if body is None or filmed.texture is None:
        layer[part] = restore_sharpness(layer[part], whole)
        return
    red = _wanted(filmed.texture**2, variance_where(drawn, body), softer, filmed.lift)
    layer[part] = restore_sharpness(layer[part], whole, body, red)


def filmed_sharpness(crop: UInt8Array, points: Float32Array) -> float:
    """Laplacian variance of the lips of a donor and all between them, levels squared."""
    own = bounds(points[mesh.OUTER], margin=0).clipped(crop.shape[1], crop.shape[0])
    return laplacian_variance(crop[own.top : own.bottom, own.left : own.right, 0])


def _wanted(filmed: float, drawn: float, softer: float, lift: float) -> float:
    """The variance wanted of what was filmed with one and drawn with another."""
    kept = min(1.0, float(np.sqrt(drawn / max(filmed, 1e-6))))
    return filmed * float(np.square(np.clip(max(kept * softer, lift), 1.0, _MAX_LIFT)))
