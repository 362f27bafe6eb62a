"""Sound files that hold less than they announce."""

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.media.probe import probe_audio
from tests.unit.media.synthetic import click_track, encode_sound


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.flac", "flac")])
def test_what_is_missing_of_a_file_is_known(tmp_path: Path, name: str, codec: str) -> None:
    """What is there and what is not are all that was announced; of a whole file nothing is missing."""
    noise = np.random.default_rng(0).normal(0, 0.1, (1, 3 * 48000)).astype(np.float32)
    whole = encode_sound(tmp_path / name, codec, noise)
    assert probe_audio(whole).missing_seconds == 0
    cut = tmp_path / f"cut{whole.suffix}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    info = probe_audio(cut)
    assert info.missing_seconds > 1
    assert abs(info.duration + info.missing_seconds - 3) < Fraction(1, 5)


@pytest.mark.parametrize(
    "length",
    [
        0,  # written before anything was known
        0xFFFFFFFF,  # FFmpeg, into a pipe
        0x7FFFF000,  # SoX
    ],
)
def test_a_length_that_was_never_known_promises_nothing(tmp_path: Path, length: int) -> None:
    data = bytearray(encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(1.0, [])).read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", length)
    stream = tmp_path / "stream.wav"
    stream.write_bytes(data)
    assert probe_audio(stream).missing_seconds == 0


def test_a_last_sample_or_two_are_not_missed(tmp_path: Path) -> None:
    """Nobody would hear it."""
    whole = encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(1.0, [])).read_bytes()
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole[:-100])
    assert probe_audio(cut).missing_seconds == 0
