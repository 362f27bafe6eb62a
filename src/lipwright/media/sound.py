"""Decoded sound as runs of samples that adjoin, at any rate, placed exactly on a file's time line."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

import av
import av.container
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from lipwright.errors import MediaError
from lipwright.media.container import demux, main_audio, open_container, time_zero

Float32Array = NDArray[np.float32]
Chunk = tuple[Float32Array, int]
"""Samples, float32, shape (n_channels, n_samples), full scale -1 to 1; and their rate in Hz."""

JITTER_SECONDS = Fraction(1, 50)
"""Stamps that miss the running count of samples by less are rounding, not a gap in the sound."""
STAMP_ROUNDING_SECONDS = Fraction(1, 1000)
"""Durations in ticks as coarse as this (Matroska) do not tell the number of samples."""
LOUDEST = 1000.0
"""60 dB above full scale: floats may say more, squared up to infinity; nothing recorded does."""
_CANCELLED = 0.01
"""Share of their power, 20 dB below, that opposite channels leave in their mean."""
LAYOUTS = {1: "mono", 2: "stereo"}


def sound_chunks(path: Path, n_channels: int, *, start: Fraction = Fraction(0)) -> Iterator[Chunk]:
    """The sound from time ``start`` of the file on; gaps are silence, overlaps are dropped.

    Args:
        n_channels: 1 (see ``with_channels``) or 2 (more than two are averaged, so both are alike).
        start: seconds on the file's time line.

    Raises:
        MediaError: no media file, no sound in it, or none that can be decoded.
    """
    with open_container(path) as container:
        stream = main_audio(container)
        if stream is None:
            found = "only video" if container.streams.video else "no stream"
            raise MediaError(f"expected sound, found {found} in this {container.format.name} file: {path}")
        zero = time_zero(container) + start
        is_empty, reached = True, Fraction(0)  # reached: seconds of sound given out
        for frame, n_samples in _with_lengths(_decoded(container, stream)):
            is_empty = False
            at = reached if frame.pts is None else frame.pts * Fraction(frame.time_base or 0) - zero
            gap = at - reached
            n_gap = 0 if reached > 0 and abs(gap) < JITTER_SECONDS else round(gap * frame.sample_rate)
            samples = with_channels(_samples(frame), n_channels)[:, max(0, -n_gap) : n_samples]
            yield from _silence(max(0, n_gap), n_channels, frame.sample_rate)
            if samples.shape[1]:  # FFmpeg's resampler answers an empty chunk with "out of memory"
                yield samples, frame.sample_rate
            reached += Fraction(max(0, n_gap) + samples.shape[1], frame.sample_rate)
    if is_empty:
        raise MediaError(f"the sound cannot be decoded; the file is empty or damaged: {path}")


def resampled(chunks: Iterator[Chunk], sample_rate: int) -> Iterator[Float32Array]:
    """The samples at one rate, float32, shape (n_channels, n): n is their time times the rate, rounded."""
    for rate, run in groupby(chunks, key=itemgetter(1)):  # some streams change their rate on the way
        samples = map(itemgetter(0), run)
        yield from samples if rate == sample_rate else _resampled_run(samples, rate, sample_rate)


def fitted(chunks: Iterator[Float32Array], n_samples: int, n_channels: int) -> Iterator[Float32Array]:
    """The samples cut, or followed by silence, so that there are exactly ``n_samples``."""
    due = n_samples
    for samples in chunks:
        yield samples[:, :due]
        due -= min(due, samples.shape[1])
        if due == 0:
            return
    yield from map(itemgetter(0), _silence(due, n_channels, 48000))


def with_channels(samples: Float32Array, n_channels: int) -> Float32Array:
    """The samples with one channel (the mean, or the first of two that cancel each other out) or two."""
    if n_channels == 1:
        return _one_channel(samples)
    return samples if len(samples) == 2 else np.repeat(_one_channel(samples), 2, axis=0)


def _one_channel(samples: Float32Array) -> Float32Array:
    mean = np.asarray(samples.mean(axis=0, keepdims=True), dtype=np.float32)
    if len(samples) == 2 and np.square(mean).sum() < _CANCELLED * np.square(samples).mean(axis=0).sum():
        return samples[:1]  # a cable with its poles exchanged: to the ear it is a voice
    return mean


def sound_frame(samples: Float32Array, sample_rate: int) -> av.AudioFrame:
    """FFmpeg's frame of the samples, float planar."""
    planar = np.ascontiguousarray(samples)
    frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout=LAYOUTS[len(samples)])
    frame.sample_rate = sample_rate
    return frame


def _decoded(container: av.container.InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    for packet in chain(demux(container, stream), [None]):
        try:
            frames = stream.codec_context.decode(packet)
        except av.FFmpegError:  # a damaged packet is data: silence takes its place
            continue
        yield from frames


def _with_lengths(frames: Iterator[av.AudioFrame]) -> Iterator[tuple[av.AudioFrame, int]]:
    """Each frame with how many of its samples count: the last one may be padded beyond its duration."""
    held = next(frames, None)
    for frame in frames:
        assert held is not None
        yield held, held.samples
        held = frame
    if held is not None:
        seconds = (held.duration or 0) * Fraction(held.time_base or 0)
        is_exact = seconds > 0 and (held.time_base or 1) < STAMP_ROUNDING_SECONDS
        yield held, min(held.samples, round(seconds * held.sample_rate)) if is_exact else held.samples


def _samples(frame: av.AudioFrame) -> Float32Array:
    """float32, shape (n_channels, n_samples), with the channels the file has."""
    values = frame.to_ndarray()
    n_channels = frame.layout.nb_channels
    if not frame.format.is_planar:
        values = values.reshape(-1, n_channels).T
    if values.dtype == np.uint8:
        return np.asarray((values.astype(np.float32) - 128) / 128, dtype=np.float32)
    if np.issubdtype(values.dtype, np.integer):
        full_scale = 2.0 ** (8 * values.dtype.itemsize - 1)
        return np.asarray(values.astype(np.float32) / full_scale, dtype=np.float32)
    finite = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(finite, -LOUDEST, LOUDEST)


def _silence(n_samples: int, n_channels: int, rate: int) -> Iterator[Chunk]:
    for first in range(0, n_samples, rate):  # a second at a time: a gap may be hours
        yield np.zeros((n_channels, min(rate, n_samples - first)), np.float32), rate


def _resampled_run(chunks: Iterator[Float32Array], rate: int, sample_rate: int) -> Iterator[Float32Array]:
    resampler = av.AudioResampler("fltp", None, sample_rate)
    n_in, n_out, n_channels = 0, 0, 1
    for samples in chain(chunks, [None]):
        if samples is not None:
            n_in, n_channels = n_in + samples.shape[1], len(samples)
        frames = resampler.resample(None if samples is None else sound_frame(samples, rate))
        out = np.concatenate(
            [np.zeros((n_channels, 0), np.float32), *(frame.to_ndarray() for frame in frames)], axis=1
        )
        if samples is None:
            n_due = max(0, round(Fraction(n_in * sample_rate, rate)) - n_out)
            out = np.pad(out[:, :n_due], ((0, 0), (0, max(0, n_due - out.shape[1]))))
        n_out += out.shape[1]
        yield out
