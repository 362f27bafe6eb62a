"""Things that are laid before a filmed mouth by drawing them: what each of their samples hides is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import MEAN_FACE, OUTER_LIP, rows
from lipwright.analysis.faces.track import FaceTrack
from lipwright.geometry import Box
from lipwright.media.picture import Picture

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]
Color = tuple[float, float, float]

PERIOD_SECONDS = 4.0
"""Every thing comes and goes anew."""
_SHUTTER_FRAMES = np.array([-0.25, 0.0, 0.25])
"""What moves is blurred by half a frame."""
_LIGHT = np.array([-0.4, -0.6, 0.7], np.float32)
_REACH_MM = 170.0
_GRAIN_LEVELS = 1.5
_EDGE_PIXELS = 1.6
_MESH_MM, _MESH_LEVELS = 2.2, 16.0
_CHEEKS = rows(205, 425, 50, 280)
_MOUTH = MEAN_FACE[OUTER_LIP].mean(axis=0).astype(np.float64)
_HAND_SHARE, _HAND_TINT = 0.95, np.array([-1.0, 2.0], np.float32)
"""A hand is a little darker and redder than the face."""


@dataclass(frozen=True)
class Part:
    """A rounded piece from one place to another; millimetres from the middle of the thing, y down."""

    start: tuple[float, float]
    stop: tuple[float, float]
    radius: float
    color: Color | None = None
    """Y'CbCr, levels; None for the skin of the face."""
    is_meshed: bool = False
    is_flat: bool = False


@dataclass(frozen=True)
class Occluder:
    """Something that comes before a mouth."""

    name: str
    parts: tuple[Part, ...]
    """The last in front."""
    path: tuple[Color, ...]
    """Seconds of the period, and where the middle of the thing is then, mm from the middle of the mouth, y
    down; it moves evenly from one place to the next."""
    sway_mm: float = 1.5

    def at(self, seconds: float) -> NDArray[np.float64]:
        """Where its middle is."""
        times, x, y = np.array(self.path).T
        phase = seconds % PERIOD_SECONDS
        sway = self.sway_mm * np.sin(np.array([5.1, 7.3]) * seconds)
        place = [float(np.interp(phase, times, along)) for along in (x, y)]
        return np.asarray(place + sway)


@dataclass(frozen=True, eq=False)
class Layer:
    """Where a thing is in one frame."""

    box: Box
    alpha: Float32Array
    """float32, shape (box.height, box.width), 0 to 1: 1 where nothing of the face is seen."""


def lay(thing: Occluder, picture: Picture, track: FaceTrack, frame_index: int) -> Layer:
    """Lays a thing over a face, in place.

    Args:
        picture: the frame; changed.
        track: of the face as it was filmed, with its points.
        frame_index: of the frame, tracked.
    """
    pose = track.pose(frame_index)
    middle = pose.apply(_MOUTH[None])[0, :2]
    to_picture = pose.scale * pose.rotation[:2, :2] * (1, -1)
    low, high = middle - _REACH_MM * pose.scale, middle + _REACH_MM * pose.scale
    box = Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])).even()
    box = box.clipped(picture.width - picture.width % 2, picture.height - picture.height % 2)
    grid = np.stack(np.meshgrid(np.arange(box.left, box.right), np.arange(box.top, box.bottom)), axis=-1)
    places = (grid - middle) @ np.linalg.inv(to_picture).T
    skin = _skin_of(picture, track.landmarks[frame_index - track.start])
    color, alpha = np.zeros((*places.shape[:2], 3), np.float32), np.zeros(places.shape[:2], np.float32)
    for shutter in _SHUTTER_FRAMES:
        middle = thing.at((frame_index + shutter) / track.frames_per_second)
        one, covers = _drawn(thing, (places - middle).astype(np.float32), skin, float(pose.scale))
        color += one / len(_SHUTTER_FRAMES)
        alpha += covers / len(_SHUTTER_FRAMES)
    grain = np.random.default_rng(frame_index).normal(0, _GRAIN_LEVELS, alpha.shape)
    color[..., 0] += alpha * grain.astype(np.float32)
    mixed = np.clip(np.round(color + (1 - alpha[..., None]) * picture.crop_ycc(box)), 0, 255)
    picture.blend_ycc(box, mixed.astype(np.uint8), np.where(alpha > 0, 255, 0).astype(np.uint8))
    return Layer(box, alpha)


