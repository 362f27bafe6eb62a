"""What may be said of a mouth and a sound: on curves whose lag is known, and on pure chance."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.sync_judge import (
    LAGS,
    REACH_SECONDS,
    Verdict,
    judged_measures,
    lag_curve,
    opinion,
)
from tests.tracks import make_track

RATE = 50
FPS = 25


def speech(seed: int, seconds: float = 12.0) -> NDArray[np.float32]:
    """Five measures that move as quickly as mouths do, float32, shape (n, 5)."""
    random = np.random.default_rng(seed)
    n = int(seconds * RATE)
    kernel = np.hanning(11)
    noise = random.normal(size=(n + 10, 5))
    return np.stack([np.convolve(column, kernel, "valid") for column in noise.T], axis=1).astype(np.float32)


def heard(measured: NDArray[np.float32], expected: NDArray[np.float32]) -> NDArray[np.float64]:
    return lag_curve(measured, np.arange(len(measured)) / FPS, expected, np.arange(len(expected)) / RATE)


@pytest.mark.parametrize(
    ("late_frames", "verdict", "said"),
    [
        (0, Verdict.IN_SYNC, "the sound is in sync with the mouth"),
        (1, Verdict.IN_SYNC, "the sound is in sync with the mouth"),  # 40 ms: nobody notices
        (4, Verdict.OFF, "the sound is 160 ms late"),
        (-4, Verdict.OFF, "the sound leads by 160 ms"),
    ],
)
def test_an_offset_is_found_with_its_sign(late_frames: int, verdict: Verdict, said: str) -> None:
    """Plus means that the sound is late: the mouth did it before."""
    mouth = speech(1)
    found = opinion(heard(mouth[::2], np.roll(mouth, 2 * late_frames, axis=0)), 12.0)
    assert found.av_offset == pytest.approx(late_frames / FPS, abs=0.011)
    assert (found.verdict, found.sentence()) == (verdict, said)


def test_a_foreign_mouth_is_not_judged() -> None:
    """Of 40 mismatched pairs none may be called in sync or off: one in a hundred is the promise."""
    verdicts = [opinion(heard(speech(2 * k)[::2], speech(2 * k + 1)), 12.0).verdict for k in range(40)]
    assert verdicts.count(Verdict.CANNOT_TELL) >= 38


def test_the_same_peak_says_more_of_longer_footage() -> None:
    curve = 0.3 * np.exp(-((LAGS / 0.05) ** 2))
    confidences = [opinion(curve, seconds).confidence for seconds in (1.0, 3.0, 10.0, 30.0)]
    assert confidences == sorted(confidences)
    assert confidences[0] == 0.0
    assert opinion(curve, 3.0).verdict is Verdict.CANNOT_TELL
    assert opinion(curve, 30.0).verdict is Verdict.IN_SYNC


def test_a_curve_that_rises_to_its_end_has_no_peak() -> None:
    """The true lag may lie outside what was tried."""
    assert opinion(0.8 * np.exp((LAGS - REACH_SECONDS) / 0.1), 30.0).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize("n_frames", [0, 1, 7])
def test_of_next_to_nothing_nothing_is_said(n_frames: int) -> None:
    found = opinion(heard(speech(1)[::2][:n_frames], speech(1)), n_frames / FPS)
    assert found.verdict is Verdict.CANNOT_TELL
    assert math.isnan(found.r)
    assert "cannot be told" in found.sentence()


def test_no_sound_and_no_movement_say_nothing() -> None:
    mouth = speech(1)
    still = np.ones_like(mouth[::2])
    for curve in (heard(mouth[::2], mouth[:0]), heard(still, mouth)):
        assert np.isnan(curve).all()


def test_each_track_is_measured_from_its_own_mean() -> None:
    """Two faces after each other: how wide one mouth is says nothing of how it moves."""
    gaps = np.arange(10, dtype=np.float32)
    one, other = make_track(gaps), make_track(gaps, start=12)
    other.measures[:] += 20.0
    measures = judged_measures([one, other], 25)
    assert np.isnan(measures[10:12]).all()
    assert np.isnan(measures[22:]).all()
    assert np.nanmean(measures[:10]) == pytest.approx(np.nanmean(measures[12:22]), abs=1e-3)
