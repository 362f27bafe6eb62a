"""How differently a donor's head is turned: then the skin round its lips is seen from another side."""

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]

_STEADY = mesh.places((*mesh.NOSE, 205, 425, 50, 280, 36, 266, 187, 411, 147, 376))
"""Nose and cheeks: of different depth, and a mouth that opens hardly moves them."""
_SAME_MM, _OTHER_MM = 3.0, 6.0
"""Mean distance from each other of points brought together: 0.33 for each degree that a head turns."""


def turned_share(donor: Float32Array, own: Float32Array, pixels_per_mm: float) -> float:
    """How far a donor's view is another one than the frame's: 0 up to about 9 degrees, 1 from 18 degrees on.

    Args:
        donor: float32, shape (N_POINTS, 2): pixels of its crop.
        own: float32, same shape: picture pixels of the frame's own mouth.
        pixels_per_mm: of the frame's face.
    """
    one, other = (_centered(points[_STEADY]) for points in (donor, own))
    turn = complex(np.vdot(one, other) / max(float(np.vdot(one, one).real), 1e-9))
    apart = float(np.sqrt(np.square(np.abs(turn * one - other)).mean())) / pixels_per_mm
    return float(np.clip((apart - _SAME_MM) / (_OTHER_MM - _SAME_MM), 0.0, 1.0))


def _centered(points: Float32Array) -> NDArray[np.complex128]:
    """The points as complex numbers about their middle."""
    return np.asarray((points - points.mean(axis=0)) @ np.array([1, 1j]))
