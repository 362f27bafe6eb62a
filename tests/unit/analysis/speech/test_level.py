import numpy as np

from lipwright.analysis.speech.level import measure_level
from lipwright.analysis.speech.mel import N_MELS, log_mel
from tests.unit.analysis.speech.sounds import silence, voice


def normalized(sound: np.ndarray) -> np.ndarray:
    return measure_level(sound).normalized(log_mel(sound), 0)


def test_gain_does_not_change_normalized_frames() -> None:
    """20 dB quieter looks the same."""
    sound = voice(3.0)
    np.testing.assert_allclose(normalized(sound * 0.1), normalized(sound), atol=0.01)


def test_long_silence_does_not_change_the_speech_after_it() -> None:
    """The level is that of the loud frames: a minute of silence before a sentence does not count."""
    sound = voice(3.0)
    after = normalized(np.concatenate([silence(60.0), sound]))[6000:]
    np.testing.assert_allclose(after[20:], normalized(sound)[20:], atol=0.3)


def test_a_microphone_response_is_taken_out() -> None:
    """A constant gain per band vanishes; here a one-tap high-pass filter."""
    sound = voice(3.0)
    filtered = sound - 0.7 * np.concatenate([silence(1 / 16_000), sound[:-1]])
    loud = normalized(sound) > -4.0
    # The filter is 3.4 nepers deep; what is left comes from other frames being the loud ones.
    assert np.abs(normalized(filtered) - normalized(sound))[loud].mean() < 0.5


def test_silence_and_emptiness_have_a_level() -> None:
    """Nothing to hear is finite and flat."""
    assert np.all(normalized(silence(1.0)) == 0.0)
    assert normalized(silence(0.0)).shape == (0, N_MELS)


def test_a_drop_in_level_is_followed() -> None:
    """Half a minute after the speaker moved 20 dB away the level is that of the quiet voice."""
    sound = np.concatenate([voice(20.0), 0.1 * voice(80.0)])
    late = normalized(sound)[9000:9500]
    near = normalized(voice(80.0))[7000:7500]
    np.testing.assert_allclose(late, near, atol=0.5)
