import numpy as np
import pytest

from lipwright.analysis.speech.level import measure_level
from lipwright.analysis.speech.windows import BEAT_FRAMES, MARGIN_SECONDS, WINDOW_SECONDS, windows
from tests.unit.analysis.speech.sounds import RATE, silence, voice


@pytest.mark.parametrize("seconds", [0.0, 0.01, 3.0, 12.0, 12.01, 40.0])
def test_windows_cover_the_sound_once(seconds: float) -> None:
    """In order, without gap or overlap; each with whole beats of sound and mel frames."""
    sound = voice(seconds)
    found = list(windows(sound, measure_level(sound)))
    edges = [0, *(window.stop for window in found)]
    assert [window.start for window in found] == edges[:-1]
    assert edges[-1] == -(-len(sound) // 160)
    for window in found:
        n_frames = window.mel.shape[2]
        assert n_frames % BEAT_FRAMES == 0
        assert window.sound.shape == (1, 384 * (n_frames // BEAT_FRAMES * 5 - 1) + 895)
        assert window.energy.shape == (window.stop - window.start,)


def test_a_window_hears_a_margin_on_either_side() -> None:
    """Three seconds before and after, as far as there is sound."""
    sound = voice(40.0)
    middle = list(windows(sound, measure_level(sound)))[1]
    assert middle.start - middle.first == MARGIN_SECONDS * 100
    assert middle.mel.shape[2] == (WINDOW_SECONDS + 2 * MARGIN_SECONDS) * 100


def test_windows_are_those_of_any_part_that_begins_with_one() -> None:
    """The grid is fixed to the sound: a part that begins 24 s in has the same windows, away from its ends."""
    sound = voice(60.0)
    whole = list(windows(sound, measure_level(sound)))
    part = list(windows(sound[24 * RATE :], measure_level(sound[24 * RATE :])))
    assert whole[3].mel.shape == part[1].mel.shape
    np.testing.assert_allclose(part[1].energy, whole[3].energy, atol=1e-4)


def test_loudness_and_offset_do_not_reach_the_network() -> None:
    """Half as loud, and on top of a constant voltage: the same sound within a thousandth."""
    sound = voice(3.0)
    (plain,) = windows(sound, measure_level(sound))
    changed = sound * np.float32(0.5) + np.float32(0.1)
    (other,) = windows(changed, measure_level(changed))
    np.testing.assert_allclose(other.sound, plain.sound, atol=1e-3)


def test_silence_stays_silent() -> None:
    """Nothing is made loud that is not there."""
    for sound in (silence(2.0), silence(2.0) + np.float32(np.nan), silence(2.0) + np.float32(0.5)):
        (window,) = windows(sound, measure_level(sound))
        assert np.abs(window.sound).max() < 1e-3
