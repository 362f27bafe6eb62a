"""How well a mouth follows a voice, and how far in time the two are apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.sync_judge import (
    LAGS,
    LagCurves,
    SyncOpinion,
    at_seconds,
    lag_curves,
    mean_correlation,
    opinion,
)

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

WINDOW_SECONDS = 2.0
IN_STEP = 0.3
"""Correlation from which a window of two seconds counts as following the voice."""


@dataclass(frozen=True)
class SyncFigures:
    """How a measured curve follows a wanted one; all NaN where either does not move."""

    r: float
    """Correlation as the file plays."""
    best_r: float
    """Correlation when the sound is moved to where it fits best, by up to 0.6 s."""
    av_offset: float
    """The move that fits best, seconds: + means the sound is late, - the mouth."""
    lags: tuple[float, ...]
    """Moves that were tried, seconds, rising."""
    r_by_lag: tuple[float, ...]
    """Correlation at each of them; NaN where picture and sound hardly overlap."""
    change_r_by_lag: tuple[float, ...]
    """The same of how the mouth changes over 80 ms: its peak says which move fits best."""
    window_seconds: tuple[float, ...]
    """Middle of each window of two seconds, one second apart."""
    window_r: tuple[float, ...]
    """Correlation in each window as the file plays; NaN where nothing moves or too little was seen."""
    seen_seconds: float = 0.0
    """How much of the video shows the mouth while there is sound."""

    @property
    def opinion(self) -> SyncOpinion:
        """What it means; only for the measures of the sync judge and what it expects of them."""
        r, change_r = np.array(self.r_by_lag), np.array(self.change_r_by_lag)
        return opinion(LagCurves(r, change_r, self.seen_seconds))

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
        measured: float32, shape (n,) or (n, k): one or more measures of a mouth per frame; NaN where it was
            not seen. Of several the correlations are averaged.
        seconds: float64, shape (n,), rising: when each frame is shown.
        wanted: float32, shape (m,) or (m, k): the same in any linear unit; NaN where nothing is wanted.
        wanted_seconds: float64, shape (m,), rising: its times on the clock of the sound.
    """
    measured, wanted = (curve[:, None] if curve.ndim == 1 else curve for curve in (measured, wanted))
    curves = lag_curves(measured, seconds, wanted, wanted_seconds)
    said = opinion(curves)
    if len(wanted):
        middles, window_r = _windows(measured, at_seconds(wanted, wanted_seconds, seconds), seconds)
    else:
        middles, window_r = (), ()
    return SyncFigures(
        r=said.r,
        best_r=said.best_r,
        av_offset=said.av_offset,
        lags=tuple(LAGS.tolist()),
        r_by_lag=tuple(curves.r.tolist()),
        change_r_by_lag=tuple(curves.change_r.tolist()),
        window_seconds=middles,
        window_r=window_r,
        seen_seconds=curves.compared_seconds,
    )


def correlation(one: Float32Array, other: Float32Array) -> float:
    """Pearson's r over the places where both are known; NaN for fewer than 8 or when one does not move."""
    return mean_correlation(one.reshape(-1, 1), other.reshape(-1, 1))


def _windows(
    measured: Float32Array, wanted: Float32Array, seconds: Float64Array
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if len(seconds) == 0:
        return (), ()
    middles, values = [], []
    for start in np.arange(seconds[0], max(seconds[-1] - WINDOW_SECONDS, seconds[0]) + 1e-6, 1.0):
        inside = (seconds >= start) & (seconds < start + WINDOW_SECONDS)
        middles.append(float(start + WINDOW_SECONDS / 2))
        values.append(mean_correlation(measured[inside], wanted[inside]))
    return tuple(middles), tuple(values)
