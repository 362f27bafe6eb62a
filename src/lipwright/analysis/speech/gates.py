"""When the lips must be closed and when the mouth must rest: soft gates over time, 100 steps a second."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from lipwright.analysis.speech.motion import MOTION_RATE

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

CLOSURE_HOLD = 6  # steps: lips stay closed for at least 60 ms
CLOSING = 5  # steps: they take 50 ms to come
PARTING = 7
"""Steps that closed lips take to be free: 70 ms, the first of them as soon as the closure's last step.

Everything else moves 10 ms earlier than the closures, so lips that are let go in 50 ms find an opening that
is half way already. Of 100 filmed frames of the corpus 1.2 part the lips by more than 6 mm at once and 3.0 by
more than 3; of those that are wanted of unseen speakers 1.0 and 3.9 do with 50 ms, 0.7 and 3.5 with 70, 0.5
and 3.1 with 90. With 90 lips open too late for what is said: r with filmed ones is 0.004 lower.
"""
SHORTEST_PAUSE = MOTION_RATE // 5  # 20 steps: shorter pauses belong to the sentence
SETTLE = 14  # steps: 140 ms from the last sound to the rest pose
ONSET = 10
"""Steps, 100 ms: the mouth begins to open so long before the first sound.

Filmed lips (31 speakers of the corpus) are as open 200 ms before a sentence as they are in it on average:
people draw breath. r with them is 0.526 with 20 steps and 0.523 with 10, but a mouth that opens in silence
looks wrong where no breath is heard.
"""

_EDGE_SHARE = 0.75
"""A closure lasts while its probability is above this share of its peak.

