import numpy as np
import pytest

from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.analysis.speech.prosody import measure_prosody


def _voice(semitones: np.ndarray, loudness: np.ndarray, hertz: float = 140.0) -> np.ndarray:
    """A buzz of ten harmonics; curves have one value per 10 ms."""
    n_samples = len(semitones) * SAMPLE_RATE // 100
    at = np.arange(n_samples) / (SAMPLE_RATE / 100)
    frequency = hertz * 2 ** (np.interp(at, np.arange(len(semitones)), semitones) / 12)
    phase = 2 * np.pi * np.cumsum(frequency) / SAMPLE_RATE
    buzz = sum(np.sin(k * phase) / k for k in range(1, 11))
    return (0.2 * buzz * np.interp(at, np.arange(len(loudness)), loudness)).astype(np.float32)


@pytest.mark.parametrize("hertz", [100.0, 140.0, 220.0])
def test_melody_is_heard_in_semitones_whatever_the_voice(hertz: float) -> None:
    """Deep and high voices alike, within a semitone."""
    melody = 4 * np.sin(2 * np.pi * np.arange(300) / 150)
    pitch = measure_prosody(_voice(melody, np.ones(300), hertz)).pitch
    assert np.abs(pitch - melody)[20:-20].max() < 1.2
    assert np.corrcoef(pitch[20:-20], melody[20:-20])[0, 1] > 0.98


def test_stress_is_heard_whatever_the_gain() -> None:
    """A voice recorded ten times as quietly has the same energy curve."""
    loudness = 0.55 + 0.45 * np.sin(2 * np.pi * np.arange(300) / 60)
    voice = _voice(np.zeros(300), loudness)
    loud, quiet = measure_prosody(voice).energy, measure_prosody(0.1 * voice).energy
    np.testing.assert_allclose(loud, quiet, atol=0.02)
    assert np.corrcoef(loud, loudness)[0, 1] > 0.85
    assert 0 <= loud.min() <= loud.max() <= 1


def test_noise_has_no_melody() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, SAMPLE_RATE).astype(np.float32)
    assert np.abs(measure_prosody(noise).pitch).mean() < 1.0


@pytest.mark.parametrize("n_samples", [0, 1, 100, SAMPLE_RATE])
def test_silence_and_next_to_nothing_are_silent(n_samples: int) -> None:
    prosody = measure_prosody(np.zeros(n_samples, np.float32))
    assert len(prosody.energy) == len(prosody.pitch) == len(prosody.seconds)
    assert not prosody.energy.any()
    assert not prosody.pitch.any()


def test_before_and_after_the_sound_it_is_silent() -> None:
    prosody = measure_prosody(_voice(np.zeros(100), np.ones(100)))
    sampled = prosody.at(np.array([-1.0, 0.5, 3.0]))
    assert sampled.energy[0] == sampled.energy[2] == 0
    assert sampled.energy[1] > 0.5
    assert not measure_prosody(np.zeros(0, np.float32)).at(np.zeros(2)).energy.any()
