"""How one speaker moves, measured from frames in which they were seen."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech import population
from lipwright.analysis.speech.motion import SpeakerStyle
from lipwright.measures import CLOSED_GAP_MM, N_MEASURES, Measure

Float32Array = NDArray[np.float32]

_FEWEST_FRAMES = 5  # below this many tracked frames nothing is measured
_FEWEST_CLOSED = 3  # closed frames that make a rest pose of one's own
_HALF_EVIDENCE_FRAMES = 60.0  # moving frames (2.4 s at 25 fps) at which half is believed
_MOVING_FRAMES = 25  # length of the window in which movement is looked for, about a second
_STILL_GAP_STD = 0.8  # mm: tracking noise, breathing; below this nobody speaks
_MOVING_GAP_STD = 1.8  # mm: half of the quietest speakers of the corpus move more than this
_LOW_QUANTILE, _HIGH_QUANTILE = 0.01, 0.99
_SPREAD_LIMITS = (0.4, 2.2)  # of the population's: beyond is mistracking or laughing, not speech
_REST_GAP_LIMITS = (-0.3, 0.0)  # mm: asked for shut lips, a drawn mouth reads up to 0.6 mm more


def population_style() -> SpeakerStyle:
    """The style of an average speaker, for a face that was never seen closed or speaking."""
    return _around(population.REST)


def measure_style(measures: Float32Array) -> SpeakerStyle:
    """This person's own style, as far as the frames show it.

    Only stretches in which the mouth moves count as speech. The less there is of them, the nearer the result
    is to the population's style put round this person's rest pose; without any frame it is the population's.

    Args:
        measures: float32, shape (n, 7), canonical mm: frames of one person in order, 15 to 60 fps; frames
            without a face are NaN.
    """
    tracked = measures[np.isfinite(measures).all(axis=1)]
    if len(tracked) < _FEWEST_FRAMES:
        return population_style()
    assumed = _around(rest_pose(tracked))
    moving = tracked[_moves(tracked[:, Measure.GAP])]
    if len(moving) < _FEWEST_FRAMES:
        return assumed
    return _blended(assumed, moving, _belief(moving))


def rest_pose(tracked: Float32Array) -> Float32Array:
    """The pose with lips closed, shape (7,), from tracked frames of shape (n, 7), n >= 1.

    The median of the closed frames; if the lips were never closed, the most closed frames, closed the rest of
    the way as mouths usually close.
    """
    gap = tracked[:, Measure.GAP]
    closed = tracked[gap < CLOSED_GAP_MM]
    if len(closed) >= _FEWEST_CLOSED:
        rest = np.median(closed, axis=0)
    else:
        nearest = np.median(tracked[gap <= np.quantile(gap, 0.1)], axis=0)
        rest = nearest + population.PER_GAP * (population.REST[Measure.GAP] - nearest[Measure.GAP])
    rest[Measure.GAP] = np.clip(rest[Measure.GAP], *_REST_GAP_LIMITS)
    return np.asarray(rest, np.float32)


def _around(rest: Float32Array) -> SpeakerStyle:
    """The population's style for a face with this rest pose."""
    return SpeakerStyle(
        mean=rest + population.MEAN_OFFSET,
        std=population.STD.copy(),
        rest=rest.copy(),
        low=rest + population.LOW_OFFSET,
        high=rest + population.HIGH_OFFSET,
    )


def _moves(gap: Float32Array) -> NDArray[np.bool_]:
    """Which frames lie within a second in which the mouth opens and closes, shape (n,)."""
    window = min(_MOVING_FRAMES, len(gap))
    spans = np.lib.stride_tricks.sliding_window_view(gap, window).std(axis=1) > _STILL_GAP_STD
    starts = np.flatnonzero(spans)
    edges = np.zeros(len(gap) + 1, np.int64)
    np.add.at(edges, starts, 1)
    np.add.at(edges, starts + window, -1)
    return np.asarray(np.cumsum(edges)[:-1] > 0)


def _belief(moving: Float32Array) -> float:
    """How far the frames are believed against the population, 0 to 1: length times liveliness."""
    amount = len(moving) / (len(moving) + _HALF_EVIDENCE_FRAMES)
    spread = float(moving[:, Measure.GAP].std())
    liveliness = np.clip((spread - _STILL_GAP_STD) / (_MOVING_GAP_STD - _STILL_GAP_STD), 0.0, 1.0)
    return float(amount * liveliness)


def _blended(assumed: SpeakerStyle, moving: Float32Array, belief: float) -> SpeakerStyle:
    own_std = np.clip(moving.std(axis=0) / population.STD, *_SPREAD_LIMITS) * population.STD
    # Spreads are blended as ratios: half-way between 2 mm and 8 mm is 4 mm.
    std = assumed.std ** (1.0 - belief) * own_std**belief
    mean = _mix(assumed.mean, moving.mean(axis=0), belief)
    low = _mix(assumed.low, np.quantile(moving, _LOW_QUANTILE, axis=0), belief)
    high = _mix(assumed.high, np.quantile(moving, _HIGH_QUANTILE, axis=0), belief)
    # A clip in which the person mumbles does not forbid them an open vowel: one spread is always allowed.
    low = np.minimum(np.minimum(low, mean - std), assumed.rest)
    high = np.maximum(np.maximum(high, mean + 1.5 * std), assumed.rest)
    # Lips cannot close further than closed, whatever the spread.
    low[Measure.GAP] = max(low[Measure.GAP], assumed.rest[Measure.GAP] - 0.3)
    return SpeakerStyle(mean, _float32(std), assumed.rest, _float32(low), _float32(high))


def _mix(assumed: Float32Array, own: Float32Array, belief: float) -> Float32Array:
    assert own.shape == (N_MEASURES,)
    return _float32((1.0 - belief) * assumed + belief * own)


def _float32(values: NDArray[np.floating[Any]]) -> Float32Array:
    return np.asarray(values, np.float32)