def _skin_of(picture: Picture, landmarks: Float32Array) -> Float32Array:
    """A hand's usual color beside the cheeks of a face; shape (3,)."""
    at = landmarks[_CHEEKS, :2]
    low, high = at.min(axis=0), at.max(axis=0)
    box = Box(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1).even()
    color = np.median(picture.crop_ycc(box).reshape(-1, 3), axis=0)
    return np.concatenate([color[:1] * _HAND_SHARE, color[1:] + _HAND_TINT], dtype=np.float32)


def _drawn(
    thing: Occluder, places: Float32Array, skin: Float32Array, scale: float
) -> tuple[Float32Array, Float32Array]:
    """The thing's colors, multiplied with how much it hides, and that, 0 to 1."""
    color, alpha = np.zeros((*places.shape[:2], 3), np.float32), np.zeros(places.shape[:2], np.float32)
    for part in thing.parts:
        start, along = np.array(part.start, np.float32), np.subtract(part.stop, part.start, dtype=np.float32)
        share = np.clip((places - start) @ along / max(float(along @ along), 1e-6), 0, 1)
        away = (places - start - share[..., None] * along) / np.float32(part.radius)
        distance = np.linalg.norm(away, axis=-1)
        covers = np.clip(0.5 + (1 - distance) * part.radius * scale / _EDGE_PIXELS, 0, 1)
        own = np.empty_like(color)
        own[:] = skin if part.color is None else part.color
        if not part.is_flat:
            height = np.sqrt(np.maximum(1 - distance**2, 0))
            own[..., 0] *= 0.55 + 0.5 * np.maximum(away @ _LIGHT[:2] + height * _LIGHT[2], 0)
        if part.is_meshed:
            own[..., 0] += _MESH_LEVELS * np.prod(np.sin(2 * np.pi / _MESH_MM * places), axis=-1)
        color += covers[..., None] * (own - color)
        alpha += covers * (1 - alpha)
    return color, alpha


_BLACK, _GREY, _GLASS = (42.0, 128.0, 128.0), (75.0, 128.0, 127.0), (30.0, 131.0, 126.0)
_FINGER = (Part((0, 0), (70, 120), 9.5),)
_FINGERS = tuple(Part((x, -60 + 0.02 * x * x), (0.8 * x, 10), 9.5) for x in (-30.0, -10.0, 10.0, 30.0))
_HAND = (
    Part((0, 95), (0, 160), 30),
    Part((-16, 45), (16, 45), 38),
    Part((-34, 40), (-56, -5), 10),
    *_FINGERS,
)
_MICROPHONE = (Part((0, 0), (18, 130), 13, _GREY), Part((0, 0), (0, 0), 24, _BLACK, is_meshed=True))
_TELEPHONE = tuple(
    Part((x, -50), (x, 50), radius, color, is_flat=color is _GLASS)
    for color, radius in ((_GREY, 20), (_GLASS, 18))
    for x in (-16.0, 0.0, 16.0)
)

OCCLUDERS = (
    Occluder(
        "hand waved past",
        _HAND,
        ((0, -190, 40), (0.8, -190, 30), (1.3, 190, 10), (2.0, 190, 40), (2.6, -190, 20)),
    ),
    Occluder(
        "hand over it", _HAND, ((0, 20, 230), (0.6, 20, 230), (0.9, 0, 15), (1.9, 4, 12), (2.2, 20, 230))
    ),
    Occluder("finger beside", _FINGER, ((0, 150, 160), (0.5, 18, 12), (1.9, 24, 16), (2.4, 150, 160))),
    Occluder(
        "microphone comes beside", _MICROPHONE, ((0, 60, 190), (0.5, 8, 36), (1.9, 12, 32), (2.4, 60, 190))
    ),
    Occluder(
        "microphone stays beside", _MICROPHONE, ((0, 8, 44), (0.8, 12, 32), (2.6, 4, 38), (4, 8, 44)), 2.5
    ),
    Occluder(
        "microphone over it",
        _MICROPHONE,
        ((0, 60, 200), (0.7, 30, 60), (0.9, 2, 8), (1.9, 0, 6), (2.1, 30, 60), (2.4, 60, 200)),
    ),
    Occluder(
        "telephone half over",
        _TELEPHONE,
        ((0, 220, 60), (0.6, 220, 60), (0.9, 32, 10), (1.9, 36, 14), (2.2, 220, 60)),
    ),
)
"""What only passes, what hides lips for a second, what comes beside them, and what is always there."""
