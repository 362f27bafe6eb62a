from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the 'training' extra")

from tests.unit.analysis.speech.sounds import voice
from training.corpus import Clip, load_clip
from training.labiodentals import filmed, spoken
from training.phones import PHONES
from training.sentences import with_sentences, words_of

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "clips"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("grid1_bbaf2n", ["bin", "blue", "at", "letter_f", "two", "now"]),
        ("gridx_id2_vcd_swwp2s", ["set", "white", "with", "letter_p", "two", "soon"]),
        ("grid1_lgazzp", ["lay", "green", "at", "letter_z", "zero", "please"]),
        ("grid1_bbaw2n", None),  # there is no letter w in it
        ("german", None),
    ],
)
def test_the_name_of_a_grid_clip_says_its_words(name: str, words: list[str] | None) -> None:
    """Verb, colour, preposition, letter, digit, adverb."""
    assert words_of(name) == words


def clip(phones: list[int], gaps: list[float]) -> Clip:
    """25 frames a second, 4 steps of phones a frame."""
    measures = np.full((len(gaps), 7), 50.0, np.float32)
    measures[:, 0] = gaps
    seconds = np.arange(len(gaps)) / 25.0
    return Clip("one", "ann", "en", voice(1.0), seconds, measures, phones=np.repeat(phones, 4))


def test_phones_are_stretches_without_silence() -> None:
    """Unknown frames between are left out too."""
    names = [PHONES.index(name) for name in ("SIL", "F", "F", "AY")]
    found = spoken(clip([names[0], names[1], names[2], -1, names[3]], [0.0] * 5))
    assert [(phone.name, phone.start, phone.stop) for phone in found] == [("F", 4, 12), ("AY", 16, 20)]


def test_a_filmed_phone_is_its_smallest_gap_from_rest() -> None:
    """Rest is the median of the closed frames, 0.2 mm here but taken as 0 at most."""
    sil, f = PHONES.index("SIL"), PHONES.index("F")
    own = clip([sil, sil, sil, sil, f, f], [0.2, 0.2, 0.2, 9.0, 3.0, 2.0])
    rows = filmed([own], ("F", "V"))
    assert rows.shape == (1, 2, 7)
    assert rows[0, :, 0] == pytest.approx([2.0, 2.0])


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus")
def test_words_are_found_where_they_are_said() -> None:
    """Place white in j three: stops before the colour, an affricate before the digit."""
    pytest.importorskip("pocketsphinx", reason="training needs the 'training' extra")
    (aligned,) = with_sentences([load_clip(CORPUS / "gridx_pwij3p.npz")])
    names = [phone.name for phone in spoken(aligned)]
    assert names[:8] == ["P", "L", "EY", "S", "W", "AY", "T", "IH"]
    assert names.index("JH") < names.index("TH") < len(names) - 4
