"""Expressions as action units: which part of a face moves where, by how much.

The units are those of the Facial Action Coding System (P. Ekman and W. V. Friesen, 1978; emotions as sums of
units: "Unmasking the Face" and EMFACS). Each is given as pulls on named points of the face mesh; how far a
pull reaches, and how far it moves, is in units of the distance between the eyes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]


class Prompt(StrEnum):
    """What a face may be asked to express."""

    HAPPY = "happy"
    SAD = "sad"
    ANGRY = "angry"
    DISGUSTED = "disgusted"
    SURPRISED = "surprised"
    NEUTRAL = "neutral"


class Part(IntEnum):
    """What a point of a face belongs to."""

    SKIN = 0
    LID = 1
    OUTLINE = 2
    """Hair, ears and background hang on it: no expression moves it."""


@dataclass(frozen=True)
class Pull:
    """One place of a face and its mirror image, and where they are pulled."""

    left: int
    """Point of the face mesh that is left in the picture."""
    right: int
    """Its mirror image."""
    outward: float
    """Away from the middle of the face, in eye distances."""
    up: float
    reach: float
    """Standard deviation of the Gaussian by which the pull fades, in eye distances."""
    is_lid: bool = False
    """Lids move by themselves: pulls on lids move nothing but lids, other pulls move no lids."""


@dataclass(frozen=True, eq=False)
class ExpressionField:
    """How the points of one face move in full expression."""

    skin: Float32Array
    """float32, shape (n, 3): canonical mm."""
    lids: Float32Array
    """float32, shape (n, 3): canonical mm; only as far as the eye is open."""


@dataclass(frozen=True)
class Manner:
    """How the mouths that a voice asks for are changed, so that others are chosen and drawn."""

    opening: float = 1.0
    """Factor by which an open mouth opens further: action unit 26, the dropped jaw."""
    width_mm: float = 0.0
    """What is added to its width, canonical mm."""


UNITS: dict[int, tuple[Pull, ...]] = {
    1: (Pull(107, 336, 0.004, 0.112, 0.12), Pull(55, 285, 0.0, 0.100, 0.11)),
    2: (
        Pull(105, 334, 0.0, 0.100, 0.13),
        Pull(63, 293, 0.005, 0.108, 0.14),
        Pull(53, 283, 0.0, 0.092, 0.12),
        Pull(70, 300, 0.0, 0.100, 0.12),
    ),
    4: (
        Pull(107, 336, -0.060, -0.098, 0.13),
        Pull(55, 285, -0.062, -0.112, 0.11),
        Pull(105, 334, -0.024, -0.066, 0.14),
        Pull(52, 282, -0.022, -0.072, 0.12),
    ),
    # short reaches: pulled from further off, the lower lid would come along and the eye rise, not open
    5: (
        Pull(159, 386, 0.0, 0.044, 0.05, is_lid=True),
        Pull(160, 387, 0.0, 0.041, 0.05, is_lid=True),
        Pull(158, 385, 0.0, 0.041, 0.05, is_lid=True),
    ),
    6: (
        Pull(117, 346, 0.0, 0.056, 0.16),
        Pull(50, 280, 0.012, 0.070, 0.20),
        Pull(145, 374, 0.0, 0.036, 0.05, is_lid=True),
        Pull(144, 373, 0.0, 0.034, 0.05, is_lid=True),
        Pull(153, 380, 0.0, 0.034, 0.05, is_lid=True),
    ),
    7: (
        Pull(145, 374, 0.0, 0.032, 0.05, is_lid=True),
        Pull(144, 373, 0.0, 0.030, 0.05, is_lid=True),
        Pull(153, 380, 0.0, 0.030, 0.05, is_lid=True),
        Pull(159, 386, 0.0, -0.012, 0.06, is_lid=True),
    ),
    9: (
        Pull(129, 358, 0.012, 0.090, 0.15),
        Pull(98, 327, 0.006, 0.055, 0.10),
        Pull(55, 285, -0.040, -0.085, 0.13),
        Pull(117, 346, -0.010, 0.048, 0.16),
    ),
    10: (Pull(37, 267, 0.0, 0.062, 0.15), Pull(40, 270, 0.006, 0.070, 0.10)),
    12: (Pull(61, 291, 0.095, 0.122, 0.20), Pull(205, 425, 0.040, 0.070, 0.20)),
    15: (Pull(61, 291, 0.016, -0.086, 0.16), Pull(57, 287, 0.010, -0.077, 0.16)),
    16: (Pull(84, 314, 0.0, -0.030, 0.16),),
    17: (Pull(84, 314, 0.0, 0.030, 0.20), Pull(32, 262, 0.0, 0.030, 0.16)),
    23: (
        Pull(61, 291, -0.050, -0.012, 0.17),
        Pull(37, 267, 0.0, -0.022, 0.10),
        Pull(84, 314, 0.0, 0.024, 0.10),
    ),
    38: (Pull(129, 358, 0.022, 0.006, 0.09),),
    43: (
        Pull(159, 386, 0.0, -0.024, 0.05, is_lid=True),
        Pull(160, 387, 0.0, -0.022, 0.05, is_lid=True),
        Pull(158, 385, 0.0, -0.020, 0.05, is_lid=True),
    ),
}
"""Action unit by its number. 26, the dropped jaw, is the mouth's own: see ``MANNERS``."""

