"""Pieces of files in one sound."""

import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.media import sound_mix
from lipwright.media.sound_mix import EDGE_SECONDS, SoundMix, SoundPiece, mixed

RATE = 48000
EDGE = round(EDGE_SECONDS * RATE)


def noise(path: Path, seconds: float, seed: int, rate: int = RATE, n_channels: int = 1) -> np.ndarray:
    """Writes noise; what was written, shape (n_channels, n)."""
    values = np.random.default_rng(seed).integers(-9000, 9000, (round(seconds * rate), n_channels))
    with wave.open(str(path), "wb") as file:
        file.setparams((n_channels, 2, rate, 0, "NONE", ""))
        file.writeframes(values.astype("<i2").tobytes())
    return np.asarray(values.T / 32768, np.float32)


def played(mix: SoundMix, n_channels: int = 1) -> np.ndarray:
    return np.concatenate(list(mixed(mix, RATE, n_channels)), axis=1)


def test_pieces_are_at_their_times_to_the_sample(tmp_path: Path) -> None:
    """But for the edges, which fade; where there is none it is silent."""
    own = noise(tmp_path / "a.wav", 2.0, 1)
    piece = SoundPiece(tmp_path / "a.wav", Fraction(1, 2), Fraction(6, 5), Fraction(7, 10))
    out = played(SoundMix((piece,), Fraction(5, 2)))
    assert out.shape == (1, round(2.5 * RATE))
    first, last = round(0.7 * RATE), round(1.9 * RATE)
    inside = slice(first + EDGE, last - EDGE)
    wanted = own[:, RATE // 2 + EDGE : RATE // 2 + last - first - EDGE]
    np.testing.assert_allclose(out[:, inside], wanted, atol=1e-6)
    assert not out[:, :first].any()
    assert not out[:, last:].any()
    assert np.abs(out[:, first : first + 10]).max() < 0.03


def test_pieces_at_once_add_up(tmp_path: Path) -> None:
    one, other = (noise(tmp_path / f"{seed}.wav", 1.5, seed) for seed in (1, 2))
    pieces = [SoundPiece(tmp_path / f"{k}.wav", Fraction(0), Fraction(3, 2), Fraction(0)) for k in (1, 2)]
    np.testing.assert_allclose(played(SoundMix(tuple(pieces), Fraction(3, 2))), one + other, atol=1e-6)


def test_a_piece_outlasts_its_file_in_silence(tmp_path: Path) -> None:
    noise(tmp_path / "a.wav", 0.5, 1)
    piece = SoundPiece(tmp_path / "a.wav", Fraction(0), Fraction(2), Fraction(0))
    out = played(SoundMix((piece,), Fraction(2)))
    assert out.shape[1] == 2 * RATE
    assert not out[:, RATE // 2 :].any()


def test_files_of_other_rates_and_channels_fit(tmp_path: Path) -> None:
    noise(tmp_path / "a.wav", 1.0, 1, rate=16000, n_channels=2)
    piece = SoundPiece(tmp_path / "a.wav", Fraction(0), Fraction(1), Fraction(0))
    assert played(SoundMix((piece,), Fraction(1)), n_channels=2).shape == (2, RATE)


def test_a_file_is_decoded_once_for_pieces_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour in a hundred segments would take a hundred hours of decoding."""
    own = noise(tmp_path / "a.wav", 4.0, 1)
    opened = []
    decode = sound_mix.sound_chunks
    monkeypatch.setattr(sound_mix, "sound_chunks", lambda *a, **k: opened.append(a) or decode(*a, **k))
    at = [Fraction(k, 2) for k in (0, 2, 4, 7)]
    pieces = tuple(SoundPiece(tmp_path / "a.wav", start, Fraction(1, 4), start) for start in at)
    out = played(SoundMix(pieces, Fraction(4)))
    assert len(opened) == 1
    for start in at:
        inside = slice(int(start * RATE) + EDGE, int((start + Fraction(1, 4)) * RATE) - EDGE)
        np.testing.assert_allclose(out[:, inside], own[:, inside], atol=1e-6)


def test_pieces_of_one_file_at_once_and_backward(tmp_path: Path) -> None:
    own = noise(tmp_path / "a.wav", 3.0, 1)
    late = SoundPiece(tmp_path / "a.wav", Fraction(2), Fraction(1), Fraction(0))
    early = SoundPiece(tmp_path / "a.wav", Fraction(0), Fraction(2), Fraction(1, 2))
    out = played(SoundMix((late, early), Fraction(5, 2)))
    both = slice(round(0.6 * RATE), round(0.9 * RATE))
    wanted = own[:, 2 * RATE + both.start :][:, : both.stop - both.start]
    np.testing.assert_allclose(
        out[:, both], wanted + own[:, both.start - RATE // 2 : both.stop - RATE // 2], atol=1e-6
    )
