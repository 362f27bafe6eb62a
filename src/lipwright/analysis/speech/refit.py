"""What the ear regularly gets wrong about one mouth, learnt from a video in which it speaks.

The correction is small and lies in the space of the ear's answers: what this mouth does where another would
do what was heard. So it says little about the voice it was learnt from, and holds for other voices. It is
kept only where it helps on parts of the video it was not fitted on; otherwise there is none.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.measures import N_MEASURES, Measure

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
IntArray = NDArray[np.intp]

LEAST_SECONDS = 15.0
"""Of the mouth seen speaking: of less nothing is fitted. With 12 s, fits that lost 0.01 passed the check."""

_LAGS = np.arange(-20, 21, 5)  # steps: answers from 0.2 s before to 0.2 s after are weighed
_SPREADS = np.array([0.63, 0.50, 0.60, 0.41, 0.44, 0.63, 0.50, 1.18, 3.2], np.float32)
"""Standard deviation of the seven z-scores and the log odds of closed lips and of speech, over the corpus."""
_PRIOR_SECONDS = 12.0  # of evidence that no correction counts for; with 6, the sync judge likes voices less
_JUDGED = [Measure.GAP, Measure.WIDTH, Measure.JAW]
_BLOCKS = 4  # the video is heard in so many parts, each with what the others taught
_LEAST_CLEARNESS = 2.0  # mean gain in standard errors: of four parts, chance gives it in 7 of 100 fits
_MARGIN_SECONDS = 0.5  # neighbouring frames are alike: so much beside a part is not learnt from
_SPEECH, _SPEECH_REACH = 0.3, 0.2  # a frame shows speech when there is such activity so many seconds away
_SHIFTS = np.arange(-6, 7)  # steps: what is left of the offset shall not be learnt as a habit of the mouth
_LEAST_ODDS = 1e-3


@dataclass(frozen=True, eq=False)
class Refit:
    """A correction for one mouth."""

    weights: Float32Array
    """float32, shape (n_lags, 9, 7): added to the z-scores for every unit of an answer at a lag."""
    offset: Float32Array
    """float32, shape (7,): added to the z-scores."""
    spread: Float32Array
    """float32, shape (7,): what the sum is multiplied by, so that the mouth moves as far as before."""
    gain: float
    """By how much r, mean over gap, width and jaw, was better on parts it was not fitted on."""
    seconds: float
    """Of the mouth seen speaking, that it was fitted on."""

    def apply(self, motion: MouthMotion) -> MouthMotion:
        """What this mouth would do; closed lips and pauses are left as they were heard."""
        if len(motion.closure) == 0:
            return motion
        answers = _answers(motion)
        corrected = motion.measures + self.offset
        steps = np.arange(len(answers))
        for lag, weights in zip(_LAGS, self.weights, strict=True):
            corrected += answers[np.clip(steps + lag, 0, len(answers) - 1)] @ weights
        return replace(motion, measures=np.asarray(corrected * self.spread, np.float32))


def refit(motion: MouthMotion, seconds: Float64Array, measures: Float32Array) -> Refit | None:
    """The correction for a mouth that was seen while it was heard; None where it does not help.

    Args:
        motion: what was heard, n steps.
        seconds: float64, shape (n_frames,), rising: when each frame is, on the clock of that sound.
        measures: float32, shape (n_frames, 7), canonical mm; NaN where the mouth was not seen.
    """
    shown = _speaking(motion, seconds) & np.isfinite(measures).all(axis=1)
    length = float(shown.sum() * np.median(np.diff(seconds))) if len(seconds) > 1 else 0.0
    if length < LEAST_SECONDS:
        return None
    times, seen = seconds[shown], measures[shown].astype(np.float64)
    answers = _answers(motion)
    times = times + _shift(answers, times, seen)
    features = np.concatenate([_at(answers / _SPREADS, times + lag / MOTION_RATE) for lag in _LAGS], axis=1)
    evidence = _Evidence(_at(motion.measures, times), features / np.sqrt(features.shape[1]), seen)
    gains = _held_out_gains(evidence, times)
    if not gains.mean() > _LEAST_CLEARNESS * gains.std(ddof=1) / np.sqrt(_BLOCKS):
        return None
    return _packed(evidence, float(gains.mean()), length)


@dataclass(frozen=True, eq=False)
class _Evidence:
    """What was heard and seen in n frames."""

    heard: Float64Array
    """float64, shape (n, 7): z-scores."""
    features: Float64Array
    """float64, shape (n, n_lags * 9): answers around each frame."""
    seen: Float64Array
    """float64, shape (n, 7): canonical mm."""


def _answers(motion: MouthMotion) -> Float32Array:
    """Seven z-scores and two log odds, float32, shape (n, 9)."""
    odds = np.stack([motion.closure, motion.activity], axis=1)
    odds = np.clip(odds, _LEAST_ODDS, 1.0 - _LEAST_ODDS)
    answers = np.concatenate([motion.measures, np.log(odds / (1.0 - odds))], axis=1)
    return np.asarray(answers, np.float32)


def _at(curves: Float32Array, seconds: Float64Array) -> Float64Array:
    """Curves of shape (n, k) at other times; the ends hold."""
    steps = np.arange(len(curves)) / MOTION_RATE
    return np.stack([np.interp(seconds, steps, curve) for curve in curves.T], axis=1)


def _speaking(motion: MouthMotion, seconds: Float64Array) -> NDArray[np.bool_]:
    """Which frames lie within the sound and beside speech."""
    if len(motion.activity) == 0:
        return np.zeros(len(seconds), np.bool_)
    nearby = maximum_filter1d(motion.activity, 2 * round(_SPEECH_REACH * MOTION_RATE) + 1)
    steps = np.arange(len(nearby)) / MOTION_RATE
    return np.asarray(np.interp(seconds, steps, nearby, left=0.0, right=0.0) > _SPEECH, np.bool_)


def _shift(answers: Float32Array, times: Float64Array, seen: Float64Array) -> float:
    """The move in seconds after which mouth and answers agree best."""
    moves = _SHIFTS / MOTION_RATE
    merits = [_merit(_at(answers[:, :N_MEASURES], times + move), seen) for move in moves]
    return float(moves[int(np.argmax(merits))])


def _merit(heard: Float64Array, seen: Float64Array) -> float:
    """Mean correlation of the judged measures, -1 to 1; one that does not move counts as 0."""
    one, other = (values[:, _JUDGED] - values[:, _JUDGED].mean(axis=0) for values in (heard, seen))
    power = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return float(((one * other).sum(axis=0) / np.maximum(power, 1e-9)).mean())


def _held_out_gains(evidence: _Evidence, times: Float64Array) -> Float64Array:
    """Of each part of the video: how much better it is heard with a correction from the others."""
    gains = []
    for part in np.array_split(np.arange(len(times)), _BLOCKS):
        is_near = (times > times[part[0]] - _MARGIN_SECONDS) & (times < times[part[-1]] + _MARGIN_SECONDS)
        weights, offset = _fit(evidence, np.flatnonzero(~is_near), times)
        heard, seen = evidence.heard[part], evidence.seen[part]
        corrected = heard + evidence.features[part] @ weights + offset
        gains.append(_merit(corrected, seen) - _merit(heard, seen))
    return np.array(gains)


def _fit(evidence: _Evidence, rows: IntArray, times: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Ridge regression of what was seen beyond what was heard: weights (n_features, 7) and offset (7,)."""
    seen, features = evidence.seen[rows], evidence.features[rows]
    z_scores = (seen - seen.mean(axis=0)) / np.maximum(seen.std(axis=0), 1e-3)
    missing = z_scores - evidence.heard[rows]
    missing -= missing.mean(axis=0)
    middle = features.mean(axis=0)
    features = features - middle
    prior = _PRIOR_SECONDS / float(np.median(np.diff(times)))
    weights = np.linalg.solve(features.T @ features + prior * np.eye(features.shape[1]), features.T @ missing)
    return weights, -middle @ weights


def _packed(evidence: _Evidence, gain: float, length: float) -> Refit:
    times = np.arange(len(evidence.seen)) * (length / len(evidence.seen))
    weights, offset = _fit(evidence, np.arange(len(times)), times)
    corrected = evidence.heard + evidence.features @ weights
    spread = evidence.heard.std(axis=0) / np.maximum(corrected.std(axis=0), 1e-6)
    by_answer = weights.reshape(len(_LAGS), len(_SPREADS), N_MEASURES) / np.sqrt(len(weights))
    return Refit(
        (by_answer / _SPREADS[:, None]).astype(np.float32),
        offset.astype(np.float32),
        spread.astype(np.float32),
        gain,
        length,
    )
