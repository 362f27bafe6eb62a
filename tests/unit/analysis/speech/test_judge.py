"""What the sync judge expects of sounds; the shipped weights."""

import numpy as np
import pytest

from lipwright.analysis.speech import judge
from lipwright.analysis.speech.articulation import WEIGHTS
from lipwright.analysis.speech.filterbank import BAND_RATE, N_FEATURES, judge_features, log_bands
from lipwright.analysis.speech.judge import JUDGED, expect_mouth
from lipwright.inference.weights import weights_path
from tests.unit.analysis.speech.sounds import RATE, noise, silence, voice


@pytest.mark.parametrize("n_samples", [0, 1, 320, 321, 16_000])
def test_every_20_ms_begun_have_an_answer(n_samples: int) -> None:
    expected = expect_mouth(voice(1.0)[:n_samples])
    assert expected.shape == (-(-n_samples * BAND_RATE // RATE), len(JUDGED))
    assert np.isfinite(expected).all()


def test_gain_changes_nothing() -> None:
    loud = voice(4.0)
    np.testing.assert_allclose(expect_mouth(0.05 * loud), expect_mouth(loud), atol=0.02)


def test_damaged_sound_is_heard_as_silence() -> None:
    damaged = np.full(RATE, np.nan, np.float32)
    np.testing.assert_allclose(expect_mouth(damaged), expect_mouth(silence(1.0)))


def test_blocks_hardly_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are normalised for themselves, so that they differ a little; their joints fit."""
    sound = voice(30.0)
    whole = expect_mouth(sound)
    monkeypatch.setattr(judge, "_BLOCK", 10 * BAND_RATE)
    blocks = expect_mouth(sound)
    assert np.corrcoef(whole[:, 0], blocks[:, 0])[0, 1] > 0.99


def test_features_are_finite_whatever_is_heard() -> None:
    for sound in (silence(1.0), noise(1.0), voice(1.0), 100.0 * noise(1.0)):
        features = judge_features(log_bands(sound))
        assert features.shape == (BAND_RATE, N_FEATURES)
        assert np.isfinite(features).all()
        assert np.abs(features).max() < 20


def test_the_judge_is_not_the_ear() -> None:
    """It would flatter the engine otherwise: another file, and less than half its size."""
    assert judge.JUDGE_WEIGHTS != WEIGHTS
    assert weights_path(judge.JUDGE_WEIGHTS).stat().st_size < weights_path(WEIGHTS).stat().st_size / 2
