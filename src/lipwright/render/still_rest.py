"""What a still does while nobody speaks: in a longer pause it shows the mouth of the picture itself."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_opening, minimum_filter1d, uniform_filter1d

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

_PAUSE_SECONDS = 1.0
"""A shorter pause is one within speech: lips that were just shut do not spring back into a smile."""
_RETURN_SECONDS = 0.32
"""From the last word to the picture's own mouth, and from there to the first."""


def away_from_rest(is_quiet: BoolArray, frames_per_second: float) -> Float32Array:
    """How far each frame of a still leaves the picture's own mouth: 0 in long pauses, 1 in speech.

    Before and after the voice it is quiet for ever: a short pause at either end counts as a long one.

    Args:
        is_quiet: bool, shape (n,): nobody speaks in the frame.

    Returns:
        float32, shape (n,), 0 to 1; the way from one to the other lies inside the pause.
    """
    least = max(1, round(_PAUSE_SECONDS * frames_per_second))
    padded = np.pad(is_quiet, least, constant_values=True)
    is_resting = binary_opening(padded, np.ones(least, np.bool_))
    steps = 2 * max(1, round(_RETURN_SECONDS * frames_per_second / 2)) + 1
    inner = minimum_filter1d(is_resting.astype(np.float32), steps)
    rest = uniform_filter1d(inner, steps)[least:-least]
    return np.asarray(1.0 - rest, dtype=np.float32)
