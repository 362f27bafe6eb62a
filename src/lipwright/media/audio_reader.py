"""Sound of any file as one channel of floats."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from lipwright.errors import UsageError
from lipwright.media.sound import Float32Array, resampled, sound_chunks

BLOCK_SECONDS = 10


def read_audio(
    path: Path,
    sample_rate: int = 16000,
    *,
    start: Fraction = Fraction(0),
    most_seconds: Fraction | None = None,
) -> Float32Array:
    """All sound of the file, or as much as is wanted, mixed to one channel; see ``read_audio_blocks``.

    Returns:
        float32, shape (n_samples,), full scale is -1 to 1.
    """
    blocks = read_audio_blocks(path, sample_rate, start=start, most_seconds=most_seconds)
    return np.concatenate([np.zeros(0, np.float32), *blocks])


def read_audio_blocks(
    path: Path,
    sample_rate: int = 16000,
    *,
    start: Fraction = Fraction(0),
    most_seconds: Fraction | None = None,
) -> Iterator[Float32Array]:
    """The sound in blocks of 10 seconds (the last is shorter), in memory that does not grow.

    Sample 0 is time ``start`` of the file: a track that begins later is preceded by silence, gaps are
    filled with it, and encoder delay is dropped. Channels are averaged, but of two that cancel each other out
    the first is taken. NaN and infinity are read as 0.

    Args:
        sample_rate: Hz.
        start: seconds on the file's time line, where its video is placed too
            (``VideoInfo.start_seconds``); sound before it is dropped.
        most_seconds: what follows is not read; None reads to the end.

    Raises:
        MediaError: no media file, no sound in it, or none that can be decoded.
    """
    if sample_rate < 1:
        raise UsageError(f"expected a sample rate above 0 Hz, got {sample_rate}")
    mono = (samples[0] for samples in resampled(sound_chunks(path, 1, start=start), sample_rate))
    blocks = _blocks(mono, BLOCK_SECONDS * sample_rate)
    return blocks if most_seconds is None else _first(blocks, round(most_seconds * sample_rate))


def _first(blocks: Iterator[Float32Array], n_samples: int) -> Iterator[Float32Array]:
    while n_samples > 0 and (block := next(blocks, None)) is not None:
        yield block[:n_samples]
        n_samples -= len(block)


def _blocks(chunks: Iterator[Float32Array], size: int) -> Iterator[Float32Array]:
    held: list[Float32Array] = []
    n_held = 0
    for chunk in chunks:
        held.append(chunk)
        n_held += len(chunk)
        if n_held >= size:
            samples = np.concatenate(held)
            for first in range(0, n_held - size + 1, size):
                yield samples[first : first + size]
            n_held %= size
            held = [samples[len(samples) - n_held :]]
    if n_held:
        yield np.concatenate(held)
