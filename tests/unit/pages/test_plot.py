"""Line plots: axes, gaps, length."""

import math
from xml.etree import ElementTree

import pytest

from lipwright.pages.plot import MAX_POINTS, Plot, Series, line_plot, thinned, ticks


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 10.0, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
        (-1.0, 1.0, [-1.0, -0.5, 0.0, 0.5, 1.0]),
        (0.02, 0.11, [0.02, 0.04, 0.06, 0.08, 0.1]),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high, 5) == pytest.approx(expected)


def test_a_gap_lifts_the_pen() -> None:
    """What was not measured is not drawn, be it None or NaN."""
    points = [(0.0, 1.0), (1.0, 2.0), (2.0, None), (3.0, math.nan), (4.0, 1.0), (5.0, 2.0)]
    assert _pen(points).count("M") == 2


def test_a_point_between_gaps_is_a_dot() -> None:
    assert _pen([(0.0, 1.0), (1.0, None), (2.0, 2.0), (3.0, None)]).count("h0") == 2


def test_nothing_measured_is_said() -> None:
    assert "Nothing was measured" in line_plot(Plot([Series("gap", [(0.0, None)])], "s", "mm"))


@pytest.mark.parametrize("points", [[(1.0, 2.0)], [(0.0, 3.0), (1.0, 3.0)]], ids=["one point", "flat line"])
def test_degenerate_lines_are_drawn(points: list[tuple[float, float | None]]) -> None:
    assert "nan" not in _pen(points)


def test_long_lines_keep_their_peaks() -> None:
    """Half an hour of frames is drawn with few points, and no closure is lost."""
    points: list[tuple[float, float | None]] = [(i / 30, 5.0) for i in range(54000)]
    points[31415] = (31415 / 30, -2.0)
    few = thinned(points)
    assert len(few) <= MAX_POINTS + 2
    assert min(y for _, y in few if y is not None) == -2.0
    assert [x for x, _ in few] == sorted(x for x, _ in few)


def test_long_lines_keep_their_gaps() -> None:
    points: list[tuple[float, float | None]] = [(float(i), 1.0) for i in range(5000)]
    points[2500:2600] = [(float(i), None) for i in range(2500, 2600)]
    assert any(y is None for _, y in thinned(points))


def test_labels_are_escaped() -> None:
    made = line_plot(Plot([Series("<gap>", [(0.0, 1.0)])], "s", "mm & more", marks=[(0.0, "<now>")]))
    ElementTree.fromstring(made)
    assert "&lt;now&gt;" in made


def _pen(points: list[tuple[float, float | None]]) -> str:
    figure = ElementTree.fromstring(line_plot(Plot([Series("gap", points)], "s", "mm")))
    path = figure.find(".//path")
    assert path is not None
    return path.get("d") or ""
