"""Whether a mouth and a sound belong together, and how far in time they are apart.

Every measure the judge expects something of is compared at every lag: where it is, and how it changes. The
mean of the correlations has one peak where sound and mouth are in step, and nothing but chance where the
mouth says other words. The peak of the changes is the sharper one, so that it says where and how surely; the
correlation of the measures says how well the mouth follows.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.track import FaceTrack
from lipwright.analysis.speech.judge import JUDGED

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
IntArray = NDArray[np.intp]

STEP_SECONDS = 0.01
REACH_SECONDS = 0.6
LAGS = np.arange(-round(REACH_SECONDS / STEP_SECONDS), round(REACH_SECONDS / STEP_SECONDS) + 1) * STEP_SECONDS
"""Moves of the sound that are tried, seconds, rising; the middle one is 0."""
SURE = 0.99
"""Confidence from which a peak is believed: one mismatched pair in a hundred reaches it."""
CHANGE_SECONDS = 0.08
"""Over which a measure changes: of 40, 80, 120 and 160 ms this tells true pairs best from chance."""
IN_SYNC_SECONDS = 0.05
"""Offsets up to here count as none: the judge errs by up to 0.04, and viewers notice from 0.045 on."""

LEAST_SECONDS = 2.0
"""Of less footage nothing is believed: speech of a second fits another second by chance."""

_CHANCE_MODE, _CHANCE_SCALE = 0.337, 0.092
"""Of the Gumbel distribution that the clearness of 1113 mismatched pairs of unheard speakers follows
(``training.evaluate_judge``): peak of the changes' curve above its median, times the square root of the
seconds."""
_MOST_SECONDS = 30.0
"""Chance falls no further with longer footage: pauses and rhythms of two talks may agree for a while."""
_MIN_FRAMES = 8
_MOST_STRETCHED = 1.5  # times the usual distance of a pair of frames
_LEAST_OVERLAP = 0.75
"""Of the most frames that any move compares: what is left of a second of speech fits anywhere by chance."""


class Verdict(StrEnum):
    """What may be said of a video."""

    IN_SYNC = "in sync"
    OFF = "off"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class SyncOpinion:
    """What the judge thinks of one mouth and one sound; figures are NaN where nothing moves or is said."""

    r: float
    """Mean correlation over the judged measures as the file plays."""
    best_r: float
    """The same with the sound moved to where it fits best, by up to ``REACH_SECONDS``."""
    av_offset: float
    """The move that fits best, seconds: + means the sound is late, - that the mouth is."""
    confidence: float
    """Share of mismatched pairs of this length whose peak is less clear, 0 to 1."""

    @property
    def verdict(self) -> Verdict:
        """In sync or off only where chance is ruled out and the peak lies inside the lags that were tried."""
        is_inside = abs(self.av_offset) < REACH_SECONDS - STEP_SECONDS / 2
        if not (is_inside and self.confidence >= SURE):
            return Verdict.CANNOT_TELL
        return Verdict.IN_SYNC if abs(self.av_offset) <= IN_SYNC_SECONDS + 1e-9 else Verdict.OFF

    def sentence(self, sound: str = "sound") -> str:
        """The verdict in words, such as ``the sound is 160 ms late``."""
        milliseconds = round(abs(self.av_offset) * 1000) if math.isfinite(self.av_offset) else 0
        match self.verdict:
            case Verdict.IN_SYNC:
                return f"the {sound} is in sync with the mouth"
            case Verdict.OFF if self.av_offset > 0:
                return f"the {sound} is {milliseconds} ms late"
            case Verdict.OFF:
                return f"the {sound} leads by {milliseconds} ms"
            case _:
                return f"whether the {sound} is in sync cannot be told"


@dataclass(frozen=True, eq=False)
class LagCurves:
    """How well a mouth and a sound fit when the sound is moved by each of ``LAGS``; NaN where unknown."""

    r: Float64Array
    """float64, shape (len(LAGS),): mean correlation of the measures."""
    change_r: Float64Array
    """float64, shape (len(LAGS),): that of their changes over ``CHANGE_SECONDS``."""
    compared_seconds: float = 0.0
    """How much of the footage shows the mouth while there is sound."""

    @property
    def best(self) -> int | None:
        """Place of the lag that fits best; None where none can be told."""
        return int(np.nanargmax(self.change_r)) if np.isfinite(self.change_r).any() else None

    @property
    def clearness(self) -> float:
        """How far the best lag stands out: comparable between footage of different lengths."""
        prominence = np.nanmax(self.change_r) - np.nanmedian(self.change_r)
        return float(prominence * math.sqrt(min(self.compared_seconds, _MOST_SECONDS)))


def opinion(curves: LagCurves) -> SyncOpinion:
    """What lag curves say; of under two seconds nothing is believed."""
    best = curves.best
    if best is None:
        return SyncOpinion(math.nan, math.nan, math.nan, 0.0)
    above = (_CHANCE_MODE - curves.clearness) / _CHANCE_SCALE
    chance = math.exp(-math.exp(min(50.0, above)))
    confidence = chance if curves.compared_seconds >= LEAST_SECONDS else 0.0
    return SyncOpinion(float(curves.r[len(LAGS) // 2]), float(curves.r[best]), float(LAGS[best]), confidence)


def judged_measures(tracks: Iterable[FaceTrack], n_frames: int) -> Float32Array:
    """The judged measures of tracks that follow one another, float32, shape (n_frames, len(JUDGED)).

    Each is relative to the mean of its track, as another face or another camera has another mean; NaN where
    none of the mouths was seen.
    """
    measures = np.full((n_frames, len(JUDGED)), np.nan, np.float32)
    for track in tracks:
        own = track.measures[:, list(JUDGED)]
        is_seen = np.isfinite(own).all(axis=1)
        if is_seen.any():
            measures[track.start : track.stop] = own - own[is_seen].mean(axis=0)
    return measures


def lag_curves(
    measured: Float32Array, seconds: Float64Array, expected: Float32Array, expected_seconds: Float64Array
) -> LagCurves:
    """Correlation of what was seen with what is heard so much later.

    Args:
        measured: float32, shape (n, k): measures of a mouth by frame; NaN where it was not seen.
        seconds: float64, shape (n,), rising: when each frame is shown.
        expected: float32, shape (m, k): the same measures in any linear unit; NaN where nothing is expected.
        expected_seconds: float64, shape (m,), rising: its times on the clock of the sound.

    Returns:
        Means over the measures; NaN with fewer than 8 frames, where picture and sound hardly overlap, or
        where nothing moves.
    """
    r, change_r = np.full(len(LAGS), np.nan), np.full(len(LAGS), np.nan)
    if len(expected) == 0:
        return LagCurves(r, change_r)
    before, after = _neighbours(seconds)
    changed = measured[after] - measured[before]
    is_seen = np.isfinite(measured).all(axis=1)
    overlap = np.zeros(len(LAGS), np.intp)
    for place, lag in enumerate(LAGS):
        moved = at_seconds(expected, expected_seconds, seconds + lag)
        r[place] = mean_correlation(measured, moved)
        change_r[place] = mean_correlation(changed, moved[after] - moved[before])
        overlap[place] = (is_seen & np.isfinite(moved).all(axis=1)).sum()
    is_short = overlap < _LEAST_OVERLAP * overlap.max()
    step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.0
    compared = float(overlap.max()) * step
    return LagCurves(np.where(is_short, np.nan, r), np.where(is_short, np.nan, change_r), compared)


def _neighbours(seconds: Float64Array) -> tuple[IntArray, IntArray]:
    """Pairs of frames that are ``CHANGE_SECONDS`` apart, none across a pause of the picture."""
    if len(seconds) < 2:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    step = float(np.median(np.diff(seconds)))
    span = max(1, round(CHANGE_SECONDS / step))
    before = np.arange(max(0, len(seconds) - span))
    is_near = seconds[before + span] - seconds[before] < _MOST_STRETCHED * span * step
    return before[is_near], before[is_near] + span


def at_seconds(expected: Float32Array, expected_seconds: Float64Array, seconds: Float64Array) -> Float32Array:
    """What is expected at other times, shape (n, k); NaN before the start, after the end, next to gaps."""
    columns = [np.interp(seconds, expected_seconds, c, left=np.nan, right=np.nan) for c in expected.T]
    return np.stack(columns, axis=1).astype(np.float32)


def mean_correlation(one: Float32Array, other: Float32Array) -> float:
    """Mean of Pearson's r of each column, over the rows known of both and the columns that move."""
    known = np.isfinite(one).all(axis=1) & np.isfinite(other).all(axis=1)
    if known.sum() < _MIN_FRAMES:
        return math.nan
    a, b = one[known].astype(np.float64), other[known].astype(np.float64)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    power = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    moves = power > 1e-9
    return float(((a * b).sum(axis=0)[moves] / power[moves]).mean()) if moves.any() else math.nan
