"""Clips of the presenter: how head and eyes move while the mouth speaks, and the harder cases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lipwright.samples.canvas import UInt8Array
from lipwright.samples.presenter import HeadPose, Presenter, PresenterOptions
from lipwright.samples.visemes import Float64Array, MouthCurves

WIDE = PresenterOptions(width=1280, height=480)
"""Room for two presenters."""
_BLINK_SECONDS = 0.22


@dataclass(frozen=True)
class Liveliness:
    """How much a head moves while it speaks; 0 keeps it still."""

    sway: float = 1.0
    """Multiplies drift and rotation; 1 drifts some 4 mm and turns some 4 degrees."""
    blinks_per_minute: float = 16.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class TruthfulFrame:
    """A drawn frame and what is truly in it."""

    image: UInt8Array
    """uint8 RGB, shape (height, width, 3)."""
    gap_pixels: float
    """True mean opening between the inner lips; NaN where no mouth can be seen."""
    mouth_center: tuple[float, float]
    """x, y in pixels; NaN where no mouth can be seen."""


def head_poses(n_frames: int, fps: float, liveliness: Liveliness = Liveliness()) -> list[HeadPose]:
    """Small smooth head motion and blinks, the same for the same seed."""
    rng = np.random.default_rng([liveliness.seed, 31])
    at = np.arange(n_frames) / fps
    drift = {name: liveliness.sway * size * _wander(at, rng) for name, size in _SIZES.items()}
    blink = _blinks(at, liveliness.blinks_per_minute, rng)
    look = 1.1 * min(liveliness.sway, 1.0) * np.round(_wander(at, rng))
    return [
        HeadPose(
            dx=float(drift["dx"][row]),
            dy=float(drift["dy"][row]),
            roll=float(drift["roll"][row]),
            yaw=float(drift["yaw"][row]),
            pitch=float(drift["pitch"][row]),
            scale=float(1 + drift["scale"][row]),
            blink=float(blink[row]),
            gaze=(float(look[row]), 0.0),
        )
        for row in range(n_frames)
    ]


def perform(
    presenter: Presenter, mouth: MouthCurves, fps: float = 25.0, liveliness: Liveliness = Liveliness()
) -> Iterator[TruthfulFrame]:
    """A clip of one presenter with the given mouth motion, frame by frame."""
    for index, head in enumerate(head_poses(len(mouth), fps, liveliness)):
        pose = mouth.pose(index)
        image = presenter.draw(pose, head, index)
        yield TruthfulFrame(image, presenter.gap_pixels(pose, head), presenter.mouth_center(pose, head))


def cover_mouth(
    frame: TruthfulFrame, reach: float = 1.0, color: tuple[int, int, int] = (92, 98, 108)
) -> TruthfulFrame:
    """The frame with a flat board held in front of the mouth.

    Args:
        reach: size of the board; 1 covers a mouth of an ordinary presenter and its chin.
    """
    image = frame.image.copy()
    half = reach * 0.13 * image.shape[0]
    x, y = frame.mouth_center
    corners = np.array([[-1.3, -0.62], [1.3, -0.5], [1.3, 0.9], [-1.3, 0.78]]) * half + (x, y)
    cv2.fillConvexPoly(image, np.round(corners * 16).astype(np.int32), color, lineType=cv2.LINE_AA, shift=4)
    return replace(frame, image=image, gap_pixels=float("nan"))


def empty_room(presenter_options: PresenterOptions, n_frames: int) -> Iterator[TruthfulFrame]:
    """A clip of the room with nobody's face in it: the presenter's shoulders are below the picture."""
    below = replace(presenter_options, center=(presenter_options.center[0], 2.5))
    presenter = Presenter(below)
    nowhere = float("nan")
    for index in range(n_frames):
        image = presenter.add_grain(presenter.backdrop, index)
        yield TruthfulFrame(image, nowhere, (nowhere, nowhere))


class Duet:
    """Two presenters side by side in one room."""

    def __init__(self, options: PresenterOptions = WIDE) -> None:
        """Seats the person of ``options.seed`` on the left and that of the next seed on the right."""
        height = options.center[1]
        left = Presenter(replace(options, center=(0.27, height)))
        right = Presenter(replace(options, center=(0.73, height), seed=options.seed + 1), left.backdrop)
        self.presenters = (left, right)

    def perform(
        self,
        mouths: tuple[MouthCurves, MouthCurves],
        fps: float = 25.0,
        liveliness: Liveliness = Liveliness(),
    ) -> Iterator[tuple[TruthfulFrame, TruthfulFrame]]:
        """The clip frame by frame: both items hold the same image, each with the truth of one person."""
        n_frames = max(len(mouth) for mouth in mouths)
        moods = [replace(liveliness, seed=liveliness.seed + person) for person in (0, 1)]
        heads = [head_poses(n_frames, fps, mood) for mood in moods]
        for index in range(n_frames):
            image = self.presenters[1].backdrop
            poses = [(mouths[person].pose(index), heads[person][index]) for person in (0, 1)]
            for presenter, (mouth, head) in zip(self.presenters, poses, strict=True):
                presenter.draw_head(image, mouth, head)
            image = self.presenters[0].add_grain(image, index)
            left, right = (
                TruthfulFrame(image, presenter.gap_pixels(mouth, head), presenter.mouth_center(mouth, head))
                for presenter, (mouth, head) in zip(self.presenters, poses, strict=True)
            )
            yield left, right


_SIZES = {"dx": 4.0, "dy": 2.0, "roll": 2.4, "yaw": 4.5, "pitch": 3.0, "scale": 0.018}
"""Standard deviation of each part of the head's drift: mm, mm, degrees, degrees, degrees, 1."""


def _wander(at: Float64Array, rng: np.random.Generator) -> Float64Array:
    """A smooth random curve around 0 with a standard deviation near 1: slow sines of random phase."""
    speeds = rng.uniform(0.12, 0.75, 5)
    phases = rng.uniform(0, 2 * np.pi, 5)
    weights = np.array([1.0, 0.8, 0.6, 0.4, 0.3])
    waves = np.sin(2 * np.pi * np.outer(at, speeds) + phases) @ weights
    return np.asarray(waves / np.sqrt((weights**2).sum() / 2))


def _blinks(at: Float64Array, per_minute: float, rng: np.random.Generator) -> Float64Array:
    blink = np.zeros_like(at)
    if per_minute <= 0 or not len(at):
        return blink
    moment = float(rng.uniform(0.3, 1.2)) * 60 / per_minute
    while moment < at[-1]:
        course = 1 - np.abs(at - moment) / (_BLINK_SECONDS / 2)
        blink = np.maximum(blink, np.clip(1.6 * course, 0, 1))
        moment += float(rng.uniform(0.6, 1.4)) * 60 / per_minute
    return blink
