import numpy as np

from lipwright.geometry import Box
from lipwright.synthesis.warp import displacement, fetch, interpolate, interpolate_at, rasterize, touches

SQUARE = np.array([[10, 10], [50, 10], [50, 50], [10, 50]], np.float32)
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]])
BOX = Box(0, 0, 64, 64)


def test_vertices_that_stay_move_nothing() -> None:
    """Source equals target: every pixel fetches itself, exactly."""
    ids = rasterize(SQUARE, TRIANGLES, BOX)
    across, down = displacement(ids, TRIANGLES, SQUARE, SQUARE, BOX)
    assert not across.any()
    assert not down.any()


def test_an_affine_move_is_found_at_every_pixel() -> None:
    """Triangles that move together by an affine map give that map everywhere inside."""
    matrix, offset = np.array([[1.1, 0.1], [-0.05, 0.9]]), np.array([3.0, -2.0])
    source = (SQUARE @ matrix.T + offset).astype(np.float32)
    ids = rasterize(SQUARE, TRIANGLES, BOX)
    across, down = displacement(ids, TRIANGLES, SQUARE, source, BOX)
    y, x = np.mgrid[15:45, 15:45]
    wanted = np.stack([x, y], axis=-1) @ matrix.T + offset
    np.testing.assert_allclose(x + across[15:45, 15:45], wanted[..., 0], atol=1e-3)
    np.testing.assert_allclose(y + down[15:45, 15:45], wanted[..., 1], atol=1e-3)


def test_values_of_vertices_are_carried_on_between_them() -> None:
    """A gradient said at the corners, of three colours at a time, is one everywhere; 0 outside."""
    values = np.stack([SQUARE[:, 0], 2 * SQUARE[:, 1], SQUARE.sum(axis=1)], axis=1)
    field = interpolate(rasterize(SQUARE, TRIANGLES, BOX), TRIANGLES, SQUARE, values, BOX)
    y, x = np.mgrid[15:45, 15:45]
    np.testing.assert_allclose(field[15:45, 15:45], np.stack([x, 2 * y, x + y], axis=-1), atol=1e-3)
    assert not field[:8].any()


def test_single_places_are_told_the_same_as_every_pixel() -> None:
    """In any order, between pixels too."""
    values = np.stack([SQUARE[:, 0], 2 * SQUARE[:, 1]], axis=1)
    places = np.array([[[40.5, 20.25], [12, 48]]], np.float32)
    seen = interpolate_at(np.array([[0, 1]], np.int32), TRIANGLES, SQUARE, values, places)
    np.testing.assert_allclose(seen, places * [1, 2], atol=1e-3)


def test_triangles_that_lie_beside_a_box_do_not_touch_it() -> None:
    """Only the one that reaches into it does."""
    corners = SQUARE[TRIANGLES]
    assert touches(corners, Box(45, 12, 60, 20)).tolist() == [True, True]
    assert touches(corners + np.array([[[0, 0]], [[60, 0]]]), Box(45, 12, 60, 20)).tolist() == [True, False]


def test_outside_the_mesh_nothing_moves() -> None:
    """Pixels that no triangle covers fetch themselves."""
    ids = rasterize(SQUARE, TRIANGLES, BOX)
    across, _ = displacement(ids, TRIANGLES, SQUARE, SQUARE + 5, BOX)
    assert (ids[:8] == -1).all()
    assert not across[:8].any()


def test_a_coarse_grid_samples_the_same_field() -> None:
    """One sample for 2 x 2 pixels stands at their middle."""
    source = (SQUARE * 1.2).astype(np.float32)
    fine = displacement(rasterize(SQUARE, TRIANGLES, BOX), TRIANGLES, SQUARE, source, BOX)[0]
    coarse = displacement(rasterize(SQUARE, TRIANGLES, BOX, 2), TRIANGLES, SQUARE, source, BOX, 2)[0]
    mean = fine.reshape(32, 2, 32, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse[8:22, 8:22], mean[8:22, 8:22], atol=1e-3)


def test_a_triangle_without_area_spoils_nothing() -> None:
    """Shut lips collapse the triangles between them: no NaN, no wild fetch."""
    flat = np.array([[10, 10], [50, 10], [30, 10], [30, 40]], np.float32)
    triangles = np.array([[0, 2, 1], [0, 1, 3]])
    ids = rasterize(flat, triangles, BOX)
    across, down = displacement(ids, triangles, flat, flat + np.float32(2), BOX)
    assert np.isfinite(across).all()
    assert np.abs(across).max() < 3
    assert np.abs(down).max() < 3


def test_a_triangle_seen_from_behind_is_covered_by_those_in_front() -> None:
    """The far side of a turned face folds over; what faces the camera wins."""
    vertices = np.array([[10, 10], [50, 10], [30, 50], [30, 5]], np.float32)
    triangles = np.array([[0, 1, 2], [1, 0, 2]])
    assert set(np.unique(rasterize(vertices, triangles, BOX))) == {-1, 0} or set(
        np.unique(rasterize(vertices, triangles[::-1], BOX))
    ) == {-1, 1}


def test_fetching_from_whole_pixels_copies_them() -> None:
    """At integer positions interpolation gives the sample itself; beyond the edge the edge repeats."""
    image = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    x, y = np.meshgrid(np.arange(30, dtype=np.float32), np.arange(20, dtype=np.float32))
    np.testing.assert_array_equal(fetch(image, x, y), image)
    np.testing.assert_array_equal(fetch(image, x + 100, y)[:, 0], image[:, -1])


def test_what_is_said_to_be_in_front_hides_fatter_triangles() -> None:
    """The jaw of a turned head lies behind the corner of its mouth, and faces the camera all the same."""
    vertices = np.array([[5, 5], [60, 5], [5, 60], [10, 10], [30, 10], [10, 20]], np.float32)
    triangles = np.array([[0, 1, 2], [3, 4, 5]])
    lips = np.array([False, True])
    assert rasterize(vertices, triangles, BOX)[12, 14] == 0
    assert rasterize(vertices, triangles, BOX, in_front=lips)[12, 14] == 1
    assert rasterize(vertices, triangles, BOX, in_front=lips)[40, 10] == 0


def test_a_sliver_in_front_hides_nothing() -> None:
    """It is drawn a pixel wide, and outside itself its map is far off."""
    vertices = np.array([[5, 5], [60, 5], [5, 60], [10, 10], [30, 10], [10, 10.5]], np.float32)
    ids = rasterize(vertices, np.array([[0, 1, 2], [3, 4, 5]]), BOX, in_front=np.array([False, True]))
    assert not (ids == 1).any()


def test_no_place_of_a_sliver_goes_further_than_its_corners() -> None:
    """Its pixels lie outside it, where the plane through its corners may be anywhere."""
    sliver = np.array([[10, 10], [50, 10], [30, 10.01]], np.float32)
    source = sliver + np.array([[0, 0], [0, 0], [2, -3]], np.float32)
    triangles = np.array([[0, 1, 2]])
    ids = rasterize(sliver, triangles, BOX, 2)
    across, down = displacement(ids, triangles, sliver, source, BOX, 2)
    assert (ids >= 0).any()
    assert 0 <= across.min() <= across.max() <= 2
    assert -3 <= down.min() <= down.max() <= 0
