import numpy as np
import pytest

from lipwright.render.still_rest import away_from_rest

FPS = 25.0


def test_picture_is_itself_while_nobody_speaks() -> None:
    assert (away_from_rest(np.ones(40, np.bool_), FPS) == 0).all()


def test_speech_is_never_held_back() -> None:
    quiet = np.zeros(120, np.bool_)
    quiet[30:80] = True
    away = away_from_rest(quiet, FPS)
    assert (away[~quiet] == 1).all()
    assert away[55] == 0
    assert np.abs(np.diff(away)).max() < 0.2


@pytest.mark.parametrize("n_quiet", [1, 10, 24])
def test_short_pause_does_not_bring_the_picture_s_own_mouth_back(n_quiet: int) -> None:
    quiet = np.zeros(100, np.bool_)
    quiet[40 : 40 + n_quiet] = True
    assert (away_from_rest(quiet, FPS) == 1).all()


def test_before_and_after_the_voice_it_is_quiet_for_ever() -> None:
    quiet = np.zeros(60, np.bool_)
    quiet[:12] = quiet[-12:] = True
    away = away_from_rest(quiet, FPS)
    assert away[0] == pytest.approx(0, abs=0.01)
    assert away[-1] == pytest.approx(0, abs=0.01)
    assert (away[12:-12] == 1).all()
