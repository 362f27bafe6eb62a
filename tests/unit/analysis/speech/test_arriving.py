import numpy as np
import pytest

from lipwright.analysis.speech import arriving
from lipwright.analysis.speech.arriving import articulate_blocks
from lipwright.analysis.speech.articulation import articulate
from tests.unit.analysis.speech.sounds import RATE, silence, voice


def blocks(sound: np.ndarray, n: int) -> list[np.ndarray]:
    return [sound[start : start + n] for start in range(0, len(sound), n)]


def test_blocks_answer_what_the_whole_does() -> None:
    """More than four minutes whose level changes: two stretches, no seam."""
    loudness = 10.0 ** (-1.0 + np.sin(np.arange(250 * RATE) / RATE / 17.0))
    sound = np.asarray(np.resize(voice(7.0), 250 * RATE) * loudness, np.float32)[:-1234]
    parts = list(articulate_blocks(blocks(sound, round(0.37 * RATE))))
    assert [len(part.closure) for part in parts] == [12_000, 12_993]
    whole = articulate(sound)
    for name in ("measures", "closure", "activity", "labiodental"):
        found = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_allclose(found, getattr(whole, name), atol=2e-3)


@pytest.mark.parametrize("n_samples", [0, 1, 159, 16_000])
def test_short_sounds_are_one_stretch(n_samples: int) -> None:
    """Also the empty one."""
    (part,) = articulate_blocks(blocks(voice(1.0)[:n_samples], 4000))
    assert len(part.closure) == -(-n_samples // 160)


def test_an_answer_comes_before_the_sound_has_ended() -> None:
    """As soon as the 45 seconds after the first two minutes are there."""
    n_given = 0

    def speech() -> object:
        nonlocal n_given
        while True:
            n_given += 1
            yield silence(1.0)

    next(articulate_blocks(speech()))  # type: ignore[arg-type]
    assert n_given == 165


def test_memory_does_not_grow_with_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour in ten-second blocks: never more than 210 s are heard at once, and no stretch is empty."""
    heard: list[int] = []

    def count(samples: np.ndarray, **_: object) -> object:
        heard.append(len(samples))
        return articulate(samples[:0])

    monkeypatch.setattr(arriving, "articulate", count)
    block = silence(10.0)
    assert sum(1 for _ in articulate_blocks(block for _ in range(360))) == 30
    assert max(heard) == 210 * RATE
