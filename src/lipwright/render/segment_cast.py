"""Decides which faces say a segment."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lipwright.analysis.faces.cast import CastMember, throughout
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.speaker import SourceSound
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.analysis.faces.turns import take_turns
from lipwright.engines.base import Scene
from lipwright.errors import FaceChoiceError
from lipwright.render.casting import cast_faces
from lipwright.render.layout import Stretch


@dataclass(frozen=True, eq=False)
class Hearing:
    """Who speaks in the source, found out once for all segments that name no face."""

    analysis: FaceAnalysis
    sound: SourceSound | None
    """The source's own; without it nobody can be told to take turns."""
    frames_per_second: float

    @cached_property
    def turns(self) -> list[CastMember]:
        """At any time of a shot one face; only with a sound."""
        assert self.sound is not None
        return take_turns(self.analysis, self.sound, self.frames_per_second)


def cast_segment(choice: FaceChoice, scene: Scene, stretch: Stretch, hearing: Hearing) -> list[CastMember]:
    """The cast of one segment: silent outside it; nobody where no face is seen.

    Who speaks in a segment is told by the turns of the whole shot: by its frames alone, a listener's lips
    follow what is heard by chance in 1 of 18 stretches of 2 to 4 seconds (clips of ``benchmarks/speakers``).

    Args:
        choice: of the segment.
        scene: what was seen.
        stretch: where the segment lies.
        hearing: who speaks in the source.

    Raises:
        FaceChoiceError: there is no face where the choice says.
    """
    frames = stretch.source_frames
    if hearing.sound is not None and not choice.is_explicit:
        turns = [_within(turn, scene.analysis, scene.analysis, frames) for turn in hearing.turns]
        cast = turns if choice.auto_detect else _mostly(turns, scene.analysis, frames)
        return [member for member in cast if member.speaks.any()]
    watched = scene if choice.is_explicit else replace(scene, analysis=_window(scene.analysis, stretch))
    try:
        cast = cast_faces(choice, watched, hearing.sound, hearing.frames_per_second)
    except FaceChoiceError as error:
        raise FaceChoiceError(f"segments[{stretch.number}].{error}") from error
    kept = (_within(member, watched.analysis, scene.analysis, frames) for member in cast)
    return [member for member in kept if member.speaks.any()]


def _mostly(turns: list[CastMember], analysis: FaceAnalysis, frames: range) -> list[CastMember]:
    """One face at any time: those with most turns in the frames, of those seen together; throughout."""
    n_spoken = {turn.track_id: int(turn.speaks.sum()) for turn in turns}
    seen = {
        number: _within(throughout(number, track), analysis, analysis, frames)
        for number, track in analysis.tracks.items()
        if track.is_tracked[_rows(track, frames)].any()
    }
    chosen: list[range] = []
    for number in sorted(seen, key=lambda number: (-n_spoken.get(number, 0), number)):
        track = analysis.tracks[number]
        shown = range(max(track.start, frames.start), min(track.stop, frames.stop))
        if all(shown.stop <= other.start or shown.start >= other.stop for other in chosen):
            chosen.append(shown)
        else:
            del seen[number]
    return [seen[number] for number in sorted(seen)]


def _window(analysis: FaceAnalysis, stretch: Stretch) -> FaceAnalysis:
    """What was seen in the frames of a stretch, with the numbers of the whole."""
    frames = stretch.source_frames
    starts = [start for start in analysis.shot_starts if frames.start < start < frames.stop]
    tracks = {
        number: _cut(track, frames)
        for number, track in analysis.tracks.items()
        if track.is_tracked[_rows(track, frames)].any()
    }
    return FaceAnalysis(min(frames.stop, analysis.n_frames), [frames.start, *starts], tracks)


def _rows(track: FaceTrack, frames: range) -> slice:
    return slice(max(0, frames.start - track.start), max(0, frames.stop - track.start))


def _cut(track: FaceTrack, frames: range) -> FaceTrack:
    """Those frames of a track; without its points, which nobody asks for who speaks."""
    rows = _rows(track, frames)
    return FaceTrack(
        track.start + rows.start,
        track.is_tracked[rows],
        track.landmarks[:0],
        track.canonical[:0],
        track.rotations[rows],
        track.scales[rows],
        track.translations[rows],
        track.measures[rows],
        track.yaw[rows],
        track.pitch[rows],
        track.sharpness[rows],
        track.occlusion[rows],
        track.cover_bits[rows],
        track.lips_apart[rows],
        track.frames_per_second,
    )


def _within(member: CastMember, watched: FaceAnalysis, whole: FaceAnalysis, frames: range) -> CastMember:
    """A member of what was watched as one of the whole, silent outside the frames."""
    track, seen = whole.tracks[member.track_id], watched.tracks[member.track_id]
    speaks = np.zeros(len(track.is_tracked), np.bool_)
    first = seen.start - track.start
    speaks[first : first + len(member.speaks)] = member.speaks
    is_inside = np.zeros(len(speaks), np.bool_)
    is_inside[_rows(track, frames)] = True
    return CastMember(member.track_id, speaks & is_inside)
