"""From what was heard and seen to the mouth that every frame shall show."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.speech.constraints import at_times, perform
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.analysis.speech.prosody import Prosody
from lipwright.analysis.speech.refit import Refit
from lipwright.analysis.speech.style import measure_style
from lipwright.engines.base import MouthOrder, Scene
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.render.adapt import as_this_mouth
from lipwright.render.still_rest import away_from_rest
from lipwright.render.strength import replacement_strength
from lipwright.render.timing import Timeline
from lipwright.synthesis.placement import FaceGeometry

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_QUIET_ACTIVITY = 0.3
_QUIET_REACH_SECONDS = 0.2
"""A frame is quiet when nobody speaks within this reach of it."""
_STILL_POSES = 25


def write_orders(
    scene: Scene,
    cast: list[CastMember],
    timeline: Timeline,
    motion: MouthMotion,
    prosody: Prosody | None = None,
    refits: Mapping[int, Refit] = MappingProxyType({}),
) -> list[MouthOrder]:
    """Orders for every run of output frames that shows a face of the cast.

    Args:
        scene: the faces.
        cast: who says it.
        timeline: which frame of the source is shown when.
        motion: what was heard.
        prosody: how it is said; only for engines that are expressive.
        refits: corrections of what was heard, by track.
    """
    seconds = timeline.clock.ticks() * float(timeline.clock.time_base)
    speaking = widened(motion)
    orders = []
    for member in cast:
        number = member.track_id
        track = scene.analysis.tracks[number]
        if number not in scene.geometries or len(scene.bank.frames(number)) == 0:
            continue
        shown = np.flatnonzero(
            (timeline.source_frames >= track.start) & (timeline.source_frames < track.stop)
        )
        if (
            prosody is not None
        ):  # an expression has no strength that fades: it is kept to where the face speaks
            shown = shown[member.speaks[timeline.source_frames[shown] - track.start]]
        if len(shown) == 0:
            continue
        own = as_this_mouth(motion, refits, number)
        performed = at_times(perform(own, measure_style(poses(scene.geometries[number]))), seconds[shown])
        for run in runs_of(shown):
            first = int(np.searchsorted(shown, run[0]))
            wanted = performed[first : first + len(run)]
            quiet = is_quiet(speaking, wanted, seconds[run])
            frames = timeline.source_frames[run].astype(np.intp)
            strength = replacement_strength(track, frames, quiet, member.speaks)
            if scene.analysis.n_frames == 1:
                strength = np.minimum(strength, away_from_rest(quiet, float(timeline.clock.fps)))
            heard = None if prosody is None else prosody.at(seconds[run])
            orders.append(MouthOrder(number, run, frames, wanted, strength, heard))
    return orders


def poses(geometry: FaceGeometry) -> Float32Array:
    """The measures that tell a speaker's style; a still shows one pose, for as long as one looks."""
    measures = geometry.upright_measures()
    return np.repeat(measures, _STILL_POSES, axis=0) if len(measures) == 1 else measures


def quiet_share(motion: MouthMotion, timeline: Timeline) -> float:
    """Share of the output frames in which nobody speaks within the reach of a pause, 0 to 1."""
    if len(motion.activity) == 0:
        return 1.0
    seconds = timeline.clock.ticks() * float(timeline.clock.time_base)
    return float((_activity_at(widened(motion), seconds) < _QUIET_ACTIVITY).mean())


def runs_of(frames: IntArray) -> list[IntArray]:
    """Rising frame numbers split where one is left out; none of no frames."""
    if len(frames) == 0:
        return []
    return np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1)


def widened(motion: MouthMotion) -> Float32Array:
    """The activity, held for the reach of a pause before and after."""
    n_steps = 2 * round(_QUIET_REACH_SECONDS * MOTION_RATE) + 1
    return np.asarray(maximum_filter1d(motion.activity, n_steps), np.float32)


def _activity_at(speaking: Float32Array, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(seconds, np.arange(len(speaking)) / MOTION_RATE, speaking, left=0.0, right=0.0)


def is_quiet(speaking: Float32Array, wanted: Float32Array, seconds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the voice rests and the wanted mouth is shut; before and after the sound it rests.

    Args:
        speaking: see ``widened``.
        wanted: float32, shape (n, 7), canonical mm.
        seconds: float64, shape (n,), on the clock of the sound.
    """
    if len(speaking) == 0:
        return np.ones(len(seconds), np.bool_)
    activity = _activity_at(speaking, seconds)
    return np.asarray((activity < _QUIET_ACTIVITY) & (wanted[:, Measure.GAP] < CLOSED_GAP_MM), np.bool_)
