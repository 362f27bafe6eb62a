"""From heard motion to what one face shall do: amplitude, closures, rests and limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, grey_closing, uniform_filter1d

from lipwright.analysis.speech.gates import closure_gate, rest_gate
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion, SpeakerStyle
from lipwright.analysis.speech.population import MEAN_OFFSET, PER_GAP, REST, STD
from lipwright.errors import UsageError
from lipwright.measures import CLOSED_GAP_MM, N_MEASURES, Measure

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

PREDICTED_SPREAD = np.array([0.61, 0.50, 0.58, 0.50, 0.50, 0.61, 0.50], np.float32)
"""float32, shape (7,): standard deviation of the network's z-scores on speakers it never saw.

Natural speech has 1. Taken as 0.5 where it is less: what is heard of protrusion (0.4) is half noise and not
worth amplifying.
"""

_SMOOTHING_STEPS = 1.5  # standard deviation, 15 ms: below the length of a closure
_KNEE = 0.2  # share of the range next to a bound in which motion is compressed
_FULL_OPENING_STEPS = 8  # 80 ms from closed to fully open at the fastest
_START_STEPS, _END_STEPS = 6, 12  # the sound begins and ends with the mouth at rest
_SHORTEST_OPENING_STEPS = 9
_BOX_STEPS = 3  # 30 ms: what a video frame averages over


@dataclass(frozen=True)
class Articulation:
    """How a performance differs from what was heard."""

    over_articulation: float = 1.1
    """Amplitude relative to natural speech, 0 to 2; viewers prefer 1.05 to 1.15."""
    lead_seconds: float = 0.02
    """How much earlier than the sound the lips move, 0 to 0.1; 0 to 0.04 looks in time.

    Closures stay where they are: the network hears them 30 to 60 ms before the middle of their phone.
    """
    closure_threshold: float = 0.39
    """Probability of closed lips from which an average speaker closes them, above 0, below 1.

    On 96 s of aligned speech of unseen speakers 0.36 closes 99 % of /p b m/ (83 of them) and 50 % of other
    phones, 0.39 96 % and 46 %, 0.42 94 % and 43 %. With the voices of 24 clips of the corpus, whose mouths
    are shut in 18 % of the frames, 0.36 shuts them in 38 % (F1 0.464), 0.39 in 36 % (0.469), 0.42 in 33 %
    (0.464).
    """

    def __post_init__(self) -> None:
        """Checks every option."""
        if not 0.0 <= self.over_articulation <= 2.0:
            raise UsageError(f"over_articulation of 0 to 2 expected, found {self.over_articulation}")
        if not 0.0 <= self.lead_seconds <= 0.1:
            raise UsageError(f"lead_seconds of 0 to 0.1 expected, found {self.lead_seconds}")
        if not 0.0 < self.closure_threshold < 1.0:
            raise UsageError(
                f"closure_threshold above 0 and below 1 expected, found {self.closure_threshold}"
            )


def perform(motion: MouthMotion, style: SpeakerStyle, options: Articulation | None = None) -> Float32Array:
    """The measures this speaker's mouth shall have at every step of the sound.

    The first and the last step are at rest, pauses of 200 ms and more settle to rest, closures are held
    closed, every value lies within the style's bounds and nothing jumps.

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
    heard = _led(motion, options.lead_seconds)
    pose = _amplified(heard.measures, style, options.over_articulation)
    at_rest = np.maximum(rest_gate(heard.activity), _end_gate(len(pose)))
    closing = closure_gate(heard.closure, closing_threshold(style, options))
    # Lips that would open for less than 90 ms between two closures, or a closure and a rest, stay closed.
    closing = grey_closing(np.maximum(closing, at_rest), (_SHORTEST_OPENING_STEPS,), mode="nearest")
    pose = _closed(pose, style, closing)
    pose += at_rest[:, None] * (style.rest - pose)
    return _slowed(pose, style)


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
    averaged = uniform_filter1d(performance, _BOX_STEPS, axis=0, mode="nearest")
    is_closed = performance[:, [Measure.GAP]] < CLOSED_GAP_MM
    shown = np.where(is_closed, performance, averaged)
    steps = np.arange(len(shown)) / MOTION_RATE
    return np.stack([np.interp(seconds, steps, column) for column in shown.T], axis=1).astype(np.float32)


def _led(motion: MouthMotion, lead_seconds: float) -> MouthMotion:
    """The same motion, earlier, with its closures where they are; the end of the sound holds."""
    steps = np.arange(len(motion.closure), dtype=np.float64)
    wanted = np.minimum(steps + lead_seconds * MOTION_RATE, steps[-1])
    measures = [np.interp(wanted, steps, column) for column in motion.measures.T]
    return MouthMotion(
        np.stack(measures, axis=1).astype(np.float32),
        motion.closure,
        np.interp(wanted, steps, motion.activity).astype(np.float32),
    )


def _amplified(z_scores: Float32Array, style: SpeakerStyle, amount: float) -> Float32Array:
    """Canonical mm with natural spread (regression to the mean undone), compressed towards the bounds."""
    smooth = gaussian_filter1d(z_scores, _SMOOTHING_STEPS, axis=0, mode="nearest")
    pose = style.mean + style.std * smooth * (np.float32(amount) / PREDICTED_SPREAD)
    knee = _KNEE * (style.high - style.low)
    pose = _bent(pose, style.high - knee, knee)
    return np.asarray(-_bent(-pose, -(style.low + knee), knee), np.float32)


def _bent(values: Float32Array, start: Float32Array, room: Float32Array) -> Float32Array:
    """Values as they are up to ``start``, then ever slower towards ``start + room``."""
    beyond = np.maximum(values - start, 0.0)
    return np.asarray(np.minimum(values, start) + room * np.tanh(beyond / np.maximum(room, 1e-6)), np.float32)


def _closed(pose: Float32Array, style: SpeakerStyle, gate: Float32Array) -> Float32Array:
    """The pose with the gap closed as far as the gate says; lips and jaw follow as they do in closing."""
    excess = np.maximum(pose[:, Measure.GAP] - style.rest[Measure.GAP], 0.0) * gate
    return np.asarray(pose - excess[:, None] * PER_GAP, np.float32)


def _end_gate(n_steps: int) -> Float32Array:
    """1 at the first and last step, easing to 0 inside."""
    steps = np.arange(n_steps)
    nearness = np.maximum(1.0 - steps / _START_STEPS, 1.0 - (n_steps - 1 - steps) / _END_STEPS)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(nearness, 0.0, 1.0)), np.float32)


def _slowed(pose: Float32Array, style: SpeakerStyle) -> Float32Array:
    """The pose within its bounds and no faster than a mouth; closures stay, openings give way."""
    pose = np.clip(pose, style.low, style.high)
    fastest = (style.high - style.low) / _FULL_OPENING_STEPS
    below = _below(pose, fastest)
    above = -_below(-pose, fastest)
    slowed = (below + above) / 2.0
    slowed[:, Measure.GAP] = below[:, Measure.GAP]
    return np.asarray(slowed, np.float32)


def _below(values: Float32Array, fastest: Float32Array) -> Float64Array:
    """The highest curves below the values that change by at most ``fastest`` a step, shape (n, 7)."""
    ramp = np.arange(len(values))[:, None] * fastest.astype(np.float64)
    forward = np.minimum.accumulate(values - ramp, axis=0) + ramp
    return np.asarray(np.minimum.accumulate((forward + ramp)[::-1], axis=0)[::-1] - ramp)
