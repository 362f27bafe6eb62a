import numpy as np

from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.inside import N_INSIDE, inside_of


def _mouth(top: float, bottom: float) -> np.ndarray:
    """Points of a mouth from x 20 to 80 that is open from ``top`` to ``bottom``."""
    points = np.zeros((mesh.N_POINTS, 2), np.float32)
    inner = points[mesh.INNER]
    x = np.linspace(20, 80, mesh.N_RING // 2 + 1)
    inner[: mesh.N_RING // 2 + 1] = np.column_stack([x, np.full_like(x, bottom)])
    inner[mesh.UPPER_HALF] = np.column_stack([x[1:-1][::-1], np.full(len(x) - 2, top)])
    return points


def test_teeth_tongue_and_dark_are_told_apart_by_their_place() -> None:
    """Bright above, dim below on the left: each part reads its own light."""
    crop = np.full((100, 100, 3), 128, np.uint8)
    crop[:50, :, 0], crop[50:, :, 0], crop[50:, 58:, 0] = 200, 20, 120
    seen = inside_of(crop, _mouth(30, 70))
    np.testing.assert_allclose(seen, [200, 200, 200, 20, 20, 120], atol=10)
    assert len(seen) == N_INSIDE


def test_what_is_seen_goes_along_with_the_lips() -> None:
    """The same mouth drawn half as far open shows the same, and shut lips their line."""
    crop = np.full((100, 100, 3), 128, np.uint8)
    crop[..., 0] = np.arange(100)[:, None]
    wide, half = inside_of(crop, _mouth(30, 70)), inside_of(crop, _mouth(40, 60))
    np.testing.assert_allclose(wide - 50, 2 * (half - 50), atol=0.5)
    np.testing.assert_allclose(inside_of(crop, _mouth(50, 50)), 50, atol=0.5)


def test_a_mouth_at_the_edge_of_its_crop_is_read_as_far_as_it_goes() -> None:
    """Samples beyond the edge are those at the edge."""
    crop = np.full((60, 40, 3), 77, np.uint8)
    np.testing.assert_array_equal(inside_of(crop, _mouth(50, 90)), 77)
