from fractions import Fraction

import numpy as np
import pytest

from lipwright.analysis.speech import streaming
from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.streaming import articulate_blocks, articulate_long, joined
from tests.unit.analysis.speech.sounds import RATE, noise, silence, voice


def blocks(sound: np.ndarray, n: int) -> list[np.ndarray]:
    return [sound[start : start + n] for start in range(0, len(sound), n)]


@pytest.mark.parametrize("block_seconds", [0.37, 10.0, 1000.0])
def test_blocks_answer_what_the_whole_does(block_seconds: float) -> None:
    """Six minutes whose level and noise change: three stretches, no seam."""
    loudness = 10.0 ** (-1.0 + np.sin(np.arange(360 * RATE) / RATE / 17.0))
    sound = np.asarray(np.resize(voice(7.0), 360 * RATE) * loudness, np.float32)
    sound[100 * RATE : 130 * RATE] = noise(30.0)
    sound = sound[: len(sound) - 1234]
    parts = list(articulate_blocks(blocks(sound, round(block_seconds * RATE))))
    assert [len(part.closure) for part in parts[:2]] == [12_000, 12_000]
    whole, found = articulate(sound), joined(parts)
    np.testing.assert_allclose(found.measures, whole.measures, atol=2e-3)
    np.testing.assert_allclose(found.closure, whole.closure, atol=2e-3)
    np.testing.assert_allclose(found.activity, whole.activity, atol=2e-3)


@pytest.mark.parametrize("n_samples", [0, 1, 159, 16_000])
def test_short_sounds_are_one_stretch(n_samples: int) -> None:
    """Also the empty one."""
    (part,) = articulate_blocks(blocks(voice(1.0)[:n_samples], 4000))
    assert len(part.closure) == -(-n_samples // 160)


def test_sound_that_ends_with_a_stretch_has_no_empty_one() -> None:
    """Exactly one stretch and its context, then exactly two stretches."""
    for seconds, n_parts in ((165, 2), (240, 2)):
        parts = list(articulate_blocks(blocks(silence(seconds), 10 * RATE)))
        assert [len(part.closure) for part in parts] == [12_000, (seconds - 120) * 100]
        assert len(parts) == n_parts


def test_memory_does_not_grow_with_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour in ten-second blocks: never more than 210 s and a block are heard at once."""
    heard: list[int] = []

    def count(samples: np.ndarray, **_: object) -> object:
        heard.append(len(samples))
        return articulate(samples[:0])

    monkeypatch.setattr(streaming, "articulate", count)
    block = silence(10.0)
    assert sum(1 for _ in articulate_blocks(block for _ in range(360))) == 30
    assert max(heard) == 210 * RATE


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
