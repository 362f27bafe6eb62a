import numpy as np
import pytest

from lipwright.analysis.faces.landmarks import BROWS, MEASURE_OUTER_CORNERS, rows
from lipwright.errors import UsageError
from lipwright.scoring.expression import expression_curves
from tests.tracks import make_track


def test_each_curve_follows_its_own_part_of_the_face() -> None:
    """Brows, lids and corners are moved one after another, by known millimetres."""
    track = make_track(np.zeros(4), with_brows=True)
    track.canonical[1, BROWS, 1] += 3
    track.canonical[2, rows(160, 159, 158, 385, 386, 387), 1] += 2
    track.canonical[3, MEASURE_OUTER_CORNERS, 1] -= 4
    curves = expression_curves(track)
    np.testing.assert_allclose(curves.brow_height - curves.brow_height[0], [0, 3, 0, 0], atol=1e-4)
    np.testing.assert_allclose(
        curves.inner_brow_height - curves.inner_brow_height[0], [0, 3, 0, 0], atol=1e-4
    )
    np.testing.assert_allclose(curves.lid_opening - curves.lid_opening[0], [0, 0, 2, 0], atol=1e-4)
    np.testing.assert_allclose(curves.corner_height - curves.corner_height[0], [0, 0, 0, -4], atol=1e-4)


def test_a_track_without_brows_cannot_be_measured() -> None:
    with pytest.raises(UsageError, match="with_brows"):
        expression_curves(make_track(np.zeros(2)))
