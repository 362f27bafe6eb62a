"""From heard motion to what one face shall do: amplitude, closures, rests and limits."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, grey_closing, uniform_filter1d

from lipwright.analysis.speech.gates import SETTLE, closure_gate, rest_gate, tuck_gate
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion, SpeakerStyle
from lipwright.analysis.speech.population import MEAN_OFFSET, PER_GAP, REST, STD
from lipwright.analysis.speech.tuck import tucked
from lipwright.errors import UsageError
from lipwright.measures import CLOSED_GAP_MM, N_MEASURES, Measure

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

PREDICTED_SPREAD = np.array([0.61, 0.50, 0.58, 0.50, 0.50, 0.61, 0.50], np.float32)
"""float32, shape (7,): standard deviation of the network's z-scores on speakers it never saw.

Natural speech has 1. Taken as 0.5 where it is less: what is heard of protrusion (0.4) is half noise and not
worth amplifying.
"""

_SMOOTHING_STEPS = 2.5  # standard deviation, 25 ms: below the length of a closure
_KNEE = 0.2  # share of the range next to a bound in which motion is compressed
_FULL_OPENING_STEPS = 8  # 80 ms from closed to fully open at the fastest
_START_STEPS, _END_STEPS = 6, 12  # the sound begins and ends with the mouth at rest
_SHORTEST_OPENING_STEPS = 7
_BOX_STEPS = 5  # 50 ms: a frame stands for 40 at 25 a second; over 30, lips bend 1.07 times as much


@dataclass(frozen=True)
class Articulation:
    """How a performance differs from what was heard."""

    over_articulation: float = 1.1
    """Amplitude relative to natural speech, 0 to 2; viewers prefer 1.05 to 1.15."""
    lead_seconds: float = 0.01
    """How much earlier than the sound the lips move, 0 to 0.1; 0 to 0.04 looks in time.

    What is heard is where filmed lips are: r with them is 0.520 with 0.02, 0.523 with 0.01.
    Closures stay where they are: the network hears them 30 to 60 ms before the middle of their phone.
    """
    closure_threshold: float = 0.35
    """Probability of closed lips from which an average speaker closes them, above 0, below 1.

    On 108 s of aligned speech of unseen speakers, at four offsets of the frames, 0.33 closes 97 % of /p b m/
    (93 of them) and 45 % of other phones, 0.35 97 % and 43 %, 0.37 97 % and 42 %, 0.39 95 % and 40 %.
    """

    labiodental_threshold: float = 0.4
    """Probability of a labiodental from which the lower lip is tucked, above 0, below 1.

    On the aligned speech 18 of 19 stretches that 0.4 tucks are /f v/, a third of all there are. The error of
    the gap of unseen speakers falls by 0.009 mm with 0.4, 0.004 with 0.5, and r by 0.001 with either.
    """

    def __post_init__(self) -> None:
        """Checks every option."""
        if not 0.0 <= self.over_articulation <= 2.0:
            raise UsageError(f"over_articulation of 0 to 2 expected, found {self.over_articulation}")
        if not 0.0 <= self.lead_seconds <= 0.1:
            raise UsageError(f"lead_seconds of 0 to 0.1 expected, found {self.lead_seconds}")
        for name in ("closure_threshold", "labiodental_threshold"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise UsageError(f"{name} above 0 and below 1 expected, found {getattr(self, name)}")


def perform(motion: MouthMotion, style: SpeakerStyle, options: Articulation | None = None) -> Float32Array:
    """The measures this speaker's mouth shall have at every step of the sound.

    The first and the last step are at rest, pauses of 200 ms and more settle to rest, closures are held
    closed, the lips are ajar where the lower one is tucked, every value lies within the style's bounds and
    nothing jumps.

    Args:
        motion: what was heard, n steps.
        style: how the speaker moves.
        options: amplitude, lead, closures.

    Returns:
        float32, shape (n, 7), canonical mm, 100 steps a second.
    """
    options = options or Articulation()
    if len(motion.closure) == 0:
        return np.zeros((0, N_MEASURES), np.float32)
    n_steps, lead = len(motion.closure), options.lead_seconds
    at_rest = np.maximum(rest_gate(_led(motion.activity, lead)), _end_gate(n_steps))
    threshold = closing_threshold(style, options)
    shut = np.maximum(closure_gate(motion.closure, threshold), at_rest)
    closing = _without_hints(shut, at_rest)
    tucking = tuck_gate(motion.labiodental, motion.closure, options.labiodental_threshold, threshold)
    tucking = np.minimum(tucking, 1.0 - at_rest)

    def intended(measure: Measure) -> Float32Array:
        gain = np.float32(options.over_articulation) / PREDICTED_SPREAD[measure : measure + 1]
        return _amplified(_led(motion.measures[:, measure], lead), _of(style, measure), gain)

    rest_gap = style.rest[Measure.GAP]
    excess = np.maximum(intended(Measure.GAP) - rest_gap, np.float32(0.0)) * closing
    performance = np.empty((n_steps, N_MEASURES), np.float32)
    for measure in Measure:  # one after the other: of a long voice, all at once fill memory
        own = _of(style, measure)
        pose = np.asarray(intended(measure) - excess * PER_GAP[measure], np.float32)
        pose = tucked(pose, own.rest, measure, tucking)
        pose += at_rest * (own.rest - pose)
        performance[:, measure] = _slowed(pose, own, is_gap=measure is Measure.GAP)
    return performance


def closing_threshold(style: SpeakerStyle, options: Articulation) -> float:
    """The closure probability from which this speaker closes; above the option's for the open-mouthed.

    The network does not know who speaks. Who keeps the lips apart while speaking closes them more rarely, and
    each needless closure of theirs is a wide movement.
    """
    distance = float((style.mean[Measure.GAP] - CLOSED_GAP_MM) / style.std[Measure.GAP])
    usual = float((REST + MEAN_OFFSET)[Measure.GAP] - CLOSED_GAP_MM) / float(STD[Measure.GAP])
    odds = options.closure_threshold / (1.0 - options.closure_threshold) * np.exp(max(0.0, distance - usual))
    return float(odds / (1.0 + odds))


def at_times(performance: Float32Array, seconds: Float64Array) -> Float32Array:
    """A performance as video frames show it, float32, shape (m, 7).

    Averages over 30 ms so that fast movement does not alias, except while the lips are closed: a closure is
    seen even if the frame only just meets it. Before and after the sound the first and last step hold, which
    are at rest; an empty performance cannot be sampled.

    Args:
        performance: float32, shape (n, 7), n >= 1, 100 steps a second.
        seconds: float64, shape (m,): when each frame is shown, on the clock of the sound.
    """
    if len(performance) == 0:
        raise UsageError(
            "a performance of at least one step expected, found none; pass the rest pose instead"
        )
    is_closed = performance[:, Measure.GAP] < CLOSED_GAP_MM
    steps = np.arange(len(performance)) / MOTION_RATE
    wanted = np.empty((len(seconds), N_MEASURES), np.float32)
    for measure in Measure:
        own = performance[:, measure]
        shown = np.where(is_closed, own, uniform_filter1d(own, _BOX_STEPS, mode="nearest"))
        wanted[:, measure] = np.interp(seconds, steps, shown)
    return wanted


def _of(style: SpeakerStyle, measure: Measure) -> SpeakerStyle:
    """The style of one measure: arrays of shape (1,)."""
    place = slice(measure, measure + 1)
    return SpeakerStyle(*(getattr(style, part.name)[place] for part in fields(SpeakerStyle)))


def _led(curve: Float32Array, lead_seconds: float) -> Float32Array:
    """A curve over time, shape (n,), earlier; the end of the sound holds."""
    steps = np.arange(len(curve), dtype=np.float64)
    wanted = np.minimum(steps + lead_seconds * MOTION_RATE, steps[-1])
    return np.interp(wanted, steps, curve).astype(np.float32)


def _amplified(z_scores: Float32Array, style: SpeakerStyle, gain: Float32Array) -> Float32Array:
    """Canonical mm of one measure, shape (n,), compressed towards the bounds."""
    smooth = gaussian_filter1d(z_scores, _SMOOTHING_STEPS, mode="nearest")
    pose = style.mean + style.std * smooth * gain
    knee = _KNEE * (style.high - style.low)
    pose = _bent(pose, style.high - knee, knee)
    return np.asarray(-_bent(-pose, -(style.low + knee), knee), np.float32)


def _bent(values: Float32Array, start: Float32Array, room: Float32Array) -> Float32Array:
    """Values as they are up to ``start``, then ever slower towards ``start + room``."""
    beyond = np.maximum(values - start, 0.0)
    return np.asarray(np.minimum(values, start) + room * np.tanh(beyond / np.maximum(room, 1e-6)), np.float32)


def _without_hints(closing: Float32Array, at_rest: Float32Array) -> Float32Array:
    """Lips that would open for less than 70 ms between two closures stay closed, as those do that close just
    before they settle to rest: a word that ends in /m/."""
    into_rest = np.diff(at_rest, append=at_rest[-1]) > 0
    settled = grey_closing(closing, (SETTLE + 1,), mode="nearest")
    closing = grey_closing(closing, (_SHORTEST_OPENING_STEPS,), mode="nearest")
    return np.asarray(np.where(into_rest, settled, closing), np.float32)


def _end_gate(n_steps: int) -> Float32Array:
    """1 at the first and last step, easing to 0 inside."""
    steps = np.arange(n_steps)
    nearness = np.maximum(1.0 - steps / _START_STEPS, 1.0 - (n_steps - 1 - steps) / _END_STEPS)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(nearness, 0.0, 1.0)), np.float32)


def _slowed(pose: Float32Array, style: SpeakerStyle, *, is_gap: bool) -> Float32Array:
    """One measure, shape (n,), within its bounds and no faster than a mouth; closures stay, openings give."""
    pose = np.clip(pose, style.low, style.high)
    fastest = (style.high - style.low) / _FULL_OPENING_STEPS
    ramp = np.arange(len(pose), dtype=np.float64) * fastest.astype(np.float64)
    below = _below(pose, ramp)
    slowed = below if is_gap else (below - _below(-pose, ramp)) / 2.0
    return np.asarray(slowed, np.float32)


def _below(values: Float32Array, ramp: Float64Array) -> Float64Array:
    """The highest curve below the values, shape (n,), no steeper than the ramp either way."""
    forward = np.minimum.accumulate(values - ramp) + ramp
    return np.asarray(np.minimum.accumulate((forward + ramp)[::-1])[::-1] - ramp)
