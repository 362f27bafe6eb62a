import numpy as np
import pytest

from lipwright.analysis.speech import streaming
from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.analysis.speech.streaming import articulate_blocks, joined
from tests.unit.analysis.speech.sounds import RATE, noise, silence, voice


def blocks(sound: np.ndarray, n: int) -> list[np.ndarray]:
    return [sound[start : start + n] for start in range(0, len(sound), n)]


def unmoved(samples: np.ndarray, **_: object) -> MouthMotion:
    """A motion as long as the sound, without hearing it."""
    n = -(-len(samples) // 160)
    return MouthMotion(np.zeros((n, 7), np.float32), np.zeros(n, np.float32), np.zeros(n, np.float32))


def test_blocks_answer_what_the_whole_does() -> None:
    """Four minutes whose level and noise change: two stretches, no seam."""
    loudness = 10.0 ** (-1.0 + np.sin(np.arange(245 * RATE) / RATE / 17.0))
    sound = np.asarray(np.resize(voice(7.0), 245 * RATE) * loudness, np.float32)
    sound[100 * RATE : 130 * RATE] = noise(30.0)
    sound = sound[: len(sound) - 1234]
    parts = list(articulate_blocks(blocks(sound, 5920)))
    assert [len(part.closure) for part in parts] == [12_000, 12_493]
    whole, found = articulate(sound), joined(parts)
    np.testing.assert_allclose(found.measures, whole.measures, atol=2e-3)
    np.testing.assert_allclose(found.closure, whole.closure, atol=2e-3)
    np.testing.assert_allclose(found.activity, whole.activity, atol=2e-3)


@pytest.mark.parametrize("n_samples", [0, 1, 159, 16_000])
def test_short_sounds_are_one_stretch(n_samples: int) -> None:
    """Also the empty one."""
    (part,) = articulate_blocks(blocks(voice(1.0)[:n_samples], 4000))
    assert len(part.closure) == -(-n_samples // 160)


def test_sound_that_ends_with_a_stretch_has_no_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exactly one stretch and its context, then exactly two stretches, in blocks or at once."""
    monkeypatch.setattr(streaming, "articulate", unmoved)
    for seconds, block_seconds in ((168, 10), (168, 1000), (240, 10)):
        parts = list(articulate_blocks(blocks(silence(seconds), block_seconds * RATE)))
        assert [len(part.closure) for part in parts] == [12_000, (seconds - 120) * 100]


def test_memory_does_not_grow_with_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour in ten-second blocks: never more than 216 s and a block are heard at once."""
    heard: list[int] = []

    def count(samples: np.ndarray, **_: object) -> MouthMotion:
        heard.append(len(samples))
        return unmoved(samples)

    monkeypatch.setattr(streaming, "articulate", count)
    block = silence(10.0)
    assert sum(1 for _ in articulate_blocks(block for _ in range(360))) == 30
    assert max(heard) == 216 * RATE
