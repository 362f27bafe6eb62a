"""Corrections of the ear for one mouth."""

import numpy as np
import pytest

from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.analysis.speech.refit import LEAST_SECONDS, refit
from lipwright.measures import N_MEASURES, Measure

SECONDS = 40
FRAMES = np.arange(0, SECONDS, 0.04)
SPREAD = np.array([4.7, 3.4, 2.5, 1.5, 1.8, 4.2, 3.0], np.float32)


def wander(n: int, n_curves: int, seed: int) -> np.ndarray:
    """Curves that move as fast as mouths, spread 1, shape (n, n_curves)."""
    noise = np.random.default_rng(seed).normal(size=(n + 12, n_curves))
    smooth = np.stack([np.convolve(curve, np.hanning(13), "valid") for curve in noise.T], axis=1)
    return np.asarray(smooth / smooth.std(axis=0), np.float32)


def voice(seconds: float = SECONDS, seed: int = 0) -> MouthMotion:
    """Somebody who speaks all the time."""
    n = round(seconds * MOTION_RATE)
    ones = np.ones(n, np.float32)
    return MouthMotion(0.6 * wander(n, N_MEASURES, seed), 0.2 * ones, ones, 0.0 * ones)


def mouth(motion: MouthMotion, habit: float, *, late: float = 0.0, noise: float = 0.8) -> np.ndarray:
    """Measures at ``FRAMES``, canonical mm: as heard, but the width follows the jaw by ``habit`` as well."""
    own = motion.measures.copy()
    own[:, Measure.WIDTH] += habit * own[:, Measure.JAW]
    steps = np.arange(len(own)) / MOTION_RATE
    shown = np.stack([np.interp(FRAMES - late, steps, curve) for curve in own.T], axis=1)
    return np.asarray(20.0 + SPREAD * (shown + noise * wander(len(FRAMES), 7, 9)), np.float32)


def likeness(motion: MouthMotion, other: MouthMotion, measure: Measure) -> float:
    return float(np.corrcoef(motion.measures[:, measure], other.measures[:, measure])[0, 1])


def test_a_habit_of_the_mouth_is_learnt_and_holds_for_another_voice() -> None:
    """What this mouth does otherwise than heard is heard so from then on, whoever speaks."""
    found = refit(voice(), FRAMES, mouth(voice(), 1.0))
    assert found is not None
    assert found.gain > 0.0
    assert found.seconds == pytest.approx(SECONDS, abs=1.0)
    other = voice(seed=3)
    wanted = voice(seed=3)
    wanted.measures[:, Measure.WIDTH] += wanted.measures[:, Measure.JAW]
    before = likeness(other, wanted, Measure.WIDTH)
    assert likeness(found.apply(other), wanted, Measure.WIDTH) > before + 0.02


def test_only_the_movement_is_corrected() -> None:
    """Closures and pauses are no habits: they stay as heard; the mouth moves as far as before."""
    heard = voice()
    found = refit(heard, FRAMES, mouth(heard, 1.0))
    assert found is not None
    corrected = found.apply(heard)
    assert corrected.closure is heard.closure
    assert corrected.activity is heard.activity
    assert corrected.measures.dtype == np.float32
    assert np.allclose(corrected.measures.std(axis=0), heard.measures.std(axis=0), rtol=0.05)


@pytest.mark.parametrize("seed", range(4))
def test_chance_is_not_learnt(seed: int) -> None:
    """A mouth that does what was heard, and one that says something else, give no correction that shows."""
    heard = voice(seed=seed)
    other = voice(seed=seed + 20)
    for shown in (mouth(heard, 0.0), mouth(other, 0.0)):
        found = refit(heard, FRAMES, shown)
        if found is not None:
            assert likeness(found.apply(other), other, Measure.GAP) > 0.97


def test_an_offset_is_not_a_habit() -> None:
    """What is left of an offset between sound and picture does not move the lips of another voice in time."""
    heard = voice()
    found = refit(heard, FRAMES, mouth(heard, 1.0, late=0.04, noise=0.3))
    assert found is not None
    other = voice(seed=3)
    gap = found.apply(other).measures[:, Measure.GAP]
    moved = [float((np.roll(gap, -lag) * other.measures[:, Measure.GAP]).sum()) for lag in range(-6, 7)]
    assert int(np.argmax(moved)) - 6 == 0


def test_too_little_speech_teaches_nothing() -> None:
    """Frames without a face, or while nobody speaks, do not count."""
    heard = voice()
    shown = mouth(heard, 1.0)
    few = shown.copy()
    few[FRAMES > LEAST_SECONDS - 1] = np.nan
    assert refit(heard, FRAMES, few) is None
    heard.activity[round((LEAST_SECONDS - 1) * MOTION_RATE) :] = 0.0
    assert refit(heard, FRAMES, shown) is None


@pytest.mark.parametrize("n_frames", [0, 1, 2])
def test_next_to_nothing_teaches_nothing(n_frames: int) -> None:
    """Neither a still nor an empty sound is a reason to fail."""
    nothing = MouthMotion(np.zeros((0, 7), np.float32), *np.zeros((3, 0), np.float32))
    frames = np.arange(n_frames) / 25.0
    assert refit(voice(1.0), frames, np.zeros((n_frames, 7), np.float32)) is None
    assert refit(nothing, frames, np.zeros((n_frames, 7), np.float32)) is None


def test_an_empty_voice_stays_empty() -> None:
    """There is nothing to correct."""
    found = refit(voice(), FRAMES, mouth(voice(), 1.0))
    assert found is not None
    nothing = MouthMotion(np.zeros((0, 7), np.float32), *np.zeros((3, 0), np.float32))
    assert found.apply(nothing) is nothing


def test_a_mouth_that_never_moves_teaches_nothing_that_breaks() -> None:
    """A frozen picture under a talking voice gives no correction, and no warning."""
    assert refit(voice(), FRAMES, np.full((len(FRAMES), 7), 20.0, np.float32)) is None
