from fractions import Fraction

import numpy as np
import pytest

from lipwright.analysis.speech import streaming
from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.mel import Samples
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.analysis.speech.streaming import articulate_long
from lipwright.scratch import ScratchFile, StoredArray
from tests.unit.analysis.speech.sounds import RATE, noise, silence, voice


def test_stretches_answer_what_the_whole_does() -> None:
    """Six minutes whose level and noise change: three stretches, no seam; from a file too."""
    loudness = 10.0 ** (-1.0 + np.sin(np.arange(360 * RATE) / RATE / 17.0))
    sound = np.asarray(np.resize(voice(7.0), 360 * RATE) * loudness, np.float32)
    sound[100 * RATE : 130 * RATE] = noise(30.0)
    sound = sound[: len(sound) - 1234]
    whole, found = articulate(sound), articulate_long(sound)
    np.testing.assert_allclose(found.measures, whole.measures, atol=2e-3)
    np.testing.assert_allclose(found.closure, whole.closure, atol=2e-3)
    np.testing.assert_allclose(found.activity, whole.activity, atol=2e-3)
    np.testing.assert_allclose(found.labiodental, whole.labiodental, atol=2e-3)
    np.testing.assert_array_equal(
        articulate_long(ScratchFile().append(sound)).measures[12_000:], found.measures[12_000:]
    )


@pytest.mark.parametrize("n_samples", [0, 1, 159, 16_000])
def test_short_sounds_are_answered_too(n_samples: int) -> None:
    """Also the empty one."""
    assert len(articulate_long(voice(1.0)[:n_samples]).closure) == -(-n_samples // 160)


@pytest.mark.parametrize(
    ("seconds", "stretches"),
    [
        (164, [164]),  # a stretch and less than its context
        (165, [165, 90]),  # ... and all of it
        (240, [165, 165]),  # no empty one at the end
        (3600, [165, *[210] * 28, 165]),
    ],
)
def test_a_part_of_a_long_sound_is_heard_at_once(
    monkeypatch: pytest.MonkeyPatch, seconds: int, stretches: list[int]
) -> None:
    """Two minutes and 45 s on either side, still in the file; an hour needs no more memory than a minute."""
    heard: list[Samples] = []

    def note(samples: Samples) -> MouthMotion:
        heard.append(samples)
        n_steps = len(samples) // 160
        return MouthMotion(np.zeros((n_steps, 7), np.float32), *np.zeros((3, n_steps), np.float32))

    monkeypatch.setattr(streaming, "articulate", note)
    stored = ScratchFile().append_all(silence(10.0) for _ in range(-(-seconds // 10)))
    motion = articulate_long(stored.part(0, seconds * RATE))
    assert [len(samples) / RATE for samples in heard] == stretches
    assert all(isinstance(samples, StoredArray) for samples in heard)
    assert len(motion.closure) == seconds * 100


@pytest.mark.parametrize("seconds", [None, Fraction(0), Fraction(7, 3), Fraction(500)])
def test_a_long_sound_may_be_answered_in_part(seconds: Fraction | None) -> None:
    """As in the whole, for what follows is listened to; never more than there is."""
    sound = np.asarray(np.resize(voice(7.0), 200 * RATE), np.float32)
    sound[60 * RATE :] *= 0.1
    whole, found = articulate(sound), articulate_long(sound, seconds)
    wanted = 20_000 if seconds is None else min(20_000, -(-seconds.numerator * 100 // seconds.denominator))
    assert len(found.closure) == len(found.activity) == len(found.measures) == wanted
    np.testing.assert_allclose(found.measures, whole.measures[:wanted], atol=2e-3)
    np.testing.assert_allclose(found.activity, whole.activity[:wanted], atol=2e-3)
    np.testing.assert_allclose(found.labiodental, whole.labiodental[:wanted], atol=2e-3)
