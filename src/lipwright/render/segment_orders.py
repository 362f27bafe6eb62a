"""Mouths for segments: each face follows its own voice in its own stretches of time, and only there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.track import FaceTrack
from lipwright.analysis.speech.constraints import at_times, perform
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.analysis.speech.prosody import Prosody
from lipwright.analysis.speech.refit import Refit
from lipwright.analysis.speech.style import measure_style
from lipwright.engines.base import MouthOrder, Scene
from lipwright.render.adapt import as_this_mouth
from lipwright.render.layout import Stretch
from lipwright.render.orders import is_quiet, poses, runs_of, widened
from lipwright.render.segment import same_face
from lipwright.render.still_rest import away_from_rest
from lipwright.render.strength import fading_ends, replacement_strength
from lipwright.render.timing import Timeline
from lipwright.synthesis.placement import FaceGeometry

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class VoicedStretch:
    """A stretch with all that is known of it."""

    stretch: Stretch
    cast: list[CastMember]
    """Who says it; nobody speaks outside the stretch."""
    motion: MouthMotion
    """Of its part of the voice."""
    prosody: Prosody | None = None
    """Of the same; only for engines that are expressive."""


@dataclass(frozen=True, eq=False)
class _Draft:
    """An order whose strength is not known: that depends on the segments beside it."""

    order: MouthOrder
    is_quiet: BoolArray


def write_segment_orders(
    scene: Scene,
    timeline: Timeline,
    voiced: Sequence[VoicedStretch],
    refits: Mapping[int, Refit] = MappingProxyType({}),
) -> list[MouthOrder]:
    """Orders for every run of output frames in which a face says a segment, corrected where there are refits.

    Raises:
        SegmentError: two segments give voices to one face at the same time.
    """
    _check_faces(voiced)
    drafts: dict[int, list[_Draft]] = {}
    speaks: dict[int, BoolArray] = {}
    for one in voiced:
        for member in one.cast:
            number = member.track_id
            if number not in scene.geometries or len(scene.bank.frames(number)) == 0:
                continue
            speaks[number] = member.speaks | speaks.get(number, np.zeros(len(member.speaks), np.bool_))
            drafts.setdefault(number, []).extend(
                _drafts(scene.geometries[number], timeline, one, member, refits)
            )
    tracks, is_still = scene.analysis.tracks, scene.analysis.n_frames == 1
    return [
        order
        for number in sorted(drafts)
        for order in _finished(tracks[number], timeline, drafts[number], speaks[number], is_still=is_still)
    ]


def _drafts(
    geometry: FaceGeometry,
    timeline: Timeline,
    one: VoicedStretch,
    member: CastMember,
    refits: Mapping[int, Refit],
) -> list[_Draft]:
    track = geometry.track
    shown = _shown(track, timeline)
    said = shown[member.speaks[timeline.source_frames[shown] - track.start]]
    if one.stretch.output_frames is not None:
        said = said[np.isin(said, one.stretch.output_frames)]
    if len(said) == 0:
        return []
    motion = as_this_mouth(one.motion, refits, member.track_id)
    performance = perform(motion, measure_style(poses(geometry)))
    speaking = widened(one.motion)
    drafts = []
    for run in runs_of(said):
        seconds = _seconds(timeline, run) - float(one.stretch.voice_at)
        wanted = at_times(performance, seconds)
        heard = None if one.prosody is None else one.prosody.at(seconds)
        frames = timeline.source_frames[run].astype(np.intp)
        unknown = np.zeros(len(run), np.float32)
        order = MouthOrder(member.track_id, run, frames, wanted, unknown, heard)
        drafts.append(_Draft(order, is_quiet(speaking, wanted, seconds)))
    return drafts


def _finished(
    track: FaceTrack, timeline: Timeline, drafts: list[_Draft], speaks: BoolArray, *, is_still: bool
) -> list[MouthOrder]:
    """The orders with their strength: it fades to and from the face's own mouth, but not between two segments
    that adjoin."""
    quiet = np.ones(timeline.n_frames, np.bool_)
    is_said = np.zeros(timeline.n_frames, np.bool_)
    for draft in drafts:
        quiet[draft.order.output_frames] = draft.is_quiet
        is_said[draft.order.output_frames] = True
    strength = np.zeros(timeline.n_frames, np.float32)
    for run in runs_of(_shown(track, timeline)):
        frames = timeline.source_frames[run].astype(np.intp)
        strength[run] = replacement_strength(track, frames, quiet[run], speaks)
    if is_still:  # its one frame is shown outside the segments as well
        rate = float(timeline.clock.fps)
        rested = away_from_rest(quiet, rate)
        strength = np.minimum(strength, np.minimum(rested, fading_ends(is_said, rate)))
    return [replace(draft.order, strength=strength[draft.order.output_frames]) for draft in drafts]


def _shown(track: FaceTrack, timeline: Timeline) -> IntArray:
    """Output frames that show a track."""
    frames = timeline.source_frames
    return np.flatnonzero((frames >= track.start) & (frames < track.stop))


def _seconds(timeline: Timeline, run: IntArray) -> NDArray[np.float64]:
    return timeline.clock.ticks()[run] * float(timeline.clock.time_base)


def _check_faces(voiced: Sequence[VoicedStretch]) -> None:
    speaker: dict[int, list[tuple[Stretch, BoolArray]]] = {}
    for one in voiced:
        for member in one.cast:
            for other, taken in speaker.setdefault(member.track_id, []):
                if (taken & member.speaks).any() and _at_once(one.stretch, other):
                    raise same_face(other.number, one.stretch.number)
            speaker[member.track_id].append((one.stretch, member.speaks))


def _at_once(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches have a frame of the output in common, if they say which are theirs."""
    if one.output_frames is None or other.output_frames is None:
        return True
    first, second = one.output_frames, other.output_frames
    return first.start < second.stop and second.start < first.stop


def quiet_share(timeline: Timeline, voiced: Sequence[VoicedStretch]) -> float:
    """Share of the frames of all segments in which nobody speaks, 0 to 1."""
    n_frames = n_quiet = 0
    for one in voiced:
        seconds = _seconds(timeline, np.arange(timeline.n_frames))
        start, stop = float(one.stretch.voice_at), float(one.stretch.until)
        inside = seconds[(seconds >= start) & (seconds < stop)]
        n_frames += len(inside)
        closed = np.zeros((len(inside), one.motion.measures.shape[1]), np.float32)
        n_quiet += int(is_quiet(widened(one.motion), closed, inside - start).sum())
    return n_quiet / n_frames if n_frames else 0.0
