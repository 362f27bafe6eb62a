"""How a long sound is read: windows on a fixed grid, heard with a margin each side that is then dropped.

The network's encoder looks at all of a window at once, so its answers depend a little on where the window
lies. The grid is fixed to the start of the sound: the same windows, whoever asks for which part.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.held import coarse_bands
from lipwright.analysis.speech.level import Level
from lipwright.analysis.speech.mel import HOP_LENGTH, Samples, frame_count, frame_energy, log_mel

Float32Array = NDArray[np.float32]

WINDOW_SECONDS = 12
"""Sound answered at once."""
MARGIN_SECONDS = 3
"""Sound heard on either side of it."""
BEAT_FRAMES = 12
"""Mel frames (120 ms) of which a window has a whole number: 5 rows of the encoder, 6 steps of the answer."""
ENCODER_REACH = 447
"""Samples the encoder hears on either side of the one its row is centred on."""

_WINDOW = 100 * WINDOW_SECONDS
_MARGIN = 100 * MARGIN_SECONDS
_ROW = BEAT_FRAMES * HOP_LENGTH // 5  # samples from one row of the encoder to the next: 384, 24 ms


@dataclass(frozen=True, eq=False)
class Window:
    """A stretch of sound as the network hears it."""

    start: int
    """First mel frame that is answered."""
    stop: int
    """One past the last mel frame that is answered."""
    first: int
    """Mel frame that the arrays begin with."""
    sound: Float32Array
    """float32, shape (1, n): samples at the usual level; row k of the encoder is centred on time 24 k ms."""
    mel: Float32Array
    """float32, shape (1, N_MELS, n_frames), relative to the level around each frame."""
    energy: Float32Array
    """float32, shape (stop - start,): log power of the answered frames, not relative to anything."""
    bands: Float32Array
    """float32, shape (stop - start, N_BANDS): the same in wide bands (``lipwright.analysis.speech.held``)."""


def windows(samples: Samples, level: Level) -> Iterator[Window]:
    """All windows of a sound, in order; none of an empty one."""
    n_frames = frame_count(len(samples))
    for start in range(0, n_frames, _WINDOW):
        yield window(samples, level, start, min(start + _WINDOW, n_frames))


def window(samples: Samples, level: Level, start: int, stop: int) -> Window:
    """Frames ``start`` to ``stop`` with the margins around; beyond the ends of the sound is silence."""
    n_frames = frame_count(len(samples))
    first, last = max(0, start - _MARGIN), min(stop + _MARGIN, n_frames)
    last = first + -(-(last - first) // BEAT_FRAMES) * BEAT_FRAMES
    mel = log_mel(samples, first, last)
    answered = mel[start - first : stop - first]
    return Window(
        start,
        stop,
        first,
        _sound(samples, level, first, last)[None],
        np.ascontiguousarray(level.normalized(mel, first).T[None]),
        frame_energy(answered),
        coarse_bands(answered),
    )


def _sound(samples: Samples, level: Level, first: int, last: int) -> Float32Array:
    """Samples around the rows of mel frames ``first`` to ``last``, at the usual level, without an offset."""
    start, stop = first * HOP_LENGTH, last * HOP_LENGTH
    heard = np.nan_to_num(samples[start:stop].astype(np.float32), posinf=0.0, neginf=0.0)
    heard -= np.float32(heard.mean(dtype=np.float64))
    gain = level.gain(first, last)
    heard *= np.repeat(gain, HOP_LENGTH)[: len(heard)]
    # The last row is centred one row's length before the end of the window.
    return np.pad(heard, (ENCODER_REACH, stop - start - len(heard) + ENCODER_REACH + 1 - _ROW))
