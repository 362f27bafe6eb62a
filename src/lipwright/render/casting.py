"""Who is given the voice: one face at any time of a shot."""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.speaker import rank_speakers
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack

Float32Array = NDArray[np.float32]


def cast_speakers(analysis: FaceAnalysis, activity: Float32Array | None) -> list[int]:
    """Tracks that get the voice: in each shot the likeliest speaker, and whoever never shows beside them.

    A speaker who is lost and found again in one shot is several tracks; they do not overlap in time.

    Args:
        activity: float32, shape (n_frames,): how surely the source's own sound is speech; None without sound.
    """
    cast: list[int] = []
    for ranked in rank_speakers(analysis, activity).values():
        chosen: list[FaceTrack] = []
        for number in ranked:
            track = analysis.tracks[number]
            if all(track.stop <= other.start or track.start >= other.stop for other in chosen):
                chosen.append(track)
                cast.append(number)
    return sorted(cast)
