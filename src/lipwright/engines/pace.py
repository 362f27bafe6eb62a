"""Keeps lips from turning round more sharply than those of the speaker do when they travel as far.

What is heard sets when a mouth opens and shuts, not how briskly: asked of somebody who speaks calmly, the
turns of a lively voice look like trembling.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d, maximum_filter1d, minimum_filter1d

from lipwright.measures import Measure
from lipwright.synthesis.placement import shutness

Float32Array = NDArray[np.float32]

_SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25)
"""Of each neighbour in an eased frame, from what is asked for to the calmest there is: with more, lips that
open for a single frame would hardly be seen."""
_REACH_FRAMES = 3
"""To either side: how far lips travel in this time says how much they bend."""
_LEAST_FILMED = 50
"""Fewer filmed frames, two seconds, do not tell how somebody speaks."""
_FEWEST_LIKE, _LIKE_SHARE = 20, 0.125
"""How many filmed frames that travel as far say how much such frames bend."""


def at_pace(measures: Float32Array, filmed_gap: Float32Array) -> Float32Array:
    """The wanted measures, eased over three frames as far as the speaker's own pace asks for.

    Of 15 cases six, all of calm speakers who are seen well, are wanted to bend 1.04 to 1.24 times as much as
    is filmed; small and misread faces tremble with the mesh, and nothing is eased. Lips that are shut stay
    shut, and nothing comes late.

    Args:
        measures: float32, shape (n, 7): canonical mm, of consecutive frames.
        filmed_gap: float32, shape (m,): canonical mm, of consecutive frames; NaN where no face was seen.
    """
    usual = _usual_bends(filmed_gap)
    if usual is None:
        return measures
    eased = measures
    for share in _SHARES:
        eased = _eased(measures, share)
        if _sharpness(eased[:, Measure.GAP], *usual) <= 1.0:
            break
    return eased


def _eased(measures: Float32Array, share: float) -> Float32Array:
    """Each frame with a share of both its neighbours; the gap of shut lips as it is."""
    eased = convolve1d(measures, np.array([share, 1.0 - 2.0 * share, share]), axis=0, mode="nearest")
    gap = measures[:, Measure.GAP]
    eased[:, Measure.GAP] += shutness(measures) * (gap - eased[:, Measure.GAP])
    return np.asarray(eased, np.float32)


def _usual_bends(filmed_gap: Float32Array) -> tuple[Float32Array, Float32Array] | None:
    """How much filmed lips bend: travel, mm, rising, and mean bend, mm per frame squared, of frames like it.

    None where too little was filmed.
    """
    bend, travel = _bends(filmed_gap), _travels(filmed_gap)
    is_known = np.isfinite(bend) & np.isfinite(travel)
    if is_known.sum() < _LEAST_FILMED:
        return None
    order = np.argsort(travel[is_known], kind="stable")
    n_like = max(_FEWEST_LIKE, round(_LIKE_SHARE * len(order)))
    alike = np.full(n_like, 1 / n_like)
    travels, bends = (np.convolve(values[is_known][order], alike, "valid") for values in (travel, bend))
    return travels.astype(np.float32), bends.astype(np.float32)


def _sharpness(gap: Float32Array, travels: Float32Array, bends: Float32Array) -> float:
    """How much wanted lips bend, divided by what filmed ones that travel as far do; 0 of lips at rest.

    Lips that travel further than filmed ones may bend more in proportion.
    """
    bend, travel = _bends(gap)[1:-1], _travels(gap)[1:-1]
    further = np.maximum(travel / np.maximum(travels[-1], np.float32(1e-6)), 1.0)
    usual = (np.interp(travel, travels, bends) * further).sum()
    return float(bend.sum() / usual) if usual > 0 else 0.0


def _bends(gap: Float32Array) -> Float32Array:
    """Size of the second difference about each frame, NaN at the ends; shape (n,)."""
    bends = np.full(len(gap), np.nan, np.float32)
    bends[1:-1] = np.abs(np.diff(gap, 2))
    return bends


def _travels(gap: Float32Array) -> Float32Array:
    """Between the widest and the narrowest gap near each frame, shape (n,); NaN near an unknown one."""
    size = 2 * _REACH_FRAMES + 1
    is_lost = maximum_filter1d(np.isnan(gap).astype(np.uint8), size) > 0
    known = np.nan_to_num(gap)
    travels = maximum_filter1d(known, size) - minimum_filter1d(known, size)
    return np.asarray(np.where(is_lost, np.nan, travels), np.float32)
