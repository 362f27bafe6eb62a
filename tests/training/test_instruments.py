from dataclasses import replace

import numpy as np
import pytest

from training.instruments import Instrument, draw_instrument, hat, kick, note, snare

STRUCK = Instrument(n_partials=20, tilt=0.5, attack=0.002, decay=1.0)
LOOPED = replace(STRUCK, loop=0.996)
RATE = 16_000


def _loudness(sound: np.ndarray, start: float, stop: float) -> float:
    return float(np.sqrt((sound[int(start * RATE) : int(stop * RATE)] ** 2).mean()))


def _brightness(sound: np.ndarray, start: float) -> float:
    """Centre of gravity of the spectrum over a tenth of a second, hertz."""
    power = np.abs(np.fft.rfft(sound[int(start * RATE) :][: RATE // 10])) ** 2
    return float((power * np.fft.rfftfreq(RATE // 10, 1 / RATE)).sum() / power.sum())


def test_every_note_is_finite_as_long_as_asked_for_and_no_louder_than_its_partials() -> None:
    """Also very short, very low and very high ones, of every family."""
    random = np.random.default_rng(0)
    for _ in range(100):
        sound = note(random.uniform(20.0, 110.0), random.uniform(0.02, 0.5), draw_instrument(random), random)
        assert np.isfinite(sound).all()
        assert 320 <= len(sound) <= 8000
        assert np.abs(sound).max() < 60.0


@pytest.mark.parametrize("sound", [STRUCK, LOOPED, replace(STRUCK, modulation=4.0)])
def test_struck_notes_die_away(sound: Instrument) -> None:
    """Half as loud after a second, at most."""
    played = note(57.0, 1.5, sound, np.random.default_rng(0))
    assert _loudness(played, 1.0, 1.2) < 0.5 * _loudness(played, 0.0, 0.2)


@pytest.mark.parametrize("sound", [replace(STRUCK, damping=10.0), LOOPED])
def test_strings_grow_dull_as_they_ring(sound: Instrument) -> None:
    """High partials are gone first; without damping they stay."""
    played = note(57.0, 1.0, sound, np.random.default_rng(0))
    assert _brightness(played, 0.6) < 0.6 * _brightness(played, 0.0)
    plain = note(57.0, 1.0, STRUCK, np.random.default_rng(0))
    assert _brightness(plain, 0.6) == pytest.approx(_brightness(plain, 0.0), rel=0.2)


def test_drums_are_a_quarter_of_a_second_and_over_by_its_end() -> None:
    """Kick, snare and hat."""
    for drum in (kick, snare, hat):
        sound = drum(np.random.default_rng(0))
        assert sound.shape == (4000,)
        assert _loudness(sound, 0.2, 0.25) < 0.3 * _loudness(sound, 0.0, 0.05)
