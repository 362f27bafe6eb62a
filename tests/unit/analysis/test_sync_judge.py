"""What may be said of a mouth and a sound: on curves whose lag is known, and on pure chance."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.sync_judge import (
    LAGS,
    REACH_SECONDS,
    LagCurves,
    Verdict,
    judged_measures,
    lag_curves,
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


def heard(measured: NDArray[np.float32], expected: NDArray[np.float32]) -> LagCurves:
    return lag_curves(measured, np.arange(len(measured)) / FPS, expected, np.arange(len(expected)) / RATE)


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
    found = opinion(heard(mouth[::2], np.roll(mouth, 2 * late_frames, axis=0)))
    assert found.av_offset == pytest.approx(late_frames / FPS, abs=0.011)
    assert (found.verdict, found.sentence()) == (verdict, said)


def test_a_mouth_that_drifts_is_still_placed() -> None:
    """A smile that comes and goes, or a head that turns, moves all measures more than three seconds of speech
    do, and slowly: where the mouth is fits best anywhere, how it moves fits best where it belongs."""
    right = 0
    for seed in range(20):
        mouth = speech(seed, 3.0)
        drift = 60.0 * np.sin(2 * np.pi * (np.arange(len(mouth)) / len(mouth) + seed / 20))[:, None]
        right += abs(opinion(heard((mouth + drift)[::2].astype(np.float32), mouth)).av_offset) < 0.03
    assert right >= 19


def test_changes_do_not_reach_across_what_was_not_seen() -> None:
    """Half of the frames are lost in one stretch, and the rest are shown elsewhere in time."""
    mouth = speech(4)
    seconds = np.arange(len(mouth[::2])) / FPS
    kept = np.r_[0:100, 200:300]
    curves = lag_curves(mouth[::2][kept], seconds[kept], mouth, np.arange(len(mouth)) / RATE)
    assert curves.best == len(LAGS) // 2
    assert curves.change_r[len(LAGS) // 2] > 0.999


def test_a_foreign_mouth_is_not_judged() -> None:
    """Of 40 mismatched pairs none may be called in sync or off: one in a hundred is the promise."""
    verdicts = [opinion(heard(speech(2 * k)[::2], speech(2 * k + 1))).verdict for k in range(40)]
    assert verdicts.count(Verdict.CANNOT_TELL) >= 38


def test_the_same_peak_says_more_of_longer_footage() -> None:
    curve = 0.3 * np.exp(-((LAGS / 0.05) ** 2))
    said = {seconds: opinion(LagCurves(curve, curve, seconds)) for seconds in (1.0, 3.0, 10.0, 30.0)}
    confidences = [one.confidence for one in said.values()]
    assert confidences == sorted(confidences)
    assert confidences[0] == 0.0
    assert said[3.0].verdict is Verdict.CANNOT_TELL
    assert said[30.0].verdict is Verdict.IN_SYNC


def test_only_footage_with_sound_counts() -> None:
    """Half a minute of a mouth beside four seconds of sound says no more than four seconds of both; of 146
    pairs of real mouths and foreign voices eight were called off because the voice was shorter."""
    mouth = speech(2, 30.0)
    whole, part = (heard(mouth[::2][:n_frames], mouth[: 4 * RATE]) for n_frames in (30 * FPS, 4 * FPS))
    assert whole.compared_seconds == pytest.approx(4.0, abs=0.05)
    assert opinion(whole).confidence == pytest.approx(opinion(part).confidence, abs=1e-3)


def test_a_curve_that_rises_to_its_end_has_no_peak() -> None:
    """The true lag may lie outside what was tried."""
    rising = 0.8 * np.exp((LAGS - REACH_SECONDS) / 0.1)
    assert opinion(LagCurves(rising, rising, 30.0)).verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize("n_frames", [0, 1, 7])
def test_of_next_to_nothing_nothing_is_said(n_frames: int) -> None:
    found = opinion(heard(speech(1)[::2][:n_frames], speech(1)))
    assert found.verdict is Verdict.CANNOT_TELL
    assert math.isnan(found.r)
    assert "cannot be told" in found.sentence()


def test_no_sound_and_no_movement_say_nothing() -> None:
    mouth = speech(1)
    still = np.ones_like(mouth[::2])
    for curves in (heard(mouth[::2], mouth[:0]), heard(still, mouth)):
        assert np.isnan(curves.r).all()
        assert np.isnan(curves.change_r).all()
        assert curves.best is None


def test_each_track_is_measured_from_its_own_mean() -> None:
    """Two faces after each other: how wide one mouth is says nothing of how it moves."""
    gaps = np.arange(10, dtype=np.float32)
    one, other = make_track(gaps), make_track(gaps, start=12)
    other.measures[:] += 20.0
    measures = judged_measures([one, other], 25)
    assert np.isnan(measures[10:12]).all()
    assert np.isnan(measures[22:]).all()
    assert np.nanmean(measures[:10]) == pytest.approx(np.nanmean(measures[12:22]), abs=1e-3)
