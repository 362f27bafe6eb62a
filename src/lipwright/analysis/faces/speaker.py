"""Who speaks: whose mouth follows the sound."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.measures import Measure

Float32Array = NDArray[np.float32]

_DOUBTFUL_FRAMES = 60
"""Frames at which the sound says half of what it says in a long track: short curves correlate by chance."""
_MOST_LAG = 6
"""Frames by which sound and picture of a source may be apart; a quarter of a second."""
_FULL_MOVEMENT_MM = 2.0
"""Mean step of the gap, from frame to frame, of somebody who talks without pause; listeners do under 0.7."""
_WINDOW = np.hanning(17)[1:-1].astype(np.float32)
"""Half a second: which syllable opens the mouth is noise, in which stretch of time it moves is the signal.
People who speak in real clips reach a correlation of 0.4 to 0.6 with it, up to 0.1 less with a third."""
_GAP_WEIGHT, _FOLLOW_WEIGHT = 2.0, 0.2
"""The opening that is heard tells speakers apart where all sound is speech and somebody always moves."""
_SIZE_WEIGHT = 0.15
_MOVEMENT_WEIGHT = 0.3
_COVER_WEIGHT = 1.0
_MOST_STEP_MM = 4.0
"""Larger steps are landmarks that jump."""
_BLURRED, _UNREAD_MM = 5.0, 4.0
"""Laplacian variance of a face below which it is out of focus, and how far its lips lie from one look to the
next where they cannot be read. Of 42 faces of 28 real clips two are both: a pianist far behind a singer
(4.4, 6.7 mm) and a guest behind those the camera looks at (2.9, 4.5 mm)."""


@dataclass(frozen=True, eq=False)
class SourceSound:
    """What the source's own sound tells about the mouth that made it, frame by frame of the video."""

    activity: Float32Array
    """float32, shape (n_frames,): how loud or how surely speech it is, any scale."""
    gap: Float32Array | None = None
    """float32, shape (n_frames,): the opening of the mouth heard in it; None if nobody listened."""


def cast_speakers(analysis: FaceAnalysis, sound: SourceSound | None) -> list[int]:
    """One speaker at any time of a shot: the likeliest, and whoever never shows beside those before.

    A speaker who is lost and found again in one shot is several tracks; they do not overlap in time.

    Returns:
        Track numbers, ascending.
    """
    cast: list[int] = []
    for ranked in rank_speakers(analysis, sound).values():
        chosen: list[FaceTrack] = []
        for number in ranked:
            track = analysis.tracks[number]
            if all(track.stop <= other.start or track.start >= other.stop for other in chosen):
                chosen.append(track)
                cast.append(number)
    return sorted(cast)


def rank_speakers(analysis: FaceAnalysis, sound: SourceSound | None) -> dict[int, list[int]]:
    """The tracks of each shot, the likeliest speaker first.

    Args:
        analysis: what was seen.
        sound: what was heard; None when the source has no sound.

    Returns:
        Track numbers by index of the shot; shots without a face have an empty list.
    """
    return {
        shot: sorted(scores, key=lambda k: (-scores[k], k))
        for shot, (_, _, scores) in enumerate(shot_scores(analysis, sound))
    }


def shot_scores(
    analysis: FaceAnalysis, sound: SourceSound | None
) -> Iterator[tuple[int, int, dict[int, float]]]:
    """First frame of each shot, one past its last, and how likely each of its faces is the speaker.

    Scores compare the faces of one shot; those of clear speakers are 0.5 to 2 higher than a listener's. Faces
    out of focus whose lips cannot be read are left out beside others: what moves in them is the mesh.
    """
    stops = [*analysis.shot_starts[1:], analysis.n_frames]
    for start, stop in zip(analysis.shot_starts, stops, strict=True):
        shown = {k: track for k, track in analysis.tracks.items() if start <= track.start < stop}
        present = {k: track for k, track in shown.items() if _can_tell(track)} or shown
        tallest = max((_typical_height(track) for track in present.values()), default=1.0)
        yield start, stop, {k: _score(track, sound, tallest) for k, track in present.items()}


def follows_sound(track: FaceTrack, activity: Float32Array) -> float:
    """How well a mouth's movement follows the sound: their correlation at the best small lag, 0 to 1.

    0 as well where there is too little of either to tell.

    Args:
        track: one face.
        activity: float32, shape (n_frames,) of the whole video.
    """
    return best_lag(track, _smooth(_movement(track)), _smooth(activity))[0]


