"""Phones of sentences that are known: those of the GRID corpus have their six words in their names.

Aligned by pocketsphinx (BSD licence, American English model inside its wheel). They are for measuring only:
nothing is taught with them. Source of the names: M. Cooke et al., JASA 120, 2006.
"""

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from lipwright.analysis.speech.mel import frame_count
from training.corpus import Clip, Float32Array
from training.phones import PHONES, UNKNOWN, Int64Array, pcm

_NAME = re.compile(r"^grid.*_([blps][bgrw][abiw][a-vx-z][1-9z][anps])$")
_LETTER = "letter_"
_WORDS = (
    {"b": "bin", "l": "lay", "p": "place", "s": "set"},
    {"b": "blue", "g": "green", "r": "red", "w": "white"},
    {"a": "at", "b": "by", "i": "in", "w": "with"},
    {letter: _LETTER + letter for letter in "abcdefghijklmnopqrstuvxyz"},
    {"z": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven"}
    | {"8": "eight", "9": "nine"},
    {"a": "again", "n": "now", "p": "please", "s": "soon"},
)
_LETTERS = {
    **{"a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F"},
    **{"g": "JH IY", "h": "EY CH", "i": "AY", "j": "JH EY", "k": "K EY", "l": "EH L"},
    **{"m": "EH M", "n": "EH N", "o": "OW", "p": "P IY", "q": "K Y UW", "r": "AA R"},
    **{"s": "EH S", "t": "T IY", "u": "Y UW", "v": "V IY", "x": "EH K S", "y": "W AY"},
    **{"z": "Z EH D"},
}
"""How letters are said; z as in Britain, where the corpus was made."""


def with_sentences(clips: list[Clip]) -> list[Clip]:
    """The clips whose sentence is known, with its phones; needs pocketsphinx."""
    decoder = _decoder()
    found = []
    for clip in clips:
        words = words_of(clip.name)
        if words is not None:
            found.append(replace(clip, phones=_aligned(decoder, clip.samples, words)))
    return found


def words_of(name: str) -> list[str] | None:
    """The words of a clip, as ``grid1_bbaf2n`` names them; None for other clips."""
    match = _NAME.match(name)
    if match is None:
        return None
    return [words[character] for words, character in zip(_WORDS, match[1], strict=True)]


def _aligned(decoder: Any, samples: Float32Array, words: list[str]) -> Int64Array:  # noqa: ANN401
    """The phone of every 10 ms frame, int64, shape (n_frames,), or UNKNOWN."""
    phones = np.full(frame_count(len(samples)), UNKNOWN, np.int64)
    decoder.set_align_text(" ".join(words))
    _read(decoder, samples)
    decoder.set_alignment()  # a second time, for phones within the words
    _read(decoder, samples)
    for word in decoder.get_alignment():
        for phone in word:
            if phone.name in PHONES:
                phones[phone.start : phone.start + phone.duration] = PHONES.index(phone.name)
    return phones


def _read(decoder: Any, samples: Float32Array) -> None:  # noqa: ANN401
    decoder.start_utt()
    decoder.process_raw(pcm(samples), full_utt=True)
    decoder.end_utt()


def _decoder() -> Any:  # noqa: ANN401
    sphinx = import_module("pocketsphinx")  # present only where training is set up
    models = Path(sphinx.get_model_path()) / "en-us"
    decoder = sphinx.Decoder(
        hmm=str(models / "en-us"),
        dict=str(models / "cmudict-en-us.dict"),
        lm=None,
        beam=0.0,  # nothing is pruned: the words are certain
        pbeam=0.0,
        wbeam=0.0,
        maxhmmpf=-1,
        fwdflat=False,
        bestpath=False,
        loglevel="FATAL",
    )
    for letter, phones in _LETTERS.items():
        decoder.add_word(_LETTER + letter, phones, letter == "z")
    return decoder
