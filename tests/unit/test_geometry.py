import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from lipwright.geometry import Box, Similarity, align, align_all

NUMBERS = st.integers(-500, 500)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_an_even_box_holds_the_box_and_has_even_edges(left: int, top: int, width: int, height: int) -> None:
    """4:2:0 chroma needs even edges, also left of and above the picture."""
    box = Box(left, top, left + abs(width), top + abs(height))
    even = box.even()
    assert even.left % 2 == even.top % 2 == even.right % 2 == even.bottom % 2 == 0
    assert even.left <= box.left
    assert even.right >= box.right
    assert even.width <= box.width + 2


def test_clipping_leaves_what_is_inside() -> None:
    """A box half outside loses that half; one wholly outside becomes empty."""
    assert Box(-10, -10, 10, 10).clipped(100, 100) == Box(0, 0, 10, 10)
    assert Box(200, 200, 210, 210).clipped(100, 100).width == 0


def test_overlap_is_one_for_the_same_box_and_zero_for_strangers() -> None:
    """Intersection over union; empty boxes overlap nothing."""
    assert Box(0, 0, 10, 10).overlap(Box(0, 0, 10, 10)) == 1.0
    assert Box(0, 0, 10, 10).overlap(Box(5, 0, 15, 10)) == 1 / 3
    assert Box(0, 0, 10, 10).overlap(Box(20, 20, 30, 30)) == 0.0
    assert Box(0, 0, 0, 0).overlap(Box(0, 0, 0, 0)) == 0.0


@given(st.integers(0, 2**32 - 1))
def test_alignment_finds_the_similarity_that_moved_the_points(seed: int) -> None:
    """Exact data gives the exact rotation, scale and translation, never a mirror image."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(12, 3))
    moved = Similarity(
        Rotation.random(random_state=seed).as_matrix(), rng.uniform(0.1, 9), rng.normal(size=3)
    )
    found = align(points, moved.apply(points))
    np.testing.assert_allclose(found.apply(points), moved.apply(points), atol=1e-6)
    np.testing.assert_allclose(np.linalg.det(found.rotation), 1.0, atol=1e-6)


def test_the_inverse_brings_points_back() -> None:
    """There and back is where one was."""
    there = Similarity(
        Rotation.from_euler("xyz", [0.3, -0.2, 1.0]).as_matrix(), 2.5, np.array([1.0, -2.0, 3.0])
    )
    points = np.arange(12.0).reshape(4, 3)
    np.testing.assert_allclose(there.inverse().apply(there.apply(points)), points, atol=1e-9)


def test_many_similarities_are_as_many_single_ones() -> None:
    """Fitting, moving and undoing agree frame by frame."""
    rng = np.random.default_rng(6)
    points, references = rng.normal(size=(9, 3)), rng.normal(size=(4, 9, 3))
    together = align_all(points, references)
    assert len(together) == 4
    moved = together.apply(references)
    for frame, reference in enumerate(references):
        alone = align(points, reference)
        np.testing.assert_allclose(together[frame].rotation, alone.rotation, atol=1e-12)
        np.testing.assert_allclose(moved[frame], alone.apply(reference), atol=1e-12)
    np.testing.assert_allclose(together.inverse().apply(moved), references, atol=1e-12)
