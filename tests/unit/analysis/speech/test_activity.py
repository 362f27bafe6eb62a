import numpy as np
import pytest

from lipwright.analysis.speech.activity import energy_activity, speech_activity
from lipwright.analysis.speech.level import measure_level
from lipwright.analysis.speech.mel import frame_energy, log_mel
from tests.unit.analysis.speech.sounds import noise, silence, voice


def activity(sound: np.ndarray) -> np.ndarray:
    return energy_activity(frame_energy(log_mel(sound)), measure_level(sound))


@pytest.mark.parametrize("sound", [silence(3.0), noise(3.0, 1e-5), noise(12.0, 0.05)])
def test_silence_and_steady_noise_are_not_speech(sound: np.ndarray) -> None:
    """Digital silence, a faint hiss and a loud one."""
    assert np.mean(activity(sound) >= 0.5) < 0.02


@pytest.mark.parametrize("gain", [1.0, 0.05])
@pytest.mark.parametrize("background", [0.0, 0.002])
def test_a_sentence_between_pauses_is_found(gain: float, background: float) -> None:
    """Speech from 1 s to 3 s, at any level, with and without a quiet hiss."""
    sound = np.concatenate([silence(1.0), voice(2.0), silence(1.0)]) + noise(4.0, background)
    heard = activity(sound * np.float32(gain)) >= 0.5
    assert np.mean(heard[105:295]) > 0.95
    assert not heard[:90].any()
    assert not heard[315:].any()


def test_an_empty_sound_has_no_activity() -> None:
    """Shape (0,) in, shape (0,) out."""
    assert activity(silence(0.0)).shape == (0,)


@pytest.mark.parametrize("by_network", [0.0, 0.5, 1.0])
def test_energy_that_is_sure_of_silence_wins(by_network: float) -> None:
    """Digital silence stays silence whatever the network believes, and emptiness empty."""
    opinion = np.full(50, by_network, np.float32)
    assert speech_activity(np.zeros(50, np.float32), opinion).max() < 0.02
    assert speech_activity(opinion[:0], opinion[:0]).shape == (0,)


def test_two_opinions_agree_or_cancel() -> None:
    """The mean of the log odds, wherever a clear voice is near: 0.8 and 0.8 is 0.8, 0.8 and 0.2 is a half."""
    by_network = np.full(400, 0.99, np.float32)
    by_network[100:200], by_network[200:300] = 0.8, 0.2
    found = speech_activity(np.full(400, 0.8, np.float32), by_network)
    np.testing.assert_allclose(found[120:180], 0.8, atol=0.01)
    np.testing.assert_allclose(found[220:280], 0.5, atol=0.01)


def test_loud_sound_without_a_clear_syllable_is_no_voice() -> None:
    """Music: energy is sure, the network wavers for five seconds."""
    wavering = np.asarray(0.5 + 0.35 * np.sin(np.arange(500) / 9.0), np.float32)
    assert speech_activity(np.ones(500, np.float32), wavering).max() < 0.5


def test_a_syllable_is_believed_where_a_clear_one_is_near() -> None:
    """Log odds of 2.6 over a voice in noise: speech if one was clear within 5.5 s, else music."""
    syllable = 1.0 / (1.0 + np.exp(-2.6))
    unclear = np.full(2000, syllable, np.float32)
    assert speech_activity(np.ones(2000, np.float32), unclear).max() < 0.5
    unclear[100:140] = 0.99
    found = speech_activity(np.ones(2000, np.float32), unclear) >= 0.5
    assert found[:640].all()
    assert not found[700:].any()


def test_a_voice_in_noise_is_believed_where_the_network_is_surer_than_of_any_synthesiser() -> None:
    """Log odds of 3.1 at their clearest: voices 5 dB above hiss; synthesisers reach 2.9."""
    for clearest, is_voice in ((3.1, True), (2.7, False)):
        by_network = np.full(600, 1.0 / (1.0 + np.exp(-2.6)), np.float32)
        by_network[300:340] = 1.0 / (1.0 + np.exp(-clearest))
        found = speech_activity(np.ones(600, np.float32), by_network) >= 0.5
        assert found[150:450].all() == is_voice
        assert found.any() == is_voice


def test_one_short_word_is_enough() -> None:
    """A quarter of a second in silence."""
    by_energy, by_network = np.zeros(500, np.float32), np.full(500, 0.5, np.float32)
    by_energy[200:225], by_network[200:225] = 1.0, 0.98
    found = speech_activity(by_energy, by_network) >= 0.5
    assert found[205:220].all()
    assert not found[:180].any()
    assert not found[245:].any()
