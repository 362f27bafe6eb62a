"""Vowels that are sung, or drawn out."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.constraints import perform
from lipwright.analysis.speech.held import (
    N_BANDS,
    Held,
    carried,
    coarse_bands,
    held_sounds,
    rarely_closed,
    steadied,
)
from lipwright.analysis.speech.style import population_style
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.samples.speech import Voice, speak

VOWELS = np.random.default_rng(0).normal(0.0, 2.0, (2, N_BANDS)).astype(np.float32)


def sound(*vowels: int, steps: int = 60) -> np.ndarray:
    return np.repeat(VOWELS[list(vowels)], steps, axis=0)


def held(bands: np.ndarray, energy: np.ndarray | None = None) -> list[Held]:
    loud = np.zeros(len(bands), np.float32)
    return held_sounds(bands, loud if energy is None else energy, loud)


@pytest.mark.parametrize("vowel", ["AA1", "OW1", "UW1"])
@pytest.mark.parametrize("times", [10, 40])
def test_the_mouth_stays_open_through_a_held_vowel(vowel: str, times: int) -> None:
    """Two seconds or eight in one breath: the lips neither rest nor press together."""
    line = f". B AA1 B DH AX B EY1 K ER M EY1 K S W AO1 R M L {f'{vowel} ' * times}B R EH1 D ."
    said = speak(line, Voice(pitch=140, seed=3))
    vowels = [phone for phone in said.phones if phone.name == vowel[:-1]][-times:]
    motion = articulate(said.samples)
    gap = perform(motion, population_style())[:, Measure.GAP]
    rows = slice(int(100 * vowels[0].start) + 12, int(100 * vowels[-1].stop) - 12)
    assert (motion.activity[rows] >= 0.5).all()
    assert (gap[rows] >= CLOSED_GAP_MM).mean() > 0.95


def test_lips_close_more_rarely_while_a_sound_is_held() -> None:
    """Lower log odds inside, less so towards the ends; what is not held is as it was."""
    heard = np.zeros(100, np.float32)
    found = rarely_closed(heard, [Held(20, 80, goes_on=True)])
    assert (found[30:70] < -0.5).all()
    assert (found[[20, 79]] > -0.3).all()
    assert not found[:20].any()
    assert not found[80:].any()
    assert not heard.any()


def test_what_changes_is_not_held() -> None:
    """Two vowels, and syllables that come and go ten times a second."""
    first, second = held(sound(0, 1))
    assert (first.start, second.stop) == (0, 120)
    assert 20 < first.stop < 60 < second.start < 100
    assert held(sound(*(0, 1) * 10, steps=10)) == []
    assert held(sound(0), np.full(60, -5.0, np.float32)) == [], "breath"
    assert held(sound()) == []


def test_a_glide_is_held_in_parts() -> None:
    """From one vowel to another in three seconds: no moment differs, the end does."""
    way = np.linspace(0.0, 1.0, 300, dtype=np.float32)[:, None]
    parts = held((1 - way) * VOWELS[0] + way * VOWELS[1])
    assert len(parts) > 1
    assert all(one.stop == other.start for one, other in pairwise(parts))


def test_where_a_long_sound_is_cut_into_pieces_cannot_be_told() -> None:
    """A vowel that is held across the end of the first minute, and the same one nearer to the beginning."""
    changing = np.random.default_rng(1).normal(0.0, 4.0, (700, N_BANDS)).astype(np.float32)
    bands = np.repeat(changing, 10, axis=0)
    bands[5950:6060] = VOWELS[0]
    late, early = held(bands), held(bands[3000:])
    assert len(late) == 1
    assert [(one.start + 3000, one.stop + 3000) for one in early] == [(one.start, one.stop) for one in late]


def test_an_hour_takes_little_more_memory_than_it_is_large() -> None:
    """It took fifteen times as much, and was the most that a job of an hour ever held."""
    bands = np.zeros((360_000, N_BANDS), np.float32)
    tracemalloc.start()
    held(bands)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * bands.nbytes


def test_answers_within_are_those_of_the_beginning() -> None:
    answers = np.random.default_rng(1).normal(size=(300, 9)).astype(np.float32)
    steady = steadied(answers, [Held(100, 250, goes_on=True)])
    outside = np.r_[0:100, 250:300]
    assert (steady[outside] == answers[outside]).all()
    assert np.ptp(steady[105:245], axis=0).max() < 1e-5
    np.testing.assert_allclose(steady[150], answers[100:150].mean(axis=0), atol=1e-5)


def test_a_voice_is_carried_only_by_what_goes_on_from_it() -> None:
    """From a clear syllable through two parts that adjoin; not into music that begins when the voice ends."""
    syllables = np.where(np.arange(600) < 100, 3.0, 0.5).astype(np.float32)
    parts = [Held(110, 300, goes_on=True), Held(310, 400, goes_on=True), Held(450, 590, goes_on=True)]
    clear = carried(syllables, syllables, parts)
    assert (clear[110:300] == 3.0).all()
    assert (clear[310:400] == 3.0).all()
    assert (clear[450:590] == 0.5).all()
    assert (carried(syllables, syllables, [Held(110, 300, goes_on=False)]) == syllables).all()


def test_what_is_softer_than_the_voice_before_it_does_not_go_on() -> None:
    """10 dB: the music under a voice that ends."""
    energy = np.where(np.arange(120) < 60, 0.0, -2.3).astype(np.float32)
    assert [one.goes_on for one in held(sound(0, 1), energy)] == [True, False]


def test_bands_do_not_show_harmonics() -> None:
    """Power is averaged, so a comb at another pitch is nearly the same sound."""
    mel = np.full((2, 80), -6.0, np.float32)
    mel[0, ::4], mel[1, 1::4] = 0.0, 0.0
    bands = coarse_bands(mel)
    np.testing.assert_allclose(bands[0], bands[1], atol=1e-5)
