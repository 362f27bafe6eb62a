"""How sharp the mouth is, alone and beside the footage it came from."""

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis.sharpness import laplacian_variance

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]

_SAME_OPENING_MM = 1.0


def mouth_sharpness(luma: UInt8Array) -> float:
    """Laplacian variance of a mouth at the scale it was filmed in, levels squared; larger is sharper."""
    return laplacian_variance(luma)


def sharpness_ratio(sharpness: Float32Array, reference: Float32Array) -> float:
    """Median over frames of the sharpness divided by that of the same frame of the reference.

    Args:
        sharpness: float32, shape (n,); NaN where the mouth was not seen.
        reference: float32, shape (n,).

    Returns:
        1 for an unchanged mouth; NaN when no frame is known of both.
    """
    known = np.isfinite(sharpness) & np.isfinite(reference) & (reference > 0)
    return float(np.median(sharpness[known] / reference[known])) if known.any() else float("nan")


def sharpness_at_same_opening(
    sharpness: Float32Array, gap: Float32Array, reference_sharpness: Float32Array, reference_gap: Float32Array
) -> float:
    """Median over frames of the sharpness divided by that of reference mouths that are open as far.

    An open mouth shows the edges of teeth and is sharper than a shut one, so frames of the same number cannot
    be compared when one says something else.

    Args:
        sharpness: float32, shape (n,); NaN where the mouth was not seen.
        gap: float32, shape (n,), canonical mm.
        reference_sharpness: float32, shape (m,).
        reference_gap: float32, shape (m,).

    Returns:
        NaN when no reference mouth is within a millimetre of any.
    """
    known = np.isfinite(reference_gap) & np.isfinite(reference_sharpness)
    ratios = []
    for row in np.flatnonzero(np.isfinite(gap) & np.isfinite(sharpness)):
        alike = known & (np.abs(reference_gap - gap[row]) < _SAME_OPENING_MM)
        if alike.any():
            ratios.append(sharpness[row] / max(float(np.median(reference_sharpness[alike])), 1e-6))
    return float(np.median(ratios)) if ratios else float("nan")
