from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.analysis.faces.occlusion import MOUTH_POINTS, N_LOOKED_AT, find_occlusion, sample_look
from tests.unit.analysis.faces.drawn_face import draw_face, plain_canvas

FloatArray = NDArray[np.floating[Any]]
UInt8Array = NDArray[np.uint8]

FRONTAL = np.diag([1.0, -1.0, -1.0]).astype(np.float32)
POINTS = np.stack([128 + MEAN_FACE[:, 0], 120 - MEAN_FACE[:, 1]], axis=1)
"""Where the average face lies in a crop of 256 pixels, one pixel per millimetre."""
MOUTH = (128, 165)


def crop(rng: np.random.Generator, gain: float = 1.0) -> UInt8Array:
    """The drawn face as the mesh sees it, with a little noise and light that may change."""
    face = draw_face(plain_canvas(256, 256), (128, 115), 190).astype(np.float32)
    return np.clip(face * gain + rng.normal(0, 3, face.shape), 0, 255).astype(np.uint8)


def occlusion(crops: list[UInt8Array], rotation: FloatArray = FRONTAL) -> FloatArray:
    looks = np.array([sample_look(image, POINTS) for image in crops])
    return find_occlusion(looks, np.repeat(rotation[np.newaxis], len(crops), axis=0)).amount


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_a_face_nobody_covers_is_never_occluded(rng: np.random.Generator) -> None:
    assert occlusion([crop(rng) for _ in range(20)]).max() < 0.2


@pytest.mark.parametrize(
    "color",
    [(20, 20, 24), (150, 150, 155), (110, 60, 40)],  # a microphone, a phone, a hand in shadow
)
def test_what_comes_before_the_mouth_is_noticed_and_only_then(
    rng: np.random.Generator, color: tuple[int, int, int]
) -> None:
    crops = [crop(rng) for _ in range(30)]
    for image in crops[10:20]:
        cv2.circle(image, MOUTH, 30, color, -1)
    found = occlusion(crops) >= 0.5
    assert found[10:20].all()
    assert not found[:10].any()
    assert not found[20:].any()


def test_a_microphone_that_is_there_most_of_the_time_is_not_taken_for_the_face(
    rng: np.random.Generator,
) -> None:
    crops = [crop(rng) for _ in range(30)]
    for image in crops[10:]:
        cv2.circle(image, MOUTH, 30, (20, 20, 24), -1)
    crops[10:15] = [crop(rng) for _ in range(5)]  # half of the frames are clear
    found = occlusion(crops) >= 0.5
    assert found[15:].all()
    assert not found[:15].any()


def test_a_beard_belongs_to_the_face(rng: np.random.Generator) -> None:
    crops = [crop(rng) for _ in range(20)]
    for image in crops:
        cv2.ellipse(image, (128, 185), (45, 35), 0, 0, 180, (50, 38, 30), -1)
    assert occlusion(crops).max() < 0.2


def test_changing_light_is_no_occluder(rng: np.random.Generator) -> None:
    assert occlusion([crop(rng, gain) for gain in np.linspace(0.6, 1.1, 24)]).max() < 0.5


def test_nothing_is_claimed_of_a_profile(rng: np.random.Generator) -> None:
    crops = [crop(rng) for _ in range(10)]
    cv2.circle(crops[5], MOUTH, 40, (20, 20, 24), -1)
    profile = FRONTAL @ Rotation.from_euler("y", 60, degrees=True).as_matrix().astype(np.float32)
    assert occlusion(crops, profile).max() == 0


def test_one_frame_is_its_own_reference(rng: np.random.Generator) -> None:
    assert occlusion([crop(rng)]).tolist() == [0.0]


def test_the_last_second_of_minutes_is_known_as_well_as_the_others(rng: np.random.Generator) -> None:
    """Long tracks are compared in parts; one of a few frames would show nothing but the thing in front."""
    skin, hand = np.array([150, 140, 145]), np.array([60, 128, 128])
    colors = np.repeat(skin + rng.normal(0, 2, (3010, 1, 3)), N_LOOKED_AT, axis=1)
    colors[2990:, : len(MOUTH_POINTS)] = hand
    amount = find_occlusion(colors.astype(np.uint8), np.repeat(FRONTAL[np.newaxis], 3010, axis=0)).amount
    assert amount[:2980].max() < 0.2
    assert amount[2990:].min() >= 0.5


def test_the_points_behind_a_thing_from_outside_are_named(rng: np.random.Generator) -> None:
    crops = [crop(rng) for _ in range(30)]
    for image in crops[10:20]:
        cv2.rectangle(image, (112, 180), (144, 255), (30, 40, 90), -1)
    looks = np.array([sample_look(image, POINTS) for image in crops])
    covered = find_occlusion(looks, np.repeat(FRONTAL[np.newaxis], 30, axis=0)).covered
    at = POINTS[MOUTH_POINTS]
    is_behind = (np.abs(at[:, 0] - 128) < 12) & (at[:, 1] > 184)
    is_beside = (np.abs(at[:, 0] - 128) > 20) | (at[:, 1] < 174)
    assert covered[11:19, is_behind].all()
    assert not covered[:, is_beside].any()
    assert not covered[:10].any()
    assert not covered[20:].any()


def test_what_lies_beyond_the_edge_of_the_picture_is_nothing_in_front(rng: np.random.Generator) -> None:
    """There its last row is repeated: the red of a lip, where the face has a chin."""
    edge = MOUTH[1] + 8
    looks = []
    for number in range(30):
        image, is_seen = crop(rng), np.ones(len(POINTS), np.bool_)
        if 10 <= number < 20:
            image[edge:] = (176, 20, 40)
            is_seen = POINTS[:, 1] < edge
        looks.append(sample_look(image, POINTS, is_seen))
    found = find_occlusion(np.array(looks), np.repeat(FRONTAL[np.newaxis], 30, axis=0))
    assert found.amount.max() < 0.2
    assert not found.covered.any()


def test_a_blemish_is_nothing_in_front(rng: np.random.Generator) -> None:
    """Inside the mouth's surroundings, not reaching in from anywhere: stubble, a shadow, a bad landmark."""
    crops = [crop(rng) for _ in range(30)]
    for image in crops[10:20]:
        cv2.circle(image, (128, 178), 8, (60, 30, 30), -1)
    looks = np.array([sample_look(image, POINTS) for image in crops])
    assert not find_occlusion(looks, np.repeat(FRONTAL[np.newaxis], 30, axis=0)).covered.any()
