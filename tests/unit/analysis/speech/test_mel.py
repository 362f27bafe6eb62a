import numpy as np
import pytest

from lipwright.analysis.speech.mel import FLOOR, N_MELS, SAMPLE_RATE, frame_count, frame_energy, log_mel
from lipwright.errors import UsageError
from tests.unit.analysis.speech.sounds import noise, silence, voice


@pytest.mark.parametrize(("n_samples", "n_frames"), [(0, 0), (1, 1), (160, 1), (161, 2), (16_000, 100)])
def test_a_sound_has_one_frame_per_ten_milliseconds_begun(n_samples: int, n_frames: int) -> None:
    """Frames = ceil(duration * 100)."""
    assert frame_count(n_samples) == n_frames
    assert log_mel(np.zeros(n_samples, np.float32)).shape == (n_frames, N_MELS)


@pytest.mark.parametrize("sound", [silence(0.5), silence(0.5) + 0.5, np.full(8000, np.nan, np.float32)])
def test_silence_offset_and_nan_are_all_silence(sound: np.ndarray) -> None:
    """A constant is not sound, and what cannot be heard is silent (away from the ends)."""
    mel = log_mel(sound)[3:-3]
    assert np.all(mel < np.log(1e-9))
    assert np.all(np.isfinite(mel))


def test_gain_adds_the_same_to_every_band() -> None:
    """20 dB more is log(100) more power, everywhere."""
    sound = noise(0.5, 0.01)
    np.testing.assert_allclose(log_mel(sound * 10) - log_mel(sound), np.log(100.0), atol=1e-3)


def test_a_delay_of_whole_steps_delays_the_frames() -> None:
    """Frame i is centred on sample 160 i, whatever came before."""
    sound = voice(0.5)
    late = np.concatenate([silence(0.05), sound])
    np.testing.assert_allclose(log_mel(late)[10:50], log_mel(sound)[5:45], atol=1e-4)


@pytest.mark.parametrize(("hertz", "band"), [(100.0, 2), (1000.0, 27), (4000.0, 59)])
def test_a_tone_is_loudest_in_its_band(hertz: float, band: int) -> None:
    """Bands follow 2595 log10(1 + f / 700) from 40 Hz to 8 kHz; a tone of amplitude 1 has power 1/2."""
    tone = np.sin(2 * np.pi * hertz * np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE).astype(np.float32)
    mel = log_mel(tone)[25]
    assert abs(int(mel.argmax()) - band) <= 1
    assert frame_energy(mel[None])[0] == pytest.approx(np.log(0.5), abs=0.7)


def test_any_range_equals_the_same_rows_of_the_whole() -> None:
    """Blocks can be computed on their own, also past the chunk size and the end of the sound."""
    sound = voice(12.0)
    whole = log_mel(sound)
    # Matrix products of other sizes round differently in the last bit.
    np.testing.assert_allclose(log_mel(sound, 990, 1010), whole[990:1010], atol=1e-5)
    beyond = log_mel(sound, 1195, 1210)
    np.testing.assert_allclose(beyond[:5], whole[1195:], atol=1e-5)
    assert np.all(beyond[8:] == np.float32(np.log(FLOOR)))


def test_stereo_is_refused() -> None:
    """Mixing down is the reader's work."""
    with pytest.raises(UsageError, match="mono"):
        log_mel(np.zeros((100, 2), np.float32))