def matches_gap(track: FaceTrack, gap: Float32Array) -> float:
    """How well a mouth's opening is the one that was heard: correlation at the best small lag, 0 to 1.

    On 3 clips with several faces the speaker reached 0.23 to 0.40 and the others 0.07 to 0.25; strangers to a
    sound reach 0.12 on average.

    Args:
        track: one face.
        gap: float32, shape (n_frames,) of the whole video, any scale.
    """
    return best_lag(track, track.measures[:, Measure.GAP], gap)[0]


def covers_sound(track: FaceTrack, activity: Float32Array) -> float:
    """How much of the sound the mouth moves through, 0 to 1: listeners rest through some of it.

    In a shot of two people who talk over one another, both follow the sound; who is still for its last
    quarter speaks less of it. 0 where there is no sound.
    """
    loud = np.clip(activity[track.start : track.stop], 0.0, 1.0)
    total = float(loud.sum())
    return float((loud * local_movement(track)[: len(loud)]).sum()) / total if total > 0 else 0.0


def local_movement(track: FaceTrack) -> Float32Array:
    """How much the mouth moves about each frame, 0 (still, or lost) to 1; float32, shape (n,)."""
    steps = _smooth(np.minimum(_movement(track), _MOST_STEP_MM))
    return np.asarray(np.minimum(np.nan_to_num(steps) / _FULL_MOVEMENT_MM, 1.0), np.float32)


def best_lag(track: FaceTrack, seen: Float32Array, heard: Float32Array) -> tuple[float, int]:
    """The highest correlation at any small lag, 0 or more, and by how many frames the sound is then late.

    Args:
        track: one face.
        seen: float32, shape (n,): of its frames; NaN where it was lost.
        heard: float32, shape (n_frames,) of the whole video.
    """
    best = 0.0, 0
    for lag in range(-_MOST_LAG, _MOST_LAG + 1):
        at = np.arange(track.start, track.stop) + lag
        inside = (at >= 0) & (at < len(heard)) & np.isfinite(seen)
        if inside.sum() > 1:
            best = max(best, (_correlation(seen[inside], heard[at[inside]]), lag), key=lambda pair: pair[0])
    return best


def _can_tell(track: FaceTrack) -> bool:
    """Whether there is a mouth to see: in focus, or read alike by several looks."""
    sharpness = track.sharpness[np.isfinite(track.sharpness)]
    apart = track.lips_apart[np.isfinite(track.lips_apart)]
    is_blurred = len(sharpness) > 0 and float(np.median(sharpness)) < _BLURRED
    return not (is_blurred and len(apart) > 0 and float(np.median(apart)) > _UNREAD_MM)


def _score(track: FaceTrack, sound: SourceSound | None, tallest: float) -> float:
    steps = _movement(track)
    mean_step = float(steps[np.isfinite(steps)].mean()) if np.isfinite(steps).any() else 0.0
    movement = min(1.0, mean_step / _FULL_MOVEMENT_MM)
    n_frames = int(track.is_tracked.sum())
    looks = _MOVEMENT_WEIGHT * movement + _SIZE_WEIGHT * _typical_height(track) / tallest
    heard = (
        0.0 if sound is None else _heard(track, sound) + _COVER_WEIGHT * covers_sound(track, sound.activity)
    )
    return n_frames / (n_frames + _DOUBTFUL_FRAMES) * (heard + looks)


def _heard(track: FaceTrack, sound: SourceSound) -> float:
    if sound.gap is None:
        return follows_sound(track, sound.activity)
    return _GAP_WEIGHT * matches_gap(track, sound.gap) + _FOLLOW_WEIGHT * follows_sound(track, sound.activity)


def _movement(track: FaceTrack) -> Float32Array:
    """Size of the gap's step at each frame, mm, shape (n,); NaN next to lost frames."""
    gap = track.measures[:, Measure.GAP]
    return np.abs(np.gradient(gap)) if len(gap) > 1 else np.full(len(gap), np.nan, np.float32)


def _smooth(curve: Float32Array) -> Float32Array:
    """The curve averaged over the window, where it is known; NaN stays NaN."""
    is_known = np.isfinite(curve)
    total = np.convolve(np.where(is_known, curve, 0.0), _WINDOW)
    weight = np.convolve(is_known.astype(np.float32), _WINDOW)
    half = len(_WINDOW) // 2
    smooth = (total / np.maximum(weight, 1e-6))[half : half + len(curve)]
    return np.where(is_known, smooth, np.nan).astype(np.float32)


def _correlation(one: Float32Array, other: Float32Array) -> float:
    one, other = one - one.mean(), other - other.mean()
    energy = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / energy if energy > 1e-9 else 0.0


def _typical_height(track: FaceTrack) -> float:
    """Median height of the face, pixels."""
    return float(np.median(track.heights()[track.is_tracked]))
