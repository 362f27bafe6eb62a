"""Decides which faces say a segment."""

from dataclasses import replace

import numpy as np

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.speaker import SourceSound
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.engines.base import Scene
from lipwright.errors import FaceChoiceError
from lipwright.render.casting import cast_faces
from lipwright.render.layout import Stretch


def cast_segment(
    choice: FaceChoice, scene: Scene, stretch: Stretch, sound: SourceSound | None, frames_per_second: float
) -> list[CastMember]:
    """The cast of one segment: silent outside it; nobody where no face is seen.

    Args:
        choice: of the segment.
        scene: what was seen.
        stretch: where the segment lies.
        sound: the source's own; without it nobody can be told to take turns.
        frames_per_second: of the source.

    Raises:
        FaceChoiceError: there is no face where the choice says.
    """
    # who speaks in the source is judged by these frames alone: in others it may be somebody else's turn
    watched = scene if choice.is_explicit else replace(scene, analysis=_window(scene.analysis, stretch))
    try:
        cast = cast_faces(choice, watched, sound, frames_per_second)
    except FaceChoiceError as error:
        raise FaceChoiceError(f"segments[{stretch.number}].{error}") from error
    kept = (_within(member, watched.analysis, scene.analysis, stretch.source_frames) for member in cast)
    return [member for member in kept if member.speaks.any()]


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
