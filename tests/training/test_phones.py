import numpy as np
import pytest

from lipwright.analysis.speech.mel import frame_count
from tests.unit.analysis.speech.sounds import silence, voice
from training.phones import PHONES, UNKNOWN, decode

pytest.importorskip("pocketsphinx", reason="the phone side task needs the 'training' extra")


@pytest.mark.parametrize("sound", [voice(2.0), silence(1.0), silence(0.0), voice(0.013)])
def test_every_frame_has_a_phone_or_none(sound: np.ndarray) -> None:
    """One label per 10 ms frame, whatever the sound."""
    phones = decode(sound)
    assert phones.shape == (frame_count(len(sound)),)
    assert np.all((phones >= UNKNOWN) & (phones < len(PHONES)))
