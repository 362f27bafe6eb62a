"""What never leaves the chin is found by its edge, which moves; a beard has no such edge."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.cover import Neighbourhood
from lipwright.analysis.faces.lasting_cover import is_foreign, lasting_cover

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

N_FRAMES = 60
ACROSS, DOWN = np.meshgrid(np.arange(-30.0, 31.0, 6.0), np.arange(-80.0, -29.0, 6.0))
POINTS = np.stack([ACROSS.ravel(), DOWN.ravel(), np.zeros(ACROSS.size)], axis=1).astype(np.float32)
"""Canonical mm, 6 from one to the next."""
SKIN = np.array([90, 210, 215], np.float32)
BLACK, BEARD = np.array([20, 192, 192], np.float32), np.array([45, 205, 210], np.float32)
"""Weighted Lab."""


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def _microphone(right: float) -> BoolArray:
    """Over the chin, as far to the right as this."""
    return np.asarray((POINTS[:, 0] < right) & (POINTS[:, 1] < -55), np.bool_)


def _face(rng: np.random.Generator, below: Float32Array = SKIN) -> Float32Array:
    """A face with skin, or something else, below its lips."""
    colors = np.repeat(np.where((POINTS[:, 1] < -55)[:, None], below, SKIN)[None], N_FRAMES, axis=0)
    return np.asarray(colors + rng.normal(0, 2, colors.shape), np.float32)


def _unusual(colors: Float32Array) -> BoolArray:
    """Points that differ from how they mostly look, as they are found for any face."""
    usual = np.median(colors, axis=0)
    return np.asarray(np.linalg.norm(colors - usual, axis=-1) > 22, np.bool_)


def _found(colors: Float32Array) -> BoolArray:
    """The points that are unusual when it is known what is always there."""
    is_skin = np.ones(len(POINTS), np.bool_)
    lasting = lasting_cover(colors, SKIN, _unusual(colors), is_skin, Neighbourhood(POINTS))
    return np.asarray(np.where(lasting, is_foreign(colors, SKIN), _unusual(colors)), np.bool_)


def _held(colors: Float32Array) -> BoolArray:
    """Lays a microphone over the face that moves on for a third of the time; where it is."""
    is_there = np.stack([_microphone(31.0 if 20 <= row < 40 else 9.0) for row in range(N_FRAMES)])
    colors[is_there] = BLACK
    return is_there


def test_what_is_there_all_the_time_is_found_in_every_frame(rng: np.random.Generator) -> None:
    """Of most of it nothing is unusual in any frame."""
    colors = _face(rng)
    is_there = _held(colors)
    assert not _unusual(colors)[0].any()
    assert (_found(colors) == is_there).all()


def test_points_that_it_leaves_are_free(rng: np.random.Generator) -> None:
    colors = _face(rng)
    is_there = _held(colors)
    colors[50:], is_there[50:] = _face(rng)[50:], False
    assert (_found(colors) == is_there).all()


def test_a_beard_is_no_cover(rng: np.random.Generator) -> None:
    colors = _face(rng, BEARD)
    assert not _found(colors).any()


def test_a_beard_beside_what_comes_and_goes_is_no_part_of_it(rng: np.random.Generator) -> None:
    """It is dark as well, but another dark, and stays dark when the thing is gone."""
    colors = _face(rng, BEARD)
    hand = (POINTS[:, 0] < -5) & (POINTS[:, 1] > -62)
    colors[20:40, hand] = BLACK
    assert (_found(colors) == _unusual(colors)).all()


def test_a_beard_whose_edge_is_blurred_is_no_cover(rng: np.random.Generator) -> None:
    """The head shakes: for some frames skin beside the beard has its color. It grows on both sides."""
    colors = _face(rng, BEARD)
    beside = (POINTS[:, 1] < -48) & (POINTS[:, 1] > -56)
    colors[np.ix_(range(20, 40), np.flatnonzero(beside))] = BEARD
    assert (_found(colors) == _unusual(colors)).all()
