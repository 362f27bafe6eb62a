"""Life in a still: when its people blink and how their heads move, the same for the same seed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.track import FaceTrack
from lipwright.engines.base import Scene
from lipwright.media.picture import Picture
from lipwright.render.strength import MIN_FACE_PIXELS
from lipwright.render.timing import Timeline
from lipwright.synthesis.blink import draw_blink, find_eyes
from lipwright.synthesis.eye import Eye
from lipwright.synthesis.sway import Head, Sway

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

_SWAY = np.array([1.6, 0.9, 0.7, 1.8, 1.3], np.float32)
"""Standard deviation of each of ``MOVES``: about a third of what a free speaker does. More would show that
the background behind the head is not known."""
_SPEEDS_HZ = (0.07, 0.45)
_WEIGHTS = np.array([1.0, 0.8, 0.6, 0.4])
_EASE_SECONDS = 1.2
"""The picture is itself at the start; then its people begin to move."""
_FIRST_BLINK_SECONDS = (0.8, 3.0)
_BETWEEN_BLINKS_SECONDS = (2.0, 6.0)
_BLINK_SECONDS = (0.18, 0.28)
_CLOSING_SHARE, _SHUT_SHARE = 0.32, 0.2
"""Of a blink: a lid falls faster than it rises, and is shut between."""
_MOST_YAW_DEGREES = 30.0
"""Lids of faces turned further are guessed by the mesh."""


@dataclass(frozen=True, eq=False)
class IdleMotion:
    """The blinks and head motion of a still; draws frame by frame, in any order."""

    eyes: list[list[Eye]]
    """Of each face; none where it does not blink."""
    blinks: Float32Array
    """float32, shape (n_frames, n_faces), 0 open to 1 shut."""
    sway: Sway
    moves: Float32Array
    """float32, shape (n_frames, n_faces, 5)."""

    def show(self, picture: Picture, output_frame: int) -> bool:
        """Draws into a picture whose mouths are drawn already, in place; whether it changed."""
        has_blinked = False
        for eyes, closure in zip(self.eyes, self.blinks[output_frame], strict=True):
            drawings = [draw_blink(picture, eye, float(closure)) for eye in eyes]
            has_blinked |= any(drawing is not None for drawing in drawings)
        return self.sway.apply(picture, self.moves[output_frame]) or has_blinked


def plan_idle(scene: Scene, picture: Picture, timeline: Timeline, seed: int) -> IdleMotion | None:
    """The idle motion of all faces of a still; None when none is large enough to tell.

    Args:
        scene: of one frame, its tracks with their points.
        picture: the still.
        timeline: of the output.
        seed: equal seeds give equal motion.
    """
    tracks = {
        number: track
        for number, track in scene.analysis.tracks.items()
        if track.is_tracked[0] and track.heights()[0] >= MIN_FACE_PIXELS
    }
    if not tracks:
        return None
    seconds = timeline.clock.ticks() * float(timeline.clock.time_base)
    chances = [np.random.default_rng([seed, number]) for number in tracks]
    return IdleMotion(
        [_eyes(picture, track) for track in tracks.values()],
        np.stack([_blinks(seconds, chance) for chance in chances], axis=1),
        Sway(picture.width, picture.height, [_head(track) for track in tracks.values()]),
        np.stack([_wander(seconds, chance) for chance in chances], axis=1),
    )


def _eyes(picture: Picture, track: FaceTrack) -> list[Eye]:
    is_turned = abs(float(track.yaw[0])) > _MOST_YAW_DEGREES
    return [] if is_turned else find_eyes(picture, track.landmarks[0])


def _head(track: FaceTrack) -> Head:
    right = track.rotations[0][:2, 0]  # where the head's own right points in the picture
    origin = float(track.translations[0, 0]), float(track.translations[0, 1])
    return Head(origin, float(track.scales[0]), float(np.arctan2(right[1], right[0])))


def _blinks(seconds: Float64Array, chance: np.random.Generator) -> Float32Array:
    """How far the lids are shut at each time: float32, shape (n,)."""
    closure = np.zeros(len(seconds), np.float32)
    start = chance.uniform(*_FIRST_BLINK_SECONDS)
    while len(seconds) and start < seconds[-1]:
        length = chance.uniform(*_BLINK_SECONDS)
        phase = (seconds - start) / length
        falling = phase / _CLOSING_SHARE
        rising = (1 - phase) / (1 - _CLOSING_SHARE - _SHUT_SHARE)
        closure = np.maximum(closure, _smooth(np.minimum(falling, rising)))
        start += length + chance.uniform(*_BETWEEN_BLINKS_SECONDS)
    return closure


def _wander(seconds: Float64Array, chance: np.random.Generator) -> Float32Array:
    """Slow sines of random speed and phase, for each move: float32, shape (n, 5); 0 at the start."""
    n_moves, n_sines = len(_SWAY), len(_WEIGHTS)
    speeds = chance.uniform(*_SPEEDS_HZ, (n_moves, n_sines))
    phases = chance.uniform(0, 2 * np.pi, (n_moves, n_sines))
    waves = np.sin(2 * np.pi * seconds[:, None, None] * speeds + phases) @ _WEIGHTS
    level = _SWAY / np.sqrt((_WEIGHTS**2).sum() / 2)
    return np.asarray(waves * level * _smooth(seconds / _EASE_SECONDS)[:, None], np.float32)


def _smooth(t: Float64Array) -> Float32Array:
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
