"""How sharp the mouth is, alone and beside the footage it came from."""

import numpy as np
from numpy.typing import NDArray

from lipwright.synthesis.sharpness import laplacian_variance

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]


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
