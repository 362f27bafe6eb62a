import json
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces import landmarks as lm

CORPUS_INDEX = Path(__file__).parents[5] / "shared" / "corpus" / "index.json"

GROUPS = {
    name: value
    for name, value in vars(lm).items()
    if name.isupper() and isinstance(value, np.ndarray) and value.dtype == np.intp
}


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_a_group_names_rows_without_repeating_one(name: str) -> None:
    group = GROUPS[name]
    assert len(set(group.tolist())) == len(group)
    assert group.min() >= 0
    assert group.max() < lm.N_VERTICES


def test_the_average_face_is_mirror_symmetric_where_groups_mirror() -> None:
    """Row i of a lip ring faces row 10 - i across the middle of the face."""
    ring = lm.MEAN_FACE[lm.OUTER_LIP]
    mirrored = np.roll(ring[::-1], 11, axis=0) * (-1, 1, 1)
    np.testing.assert_allclose(ring, mirrored, atol=0.02)


def test_lip_rings_lie_inside_one_another_point_by_point() -> None:
    rings = [lm.MEAN_FACE[ring, :2] for ring in (lm.OUTER_LIP, *lm.MIDDLE_LIP_RINGS, lm.INNER_LIP)]
    center = rings[0].mean(axis=0)
    reach = [np.linalg.norm(ring - center, axis=1).mean() for ring in rings]
    assert reach == sorted(reach, reverse=True)
    neighbours = np.linalg.norm(rings[0] - rings[1], axis=1)
    assert neighbours.max() < 5.0


@pytest.mark.parametrize("ring", [lm.OUTER_LIP, lm.INNER_LIP, lm.FACE_OVAL, lm.LEFT_EYE, lm.RIGHT_EYE])
def test_rings_run_clockwise_in_the_picture(ring: lm.IndexArray) -> None:
    """Canonical y is up, so clockwise in the picture is a negative area; the face oval runs the other way."""
    x, y = lm.MEAN_FACE[ring, 0], lm.MEAN_FACE[ring, 1]
    area = 0.5 * (x * np.roll(y, -1) - y * np.roll(x, -1)).sum()
    assert area > 0 if ring is lm.FACE_OVAL else area < 0


def test_corpus_rows_are_the_points_of_the_corpus_in_its_order() -> None:
    if not CORPUS_INDEX.exists():
        pytest.skip("corpus not present")
    index = json.loads(CORPUS_INDEX.read_text())["pts_index"]
    assert [lm.VERTICES[row] for row in lm.CORPUS] == index


def test_an_unknown_vertex_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        lm.rows(468)
