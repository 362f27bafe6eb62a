import numpy as np

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.synthesis import mouth_mesh as mesh
from tests.tracks import opened_face

MEAN = MEAN_FACE[mesh.ROWS]


def test_every_point_is_part_of_the_mesh_and_none_is_listed_twice() -> None:
    """A point without a triangle would not move anything."""
    built = mesh.build_mesh(MEAN)
    assert set(np.unique(built.triangles)) == set(range(mesh.N_POINTS + len(mesh.ANCHOR_JAW)))
    assert len(set(mesh.MESH_POINTS)) == mesh.N_POINTS


def test_the_inside_of_the_mouth_has_triangles_of_its_own() -> None:
    """Those between the lips have only inner-ring corners: they vanish when the lips shut."""
    built = mesh.build_mesh(MEAN)
    inner = (built.triangles >= mesh.INNER.start) & (built.triangles < mesh.INNER.stop)
    assert inner.all(axis=1).sum() == mesh.N_RING - 2


def test_no_triangle_bridges_the_lips() -> None:
    """A triangle from one lip to the other over the middle or outer ring would stretch when they part."""
    upper = {*range(11, 20), *range(31, 40), *range(51, 60)}
    lower = {*range(1, 10), *range(21, 30), *range(41, 50)}
    for triangle in mesh.build_mesh(MEAN).triangles:
        corners = set(triangle.tolist())
        if corners & upper and corners & lower:
            assert all(mesh.INNER.start <= corner < mesh.INNER.stop for corner in corners)


def test_triangles_of_the_lips_keep_their_side_while_the_mouth_opens() -> None:
    """From shut to wide open no triangle of the lips turns over."""
    triangles = mesh.build_mesh(MEAN).triangles
    of_lips = triangles[(triangles < 3 * mesh.N_RING).all(axis=1)]

    def areas(gap: float) -> np.ndarray:
        points = mesh.with_anchors(opened_face(gap)[mesh.ROWS, :2])[of_lips]
        first, second = points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]
        return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]

    reference = np.sign(areas(6.0))
    for gap in (0.0, 12.0, 18.0):
        now = areas(gap)
        turned = (np.sign(now) != reference) & (np.abs(now) > 0.5)
        assert not turned.any()
