"""Figures that follow from what was planned."""

import pytest

from lipwright.render.figures import Figure, closures, figure
from lipwright.render.report import Curve


def curve(wanted: list[float], fps: float = 25.0) -> Curve:
    seconds = [row / fps for row in range(len(wanted))]
    return Curve(0, seconds, wanted, [0.0] * len(wanted), [1.0] * len(wanted))


def test_short_shut_stretches_are_closures_and_pauses_are_not() -> None:
    """Lips shut for 80 ms say p; lips shut for half a second rest."""
    assert closures(curve([5.0] * 5 + [0.2, 0.3] + [5.0] * 5 + [0.1] * 13 + [4.0])) == [(5, 7)]


@pytest.mark.parametrize(
    ("wanted", "found"), [([], []), ([5.0], []), ([0.2], [(0, 1)]), ([0.2, 5.0], [(0, 1)])]
)
def test_closures_at_the_ends(wanted: list[float], found: list[tuple[int, int]]) -> None:
    assert closures(curve(wanted)) == found


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (97.6, "%", "98 %"),
        (-120.0, "ms", "-120 ms"),
        (0.876, "", "0.88"),
        (12.0, "", "12"),
        (float("nan"), "%", "-"),
    ],
)
def test_a_figure_is_shown_with_its_unit(value: float, unit: str, shown: str) -> None:
    made = figure("name", value, unit, "What is good.")
    assert made.shown == shown
    assert made == Figure("name", made.value, unit, "What is good.")