EXPRESSIONS: dict[Prompt, dict[int, float]] = {
    Prompt.HAPPY: {1: 0.2, 2: 0.2, 6: 1.0, 12: 1.0},
    Prompt.SAD: {1: 1.0, 4: 0.25, 15: 1.0, 17: 0.8, 43: 1.0},
    Prompt.ANGRY: {4: 1.0, 5: 0.4, 7: 1.0, 15: 0.3, 17: 0.6, 23: 1.0, 38: 1.0},
    Prompt.DISGUSTED: {7: 1.0, 9: 1.0, 10: 1.0, 15: 0.9, 16: 0.6},
    Prompt.SURPRISED: {1: 1.0, 2: 1.0, 5: 1.0},
    Prompt.NEUTRAL: {},
}
"""Units and how strongly each takes part."""

MANNERS: dict[Prompt, Manner] = {
    Prompt.HAPPY: Manner(opening=1.1, width_mm=3.0),
    Prompt.ANGRY: Manner(width_mm=-1.5),
    Prompt.SURPRISED: Manner(opening=1.45, width_mm=-2.0),
}
"""How a mouth speaks in an expression, where it does so in a manner of its own."""

MOUTH_UNITS = frozenset({10, 12, 15, 16, 17, 23})
"""Those that move nothing but mouth, jaw and cheeks."""


_ALONE = 1.3
"""A mouth that expresses by itself does so more strongly: nothing else of the face helps it."""


def units_of(prompt: Prompt, *, with_mouth_only: bool = False) -> dict[int, float]:
    """The units of an expression, or those of its mouth, and how strongly each takes part."""
    if with_mouth_only:
        return {unit: _ALONE * share for unit, share in EXPRESSIONS[prompt].items() if unit in MOUTH_UNITS}
    return EXPRESSIONS[prompt]


def manner_of(prompt: Prompt, *, with_mouth_only: bool = False) -> Manner:
    """How a mouth speaks in an expression, with the rest of the face or without its help."""
    manner, share = MANNERS.get(prompt, Manner()), _ALONE if with_mouth_only else 1.0
    return Manner(1.0 + share * (manner.opening - 1.0), share * manner.width_mm)


def expression_field(
    units: Mapping[int, float],
    points: Float32Array,
    numbers: tuple[int, ...],
    parts: NDArray[np.uint8],
    eye_distance: float,
) -> ExpressionField:
    """The field of an expression on one face.

    Args:
        units: action units and how strongly each takes part.
        points: float32, shape (n, 3): the face at rest, canonical mm.
        numbers: which point of the face mesh each is.
        parts: uint8, shape (n,): ``Part`` of each.
        eye_distance: of this face, mm.
    """
    place = {number: row for row, number in enumerate(numbers)}
    skin, lids = np.zeros(points.shape, np.float32), np.zeros(points.shape, np.float32)
    for unit, intensity in units.items():
        share = np.float32(intensity * eye_distance)
        on_skin = [pull for pull in UNITS[unit] if not pull.is_lid]
        on_lids = [pull for pull in UNITS[unit] if pull.is_lid]
        skin += share * _moved(on_skin, points, place, eye_distance)
        lids += share * _moved(on_lids, points, place, eye_distance)
    return ExpressionField(skin * (parts == Part.SKIN)[:, None], lids * (parts == Part.LID)[:, None])


def _moved(
    pulls: list[Pull], points: Float32Array, place: dict[int, int], eye_distance: float
) -> Float32Array:
    """Pulls that overlap are averaged, not added: a unit moves a place as far as it is said to."""
    total = np.zeros(points.shape, np.float32)
    weight = np.zeros(len(points), np.float32)
    for pull in pulls:
        for number, side in ((pull.left, -1.0), (pull.right, 1.0)):
            away = points[:, :2] - points[place[number], :2]
            share = np.exp(-0.5 * np.square(away / (pull.reach * eye_distance)).sum(axis=1)).astype(
                np.float32
            )
            total[:, 0] += share * np.float32(side * pull.outward)
            total[:, 1] += share * np.float32(pull.up)
            weight += share
    return np.asarray(total / np.maximum(weight, 1.0)[:, None], np.float32)
