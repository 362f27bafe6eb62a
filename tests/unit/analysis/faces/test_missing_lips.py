"""Lips that show nothing red are hidden if the skin about them is strange too, and pressed in if not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.missing_lips import RED_POINTS, missing_lips

Float32Array = NDArray[np.float32]

SKIN = np.array([90.0, 210.0, 215.0], np.float32)
"""Weighted Lab of the cheeks."""
RED = np.array([-15.0, 14.0, 4.0], np.float32)
"""What sets lips off from it."""
N_SKIN = 60
IS_NEAR = np.arange(N_SKIN) < 25
HIDDEN = slice(40, 50)


def face(rng: np.random.Generator, n_frames: int = 100) -> tuple[Float32Array, Float32Array]:
    """Lips and skin of a face that nobody covers, with the changes that speech brings about."""
    lips = SKIN + RED + rng.normal(0, 4, (n_frames, len(RED_POINTS), 3))
    return lips.astype(np.float32), (SKIN + rng.normal(0, 3, (n_frames, N_SKIN, 3))).astype(np.float32)


def found(lips: Float32Array, skin: Float32Array) -> Float32Array:
    """How surely lips are hidden, of frames that show nothing else in front."""
    return missing_lips(lips, skin, IS_NEAR, SKIN, np.ones(len(lips), np.bool_))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_lips_that_are_always_seen_are_never_missing(rng: np.random.Generator) -> None:
    assert found(*face(rng)).max() == 0


def test_a_hand_of_the_color_of_the_skin_hides_lips(rng: np.random.Generator) -> None:
    """It is a little darker than the cheeks, and no point of it further from them than speech brings one."""
    lips, skin = face(rng)
    hand = SKIN + np.array([-7, 3, 2], np.float32)
    for part in (lips, skin):
        part[HIDDEN] = hand + rng.normal(0, 2, part[HIDDEN].shape)
    amount = found(lips, skin)
    assert (amount[HIDDEN] == 1).all()
    assert amount[:36].max() == amount[54:].max() == 0


def test_frames_beside_hidden_ones_are_doubted(rng: np.random.Generator) -> None:
    """The hand is over some of the lips before it is over all of them."""
    lips, skin = face(rng)
    for part in (lips, skin):
        part[HIDDEN] = SKIN + np.array([-7, 3, 2], np.float32)
    amount = found(lips, skin)
    assert (amount[[38, 51]] == 1).all()


def test_lips_that_are_pressed_in_are_not_hidden(rng: np.random.Generator) -> None:
    lips, skin = face(rng)
    lips[HIDDEN] = SKIN + 0.3 * RED
    assert found(lips, skin).max() == 0


def test_of_lips_that_look_like_the_skin_nothing_is_said(rng: np.random.Generator) -> None:
    """A moustache, or a face of thirty pixels."""
    lips, skin = face(rng)
    lips -= 0.9 * RED
    for part in (lips, skin):
        part[HIDDEN] = SKIN + np.array([-7, 3, 2], np.float32)
    assert found(lips, skin).max() == 0


def test_a_glimpse_of_a_face_tells_nothing_and_neither_do_points_that_are_never_seen(
    rng: np.random.Generator,
) -> None:
    lips, skin = face(rng, 20)
    assert found(lips, skin).max() == 0
    lips, skin = face(rng)
    lips[:, ::2], skin[:, ::3] = np.nan, np.nan
    assert found(lips, skin).max() == 0
