"""Corrections of the ear for the faces that speak in a source, from the source's own sound."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.occlusion import OCCLUDED
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.analysis.speech.refit import Refit, refit
from lipwright.analysis.sync_judge import SyncOpinion, Verdict
from lipwright.render.source_sound import HeardSource

Float64Array = NDArray[np.float64]


def refit_cast(
    analysis: FaceAnalysis,
    cast: list[CastMember],
    heard: HeardSource | None,
    seconds: Float64Array,
    source_sync: SyncOpinion | None,
) -> dict[int, Refit]:
    """The corrections that help, by track; none where sound and picture cannot be brought into step.

    Args:
        analysis: what was seen.
        cast: who speaks, and when.
        heard: the source's own sound; None when it has none.
        seconds: float64, shape (n_frames,): when each frame of the source is shown.
        source_sync: whether the two are in step.
    """
    if heard is None or heard.motion is None or source_sync is None:
        return {}
    if source_sync.verdict is Verdict.CANNOT_TELL:
        return {}
    found = {}
    for member in cast:
        track = analysis.tracks[member.track_id]
        times = seconds[track.start : track.stop] + source_sync.av_offset
        n_heard = int(np.searchsorted(times, len(heard.motion.closure) / MOTION_RATE))
        measures = track.measures[:n_heard].copy()
        measures[~member.speaks[:n_heard] | (track.occlusion[:n_heard] >= OCCLUDED)] = np.nan
        correction = refit(heard.motion, times[:n_heard], measures)
        if correction is not None:
            found[member.track_id] = correction
    return found


def as_this_mouth(motion: MouthMotion, refits: Mapping[int, Refit], track_id: int) -> MouthMotion:
    """What was heard, as the mouth of a track does it; unchanged where there is no correction."""
    correction = refits.get(track_id)
    return motion if correction is None else correction.apply(motion)
