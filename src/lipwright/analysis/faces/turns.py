"""Who speaks when, inside a shot: people take turns, talk over one another, and listen.

Which syllable belongs to whom is beyond a mouth seen at 25 frames a second, but a listener's lips rest while
the sound goes on. The voice goes to the mouth that moves while there is sound; it changes hands when the
other one moves enough more for long enough, and rather in a pause. Where several mouths move alike, as those
of people who talk over one another or whose sound is off, it goes to the one that opens as is heard.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.heard_mouth import local_match
from lipwright.analysis.faces.speaker import SourceSound, local_movement, shot_scores
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

_SWITCH_SECONDS = 0.12
"""What handing over costs: the advantage of a mouth in full movement over a still one for so long. Twice and
half of it choose alike on three clips with several speakers, but for interjections of under a second."""
_SHOT_WEIGHT = 0.3
"""Of what the whole shot says about a face, against its movement of the moment."""
_MATCH_WEIGHT = 4.0
"""Of what is heard of the opening, where at least two mouths are in full movement: 2 to 6 choose alike in
split screens of talkers and listeners (``benchmarks/split_screens``) and on real clips, 8 errs on these."""
_LOST = -0.3
"""Worth of a face while it is not seen: less than a still one that is."""


def take_turns(analysis: FaceAnalysis, sound: SourceSound, frames_per_second: float) -> list[CastMember]:
    """At any time of a shot the face that speaks most probably, and only that.

    Args:
        analysis: what was seen.
        sound: what was heard with it.
        frames_per_second: of the video.

    Returns:
        The faces that speak at some time, by ascending track number.
    """
    cast: list[CastMember] = []
    for start, stop, scores in shot_scores(analysis, sound):
        if scores:
            cast += _turns_of_shot(analysis, sound, range(start, stop), scores, frames_per_second)
    return sorted(cast, key=lambda member: member.track_id)


def _turns_of_shot(
    analysis: FaceAnalysis, sound: SourceSound, shot: range, scores: dict[int, float], rate: float
) -> list[CastMember]:
    tracks = {number: analysis.tracks[number] for number in sorted(scores)}
    speaker = _best_path(_worths(tracks, sound, shot, scores), _SWITCH_SECONDS * rate)
    members = []
    for row, (number, track) in enumerate(tracks.items()):
        speaks = speaker[_columns(track, shot)] == row
        if speaks.any():
            members.append(CastMember(number, speaks))
    return members


def _worths(
    tracks: dict[int, FaceTrack], sound: SourceSound, shot: range, scores: dict[int, float]
) -> Float32Array:
    """What it is worth to give each face the voice at each frame of a shot: shape (n faces, n frames)."""
    loud = np.clip(sound.activity[shot.start : shot.stop], 0.0, 1.0)
    moved = np.zeros((len(tracks) + 1, len(shot)), np.float32)
    for row, track in enumerate(tracks.values()):
        moved[row, _columns(track, shot)] = local_movement(track)
    contested = np.sort(moved, axis=0)[-2]
    worths = np.full((len(tracks), len(shot)), 2 * _LOST, np.float32)
    for row, (number, track) in enumerate(tracks.items()):
        part = _columns(track, shot)
        match = _MATCH_WEIGHT * contested[part] * local_match(track, sound.gap)
        heard = loud[part] if len(loud) == len(shot) else 1.0
        worth = heard * (moved[row, part] + _SHOT_WEIGHT * scores[number] + match)
        worths[row, part] = np.where(track.is_tracked, worth, _LOST)
    return worths


def _columns(track: FaceTrack, shot: range) -> slice:
    """The frames of a shot in which a face is followed."""
    return slice(track.start - shot.start, track.stop - shot.start)


def _best_path(worth: Float32Array, switch: float) -> IntArray:
    """The row of greatest worth at each column, changes paid for: dynamic programming, shape (n columns,)."""
    n_rows, n_columns = worth.shape
    rows = np.arange(n_rows)
    came_from = np.empty((n_columns, n_rows), np.intp)
    total = worth[:, 0].copy()
    for column in range(1, n_columns):
        leader = int(total.argmax())
        is_faithful = total >= total[leader] - switch
        came_from[column] = np.where(is_faithful, rows, leader)
        total = np.where(is_faithful, total, total[leader] - switch) + worth[:, column]
    path = np.empty(n_columns, np.intp)
    path[-1] = total.argmax()
    for column in range(n_columns - 1, 0, -1):
        path[column - 1] = came_from[column, path[column]]
    return path
