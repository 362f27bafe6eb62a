import cv2
import numpy as np
import pytest

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis import warp
from lipwright.synthesis.placement import measure_geometry
from lipwright.synthesis.seam import mend_seam
from lipwright.synthesis.target import Placement, Target, lay_out
from tests.tracks import PIXELS_PER_MM, make_track

UPPER, LOWER, DARK = 120, 200, 20


@pytest.fixture(scope="module")
def geometry():
    return measure_geometry(make_track(np.linspace(0, 12, 30)), 25.0)


def _tilted(points: np.ndarray, degrees: float) -> np.ndarray:
    """So that the line between the lips crosses rows of pixels."""
    center = points[mesh.OUTER].mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(center[0]), float(center[1])), degrees, 1.0)
    return (points @ turn[:, :2].T + turn[:, 2]).astype(np.float32)


def _donor(points: np.ndarray) -> np.ndarray:
    """A dark upper lip, a bright lower one, black between: uint8 Y'CbCr, shape (320, 320, 3)."""
    crop = np.full((320, 320, 3), 128, np.uint8)
    crop[..., 0] = LOWER
    crop[: int(points[mesh.INNER][:, 1].mean()), :, 0] = UPPER
    luma = np.ascontiguousarray(crop[..., 0])
    cv2.fillPoly(luma, [np.round(points[mesh.INNER]).astype(np.int32)], DARK)
    crop[..., 0] = luma
    return crop


def _drawn(geometry, row: int) -> tuple[np.ndarray, np.ndarray, Target]:
    """The widest mouth drawn as the mouth of a row: luma of the lip box, mended and as it was before."""
    wanted = _tilted(geometry.own_points(row), 9.0)
    target = lay_out(Placement(wanted, wanted, PIXELS_PER_MM), geometry.mouth_mesh)
    points = geometry.own_points(29)
    crop, source, box = _donor(points), mesh.with_anchors(points), target.lip_box
    ids = warp.rasterize(target.points, target.triangles, box)
    field = warp.displacement(ids, target.triangles, target.points, source, box)
    x, y = np.arange(box.left, box.right, dtype=np.float32), np.arange(box.top, box.bottom, dtype=np.float32)
    layer = warp.fetch(crop, field[0] + x[None], field[1] + y[:, None])
    before = layer.copy()
    mend_seam(layer, crop, source, target, field)
    return layer[..., 0].astype(float), before[..., 0].astype(float), target


def _truth(geometry, target: Target) -> np.ndarray:
    """Luma of the lip box, each pixel the mean of 9 x 9 samples."""
    points, box, n = geometry.own_points(29), target.lip_box, 9
    fine, fine_points = (
        Box(n * box.left, n * box.top, n * box.right, n * box.bottom),
        n * target.points + n // 2,
    )
    ids = warp.rasterize(fine_points, target.triangles, fine)
    place = warp.interpolate(ids, target.triangles, fine_points, mesh.with_anchors(points), fine)
    drawn = warp.fetch(_donor(points), place[..., 0], place[..., 1])[..., 0]
    return cv2.resize(drawn, (box.width, box.height), interpolation=cv2.INTER_AREA).astype(float)


@pytest.mark.parametrize("row", [0, 1, 2])
def test_each_pixel_of_the_line_between_lips_shows_what_lies_in_it(geometry, row: int) -> None:
    """An open mouth drawn shut: in place of crumbs of lip and of dark, their mixture."""
    mended, crumbs, target = _drawn(geometry, row)
    truth, is_changed = _truth(geometry, target), mended != crumbs
    assert is_changed.sum() > 50
    off, off_before = (np.abs(luma - truth)[is_changed].mean() for luma in (mended, crumbs))
    assert off < 0.6 * off_before


def test_a_mouth_that_is_drawn_as_it_was_filmed_is_left(geometry) -> None:
    """Nothing is torn: every sample stays, bit for bit."""
    mended, before, _ = _drawn(geometry, 29)
    np.testing.assert_array_equal(mended, before)


def test_only_the_line_between_the_lips_is_drawn_again(geometry) -> None:
    """Two millimetres from it all samples are as they were."""
    mended, before, target = _drawn(geometry, 0)
    box = target.lip_box
    line = np.zeros(before.shape, np.uint8)
    inner = np.round(target.points[mesh.INNER] - (box.left, box.top)).astype(np.int32)
    cv2.polylines(line, [inner], True, 255, round(4 * PIXELS_PER_MM))
    assert (mended != before).any()
    assert (mended == before)[line == 0].all()


def test_a_mouth_beyond_the_edge_of_what_is_drawn_is_left() -> None:
    """A lip box that holds nothing of the opening has nothing to mend."""
    points = np.zeros((mesh.N_POINTS + len(mesh.ANCHOR_JAW), 2), np.float32)
    points[:, 0] = np.linspace(0, 20, len(points))
    box = Box(100, 100, 110, 110)
    target = Target(points, points, np.array([[0, 1, 2]]), 1.0, 1.0, box, box, np.zeros((0, 3), np.intp))
    layer = np.full((10, 10, 3), 7, np.uint8)
    field = np.zeros((10, 10), np.float32), np.zeros((10, 10), np.float32)
    mend_seam(layer, layer.copy(), points, target, field)
    assert (layer == 7).all()
