"""Whether the mouth that is heard at the moment is this one."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.speaker import best_lag
from lipwright.analysis.faces.track import FaceTrack
from lipwright.measures import Measure
from lipwright.timebase import window_frames

Float32Array = NDArray[np.float32]

_CORRELATION = 0.45
"""Of a speaker's opening with the one heard in the sound; see ``matches_gap`` for how strangers' do."""
_WINDOW_SECONDS = 2.0
"""Of a Hann window, whose middle second counts: some three to six syllables."""
_FEWEST_FRAMES = 10
_MOST_SPREADS = 2.5
"""A yawn is no more than a wide vowel."""


def local_match(track: FaceTrack, gap: Float32Array | None) -> Float32Array:
    """How far the opening of the mouth about each frame speaks for it being the one heard.

    Mean log of how much likelier the two openings are together if they are of one mouth than by chance, as
    two Gaussians that correlate or do not: around 0.1 of speakers, -0.15 of others.

    Args:
        track: one face.
        gap: float32, shape (n_frames,) of the whole video, any scale: the opening heard; None if nobody
            listened.

    Returns:
        float32, shape (n,); 0 where there is nothing to compare.
    """
    seen = track.measures[:, Measure.GAP]
    is_seen = np.isfinite(seen)
    if gap is None or is_seen.sum() < _FEWEST_FRAMES or len(gap) < track.stop:
        return np.zeros(len(seen), np.float32)
    _, lag = best_lag(track, seen, gap)
    at = np.clip(np.arange(track.start, track.stop) + lag, 0, len(gap) - 1)
    evidence = _evidence(_spreads(seen, is_seen), _spreads(gap[at], is_seen))
    window = np.hanning(window_frames(_WINDOW_SECONDS, track.frames_per_second) + 2)[1:-1]
    half = len(window) // 2
    total, weight = (
        np.convolve(np.where(is_seen, values, 0.0), window)[half : half + len(seen)]
        for values in (evidence, np.ones(len(seen)))
    )
    return np.asarray(total / np.maximum(weight, 1e-6), np.float32)


def _spreads(curve: Float32Array, is_known: NDArray[np.bool_]) -> Float32Array:
    """A curve in standard deviations from its mean, both of its known frames."""
    known = curve[is_known]
    spreads = (curve - known.mean()) / max(float(known.std()), 1e-6)
    return np.asarray(np.clip(spreads, -_MOST_SPREADS, _MOST_SPREADS), np.float32)


def _evidence(seen: Float32Array, heard: Float32Array) -> Float32Array:
    r = np.float32(_CORRELATION)
    unexplained = 1 - r**2
    squares = r**2 * (seen**2 + heard**2) - 2 * r * seen * heard
    return np.asarray(-0.5 * (np.log(unexplained) + squares / unexplained), np.float32)
