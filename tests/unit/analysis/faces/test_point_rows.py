import numpy as np

from lipwright.analysis.faces.landmarks import N_VERTICES
from lipwright.analysis.faces.point_rows import PointRows


def test_rows_come_out_where_they_are_sent_and_gaps_are_unknown() -> None:
    """Across block borders, in order; what nobody saw is NaN."""
    rows = PointRows()
    for number in range(600):
        rows.append(np.full((N_VERTICES, 3), number, np.float32))
    places = np.arange(600) + (np.arange(600) >= 300)
    spread = rows.spread(places, 601)
    np.testing.assert_array_equal(spread[places, 0, 0], np.arange(600))
    assert np.isnan(spread[300]).all()
    assert len(rows) == 0
