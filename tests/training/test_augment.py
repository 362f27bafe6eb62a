import numpy as np
import pytest

from tests.unit.analysis.speech.sounds import RATE, voice
from training.augment import Augmentation, Surroundings, colored_noise, vary

NOTHING = Augmentation(
    rate=0.0,
    warp=0.0,
    equalizer_std=0.0,
    noise_share=0.0,
    babble_share=0.0,
    music_share=0.0,
    room_share=0.0,
    narrow_share=0.0,
    clip_share=0.0,
    gain_std=0.0,
)


def test_without_any_change_the_sound_stays() -> None:
    """Taking it apart into frequencies and putting it together loses nothing."""
    sound = voice(1.0)
    found, rate = vary(sound, NOTHING, Surroundings(), np.random.default_rng(0))
    assert rate == 1.0
    np.testing.assert_allclose(found, sound, atol=1e-4)


@pytest.mark.parametrize("seed", range(12))
def test_every_version_is_finite_and_as_long_as_its_rate_says(seed: int) -> None:
    """Whatever was drawn."""
    sound = voice(2.0)
    around = Surroundings([voice(1.0, 1)], [voice(1.5, 2)])
    found, rate = vary(sound, Augmentation(), around, np.random.default_rng(seed))
    assert found.dtype == np.float32
    assert len(found) == round(len(sound) / rate)
    assert np.isfinite(found).all()
    assert 0.9 <= rate <= 1.1


def test_an_event_stays_at_its_time() -> None:
    """A click is where the rate puts it, within a millisecond, after all that keeps it audible."""
    sound = np.zeros(RATE, np.float32)
    sound[8000] = 1.0
    for seed in range(5):
        calm = Augmentation(noise_share=0.0, room_share=0.0, narrow_share=0.0)
        found, rate = vary(sound, calm, Surroundings(), np.random.default_rng(seed))
        assert abs(np.abs(found).argmax() - 8000 / rate) <= 16


def test_noise_has_many_colors() -> None:
    """The share of low frequencies differs from draw to draw."""
    shares = []
    for seed in range(8):
        power = np.abs(np.fft.rfft(colored_noise(RATE, np.random.default_rng(seed)))) ** 2
        shares.append(power[:1000].sum() / power.sum())
    assert max(shares) - min(shares) > 0.2
