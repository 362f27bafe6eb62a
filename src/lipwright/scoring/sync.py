"""How well a mouth follows a voice, and how far in time the two are apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

REACH_SECONDS = 0.6
STEP_SECONDS = 0.01
WINDOW_SECONDS = 2.0
IN_STEP = 0.3
"""Correlation from which a window of two seconds counts as following the voice."""

_MIN_FRAMES = 8
_LEAST_OVERLAP = 0.75
"""Of the most frames that any move compares: what is left of a second of speech fits anywhere by chance."""


@dataclass(frozen=True)
class SyncFigures:
    """How a measured curve follows a wanted one; all NaN where either does not move."""

    r: float
    """Correlation as the file plays."""
    best_r: float
    """Highest correlation when the sound is moved by up to 0.6 s."""
    av_offset: float
    """The move at which that is so, seconds: + means the sound is late, - the mouth."""
    lags: tuple[float, ...]
    """Moves that were tried, seconds, rising."""
    r_by_lag: tuple[float, ...]
    """NaN where picture and sound hardly overlap."""
    window_seconds: tuple[float, ...]
    """Middle of each window of two seconds, one second apart."""
    window_r: tuple[float, ...]
    """Correlation in each window as the file plays; NaN where nothing moves or too little was seen."""

    @property
    def in_step_share(self) -> float:
        """Share of the windows that follow the voice; NaN when there is none."""
        known = [r for r in self.window_r if np.isfinite(r)]
        return sum(r >= IN_STEP for r in known) / len(known) if known else float("nan")


def sync_figures(
    measured: Float32Array, seconds: Float64Array, wanted: Float32Array, wanted_seconds: Float64Array
) -> SyncFigures:
    """Compares a mouth with what was wanted of it.

    Args:
        measured: float32, shape (n,): one measure of a mouth per frame; NaN where it was not seen.
        seconds: float64, shape (n,), rising: when each frame is shown.
        wanted: float32, shape (m,): the same measure in any linear unit; NaN where nothing is wanted.
        wanted_seconds: float64, shape (m,), rising: its times on the clock of the sound.
    """
    n_steps = round(REACH_SECONDS / STEP_SECONDS)
    lags = np.arange(-n_steps, n_steps + 1) * STEP_SECONDS
    # A late sound: what the mouth does now is heard `lag` later.
    moved = [_sampled(wanted, wanted_seconds, seconds + lag) for lag in lags]
    overlap = np.array([np.isfinite(measured + curve).sum() for curve in moved])
    r_by_lag = np.array([correlation(measured, curve) for curve in moved])
    r_by_lag[overlap < _LEAST_OVERLAP * overlap.max()] = np.nan
    best = int(np.nanargmax(r_by_lag)) if np.isfinite(r_by_lag).any() else n_steps
    middles, window_r = _windows(measured, _sampled(wanted, wanted_seconds, seconds), seconds)
    return SyncFigures(
        r=float(r_by_lag[n_steps]),
        best_r=float(r_by_lag[best]),
        av_offset=float(lags[best]) if np.isfinite(r_by_lag[best]) else float("nan"),
        lags=tuple(lags.tolist()),
        r_by_lag=tuple(r_by_lag.tolist()),
        window_seconds=middles,
        window_r=window_r,
    )


def correlation(one: Float32Array, other: Float32Array) -> float:
    """Pearson's r over the places where both are known; NaN for fewer than 8 or when one does not move."""
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < _MIN_FRAMES:
        return float("nan")
    a, b = one[known].astype(np.float64), other[known].astype(np.float64)
    a, b = a - a.mean(), b - b.mean()
    power = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / power if power > 1e-9 else float("nan")


def _sampled(wanted: Float32Array, wanted_seconds: Float64Array, seconds: Float64Array) -> Float32Array:
    """The wanted curve at other times; NaN before its start, after its end and next to its gaps."""
    if len(wanted) == 0:
        return np.full(len(seconds), np.nan, np.float32)
    values = np.interp(seconds, wanted_seconds, wanted, left=np.nan, right=np.nan)
    return np.asarray(values, dtype=np.float32)


def _windows(
    measured: Float32Array, wanted: Float32Array, seconds: Float64Array
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if len(seconds) == 0:
        return (), ()
    middles, values = [], []
    for start in np.arange(seconds[0], max(seconds[-1] - WINDOW_SECONDS, seconds[0]) + 1e-6, 1.0):
        inside = (seconds >= start) & (seconds < start + WINDOW_SECONDS)
        middles.append(float(start + WINDOW_SECONDS / 2))
        values.append(correlation(measured[inside], wanted[inside]))
    return tuple(middles), tuple(values)
