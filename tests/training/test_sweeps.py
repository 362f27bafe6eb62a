import numpy as np
import pytest

from training.sweeps import swept

RATE = 16_000


def _buzz(seconds: float) -> np.ndarray:
    """A saw tooth of 110 Hz."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(2.0 * (110.0 * time % 1.0) - 1.0, np.float32)


def _centres(sound: np.ndarray) -> np.ndarray:
    """Centre of gravity of the spectrum of every twentieth of a second, hertz."""
    pieces = sound[: len(sound) // 800 * 800].reshape(-1, 800) * np.hanning(800)
    power = np.abs(np.fft.rfft(pieces)) ** 2
    return np.asarray(power @ np.fft.rfftfreq(800, 1 / RATE) / power.sum(axis=1))


@pytest.mark.parametrize("n", [0, 1, 255, 513, 16_001])
def test_a_swept_sound_is_finite_and_as_long_as_before(n: int) -> None:
    """Also none, and shorter than a step of the filter."""
    for seed in range(10):
        sound = swept(_buzz(1.1)[:n], 0.5, np.random.default_rng(seed))
        assert sound.shape == (n,)
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()


def test_a_sweep_opens_and_shuts_a_steady_sound() -> None:
    """Nearly every filter moves the weight of the spectrum by a quarter; no two seeds do it alike."""
    steady = _buzz(4.0)
    moved = [_centres(swept(steady, 0.5, np.random.default_rng(seed))[800:-800]) for seed in range(20)]
    spreads = [np.ptp(centres) / centres.mean() for centres in moved]
    assert np.ptp(_centres(steady)) / _centres(steady).mean() < 0.1
    assert np.median(spreads) > 0.25
    assert not np.allclose(moved[0], moved[1])