At 25 frames a second 73 of 100 filmed closures last 1 to 3 frames, and 69 of those that are wanted of unseen
speakers; with 0.85 it is 77, with 0.7 66. Of other phones than /p b m/ 46 in 100 find the lips shut, with
0.85 44, with 0.7 47.
"""
_SURROUNDINGS = 8
"""Steps to either side, 80 ms, that say how high a peak is: the whole of a stretch in which closures follow
closely hid weak ones beside strong ones (4 in 93 /p b m/ for 1.3 of 100 other phones; 6 to 10 are alike)."""
_RIVAL_STEPS = 4  # 40 ms either way: where a closure rivals a labiodental
_RIVAL_ODDS = float(np.e)
"""By how much the odds of a closure may exceed those of a labiodental that is believed: filmed lips often
meet in /f/, so closures are heard there. In aligned speech 32 % of /f v/ close with this, 45 % with equal
odds at most, 26 % with e^2 or any, 61 % without tucks; of /p b m/ 97 %, but with any odds 96 %. (Taken with
closures a little shorter; now 34 and 64 %.)"""
_BLIP = 4  # steps: sounds shorter than this are clicks, not speech
_SPEECH, _QUIET = 0.5, 0.3
"""What is surer than the first is speech, and so is what follows it, while it is surer than the second: below
that a frame counts as silent everywhere. Before a sentence the same is breath or noise, no reason to open."""


def closure_gate(closure: Float32Array, threshold: float) -> Float32Array:
    """How far the lips must be closed at each step, float32, shape (n,), 0 (free) to 1 (closed).

    Args:
        closure: float32, shape (n,), 0 to 1: probability of closed lips.
        threshold: probability a peak must reach to count as a closure.
    """
    return _closing(_peak_steps(closure, threshold))


def tuck_gate(
    labiodental: Float32Array, closure: Float32Array, threshold: float, closing_threshold: float
) -> Float32Array:
    """How far the lower lip must be under the upper teeth at each step, float32, shape (n,), 0 (free) to 1.

    Tucks are found as closures are. What is heard as both is a tuck, from end to end, unless the closure is
    much likelier.

    Args:
        labiodental: float32, shape (n,), 0 to 1: probability of a tuck.
        closure: float32, shape (n,), 0 to 1: probability of closed lips.
        threshold: probability a peak must reach to count as a tuck.
        closing_threshold: the same for a closure.
    """
    rival = maximum_filter1d(closure, 2 * _RIVAL_STEPS + 1, mode="nearest")
    is_likely = _RIVAL_ODDS * labiodental * (1.0 - rival) >= rival * (1.0 - labiodental)
    tucked = _peak_steps(np.where(is_likely, labiodental, np.float32(0.0)), threshold)
    closed = _peak_steps(closure, closing_threshold)
    pressed = _without(closed, tucked)
    gate = _ramped(tucked | (closed & ~pressed), CLOSING, PARTING)
    return np.minimum(gate, 1.0 - _closing(pressed))


def rest_gate(activity: Float32Array) -> Float32Array:
    """How far the mouth must be at rest at each step, float32, shape (n,), 0 (speaking) to 1 (rest).

    Args:
        activity: float32, shape (n,), 0 to 1: probability of speech.
    """
    speaks = _with_quiet_ends(activity)
    for start, stop in runs(~speaks):
        is_inside = start > 0 and stop < len(speaks)
        if is_inside and stop - start < SHORTEST_PAUSE:
            speaks[start:stop] = True
    return np.asarray(1.0 - _ramped(speaks, ONSET, SETTLE), np.float32)


def runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Stretches in which a flag is up, as half-open (start, stop), in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _with_quiet_ends(activity: Float32Array) -> BoolArray:
    """Sure speech without clicks, each stretch of it with what fades after it."""
    sure = activity >= _SPEECH
    for start, stop in runs(sure):
        sure[start:stop] = stop - start >= _BLIP
    speaks = np.zeros_like(sure)
    for start, stop in runs(activity >= _QUIET):
        if sure[start:stop].any():
            speaks[start + int(sure[start:stop].argmax()) : stop] = True
    return speaks


def _peak_steps(probability: Float32Array, threshold: float) -> BoolArray:
    closed = np.zeros(len(probability), np.bool_)
    for start, stop in runs(probability >= _EDGE_SHARE * threshold):
        part = probability[start:stop]
        if part.max() < threshold:
            continue
        # A long run may hold several peaks of different height: each step is judged by its surroundings.
        highest = maximum_filter1d(part, 2 * _SURROUNDINGS + 1, mode="nearest")
        closed[start:stop] |= part >= np.maximum(threshold, _EDGE_SHARE * highest)
    for start, stop in runs(closed):
        missing = CLOSURE_HOLD + 1 - (stop - start)  # in the last step they begin to part
        if missing > 0:
            first = max(0, start - missing // 2)
            closed[first : first + CLOSURE_HOLD + 1] = True
    return closed


def _closing(closed: BoolArray) -> Float32Array:
    """Closures with their ramps; in the last step of each the lips begin to part."""
    return _ramped(closed & np.append(closed[1:], True), CLOSING, PARTING)


def _without(closed: BoolArray, tucked: BoolArray) -> BoolArray:
    """Closures where no lip is tucked; what is left of one is kept if it is long enough to be one."""
    left: BoolArray = closed & ~tucked
    for start, stop in runs(left):
        is_cut = tucked[max(start - 1, 0)] or tucked[min(stop, len(tucked) - 1)]
        if is_cut and stop - start <= CLOSURE_HOLD:
            left[start:stop] = False
    return left


def _ramped(flags: BoolArray, before: int, after: int) -> Float32Array:
    """1 where the flag is up, with raised-cosine ramps of some steps before and after each stretch."""
    steps = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, steps, -len(flags) - after))
    following = np.where(flags, steps, 2 * len(flags) + before)
    following = np.minimum.accumulate(following[::-1])[::-1]
    nearness = np.maximum(1.0 - (steps - last) / after, 1.0 - (following - steps) / before)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(nearness, 0.0, 1.0)), np.float32)
