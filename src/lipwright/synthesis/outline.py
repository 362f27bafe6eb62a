"""Keeps the sides of a jaw where the frame has them: skin slides along its outline, not over the background.

The face mesh guesses a larger face the wider a mouth is open: the jaw below an ear goes outwards with the
chin, by 0.2 mm for each millimetre of a population and by up to 0.7 of one speaker who holds his head turned.
A jaw turns on its hinge and grows no wider.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]

_OUTLINE = mesh.places(mesh.ANCHOR_JAW)
_SKIN = slice(3 * mesh.N_RING, mesh.N_POINTS)
_BELOW, _BESIDE = 0.5, 0.9
"""Cosines of the angle between what points out of the outline and what points out of the head's side: up to
the first it is the chin's edge, which goes down with the jaw; from the second on it is the side."""
_SPREAD_MM = 8.0
"""A place of the skin goes with the places of the outline that are about as near."""
_REACH_MM = 16.0
"""From the outline to skin that is not held."""


def outline_shares(mean: Float32Array) -> Float32Array:
    """How far each place of the skin goes with each place of the outline.

    Args:
        mean: float32, shape (N_POINTS, 3): canonical mm.

    Returns:
        float32, shape (N_POINTS - 3 * N_RING, len(ANCHOR_JAW)).
    """
    apart = np.linalg.norm(mean[_SKIN, None, :2] - mean[None, _OUTLINE, :2], axis=2)
    nearest = apart.min(axis=1, keepdims=True)
    near = np.exp(-(np.square(apart) - np.square(nearest)) / (2 * _SPREAD_MM**2))
    share = near / near.sum(axis=1, keepdims=True) * np.exp(-np.square(nearest / _REACH_MM))
    return np.asarray(share, np.float32)


def hold_outline(points: Float32Array, own: Float32Array, shares: Float32Array, side: Float32Array) -> None:
    """Takes from skin, in place, what would move the sides of the outline out or in.

    Args:
        points: float32, shape (N_POINTS, 2): where they shall be, picture pixels.
        own: float32, same shape: where the frame has them.
        shares: see ``outline_shares``.
        side: float32, shape (2,): in the picture from the head's middle to the side where the outline ends,
            of any length.
    """
    outline = own[_OUTLINE]
    along = np.gradient(outline, axis=0)
    out = np.stack([along[:, 1], -along[:, 0]], axis=1)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)
    sideways = np.abs(out @ side) / max(float(np.linalg.norm(side)), 1e-6)
    held = np.clip((sideways - _BELOW) / (_BESIDE - _BELOW), 0, 1)
    across = ((points - own)[_OUTLINE] * out).sum(axis=1)
    points[_SKIN] -= shares @ ((held * across)[:, None] * out)
