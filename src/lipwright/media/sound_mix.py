"""Pieces of several files, each heard at its own time, mixed into one sound."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from lipwright.media.sound import Float32Array, resampled, sound_chunks

EDGE_SECONDS = Fraction(1, 200)
"""How long a piece takes to come and to go: a sound that is cut in its middle would click."""


@dataclass(frozen=True)
class SoundPiece:
    """A part of a file."""

    path: Path
    start: Fraction
    """Seconds on the file's time line."""
    duration: Fraction
    """Seconds; silence follows where the file ends before."""
    at: Fraction
    """Seconds of the mix."""

    @property
    def until(self) -> Fraction:
        """Seconds of the mix at which it ends."""
        return self.at + self.duration


@dataclass(frozen=True)
class SoundMix:
    """What is heard when; where there is no piece it is silent."""

    pieces: tuple[SoundPiece, ...]
    duration: Fraction
    """Seconds."""


def mixed(mix: SoundMix, sample_rate: int, n_channels: int) -> Iterator[Float32Array]:
    """The samples, a second at a time: float32, shape (n_channels, n), full scale -1 to 1.

    Pieces fade in and out over ``EDGE_SECONDS``, but not at the ends of the mix. A file is decoded once where
    its pieces follow one another as they do in it.

    Raises:
        MediaError: a file holds no sound.
    """
    n_samples = round(mix.duration * sample_rate)
    waiting = sorted((_Playing(piece, mix, sample_rate) for piece in mix.pieces), key=lambda one: one.first)
    playing: list[_Playing] = []
    readers = _Readers(sample_rate, n_channels)
    for start in range(0, n_samples, sample_rate):
        stop = min(start + sample_rate, n_samples)
        block = np.zeros((n_channels, stop - start), np.float32)
        while waiting and waiting[0].first < stop:
            playing.append(waiting.pop(0))
        for one in playing:
            one.add_to(block, start, readers)
        playing = [one for one in playing if one.last > stop]
        yield np.clip(block, -1.0, 1.0)


class _Reader:
    """A file that is read onward."""

    def __init__(self, path: Path, start: Fraction, sample_rate: int, n_channels: int) -> None:
        self.path, self.at = path, round(start * sample_rate)
        self._empty = np.zeros((n_channels, 0), np.float32)
        self._held = self._empty
        self._chunks = resampled(sound_chunks(path, n_channels, start=start), sample_rate)

    def take(self, n_samples: int) -> Float32Array:
        """The next samples; silence after the end of the file."""
        parts, due = [], n_samples
        while due > 0:
            if not self._held.shape[1]:
                self._held = next(self._chunks, np.zeros((len(self._empty), due), np.float32))
            parts.append(self._held[:, :due])
            self._held = self._held[:, due:]
            due -= parts[-1].shape[1]
        self.at += n_samples
        return np.concatenate([self._empty, *parts], axis=1)


@dataclass
class _Readers:
    """Files that no piece reads at the moment."""

    sample_rate: int
    n_channels: int
    idle: list[_Reader] = field(default_factory=list)

    def get(self, piece: SoundPiece) -> _Reader:
        """One that stands at the piece's beginning, or shortly before it."""
        at = round(piece.start * self.sample_rate)
        fit = [reader for reader in self.idle if reader.path == piece.path and reader.at <= at]
        if not fit:
            return _Reader(piece.path, piece.start, self.sample_rate, self.n_channels)
        reader = max(fit, key=lambda one: one.at)
        self.idle.remove(reader)
        while reader.at < at:
            reader.take(min(self.sample_rate, at - reader.at))
        return reader

    def put_back(self, reader: _Reader) -> None:
        """Lets it wait for the next piece of its file; of each file the one that is furthest on is kept."""
        self.idle = [one for one in self.idle if one.path != reader.path or one.at > reader.at]
        if not any(one.path == reader.path for one in self.idle):
            self.idle.append(reader)


class _Playing:
    """A piece at the mix's rate."""

    def __init__(self, piece: SoundPiece, mix: SoundMix, sample_rate: int) -> None:
        self._piece = piece
        self.first, self.last = round(piece.at * sample_rate), round(piece.until * sample_rate)
        self._edge = max(1, round(EDGE_SECONDS * sample_rate))
        self._comes, self._goes = piece.at > 0, piece.until < mix.duration
        self._reader: _Reader | None = None

    def add_to(self, block: Float32Array, start: int, readers: _Readers) -> None:
        """Adds what belongs into a block that begins at sample ``start`` of the mix."""
        low, high = max(self.first, start), min(self.last, start + block.shape[1])
        if high <= low:
            return
        self._reader = self._reader or readers.get(self._piece)
        block[:, low - start : high - start] += self._reader.take(high - low) * self._gains(low, high)
        if high == self.last:
            readers.put_back(self._reader)

    def _gains(self, low: int, high: int) -> Float32Array:
        steps = np.arange(low, high, dtype=np.float32)
        gains = np.ones(high - low, np.float32)
        if self._comes:
            gains = np.minimum(gains, (steps - self.first + 0.5) / self._edge)
        if self._goes:
            gains = np.minimum(gains, (self.last - steps - 0.5) / self._edge)
        return np.asarray(np.clip(gains, 0.0, 1.0), np.float32)
