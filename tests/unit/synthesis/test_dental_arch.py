import numpy as np
import pytest

from lipwright.synthesis import dental_arch as arch

ROWS = [arch.upper_arch, arch.lower_arch]


def _at(row: arch.Arch, part: np.ndarray, x: float, height: float) -> float:
    """A value at a place along the row and a height over the cutting edge, millimetres."""
    column = round((x + arch.HALF_WIDTH_MM) * row.pixels_per_mm - 0.5)
    return float(part[round((height + arch.BELOW_EDGE_MM) * row.pixels_per_mm - 0.5), column])


@pytest.mark.parametrize("of", ROWS)
def test_a_row_of_teeth_is_the_same_on_both_sides(of) -> None:
    """Left mirrors right, in every picture of the row."""
    row = of()
    for part in (row.light, row.cleft, row.gum, row.cover):
        np.testing.assert_allclose(part, part[:, ::-1], atol=0.02)


@pytest.mark.parametrize("of", ROWS)
def test_all_shares_are_between_none_and_all(of) -> None:
    """Light may be a little over one: a highlight."""
    row = of()
    for part in (row.cleft, row.gum, row.cover):
        assert part.min() >= 0.0
        assert part.max() <= 1.0
    assert row.light.min() > 0.2
    assert row.light.max() <= 1.05


def test_nothing_covers_the_mouth_below_the_cutting_edge() -> None:
    """And the front teeth are there right above it."""
    row = arch.upper_arch()
    assert _at(row, row.cover, 4.2, -0.6) == 0.0
    assert _at(row, row.cover, 4.2, 1.0) == 1.0


def test_teeth_are_told_apart_by_a_cleft_and_have_rounded_corners() -> None:
    """A shadow where two teeth touch; the dark of the mouth between their corners."""
    row = arch.upper_arch()
    assert _at(row, row.cleft, 0.05, 3.0) > 0.5
    assert _at(row, row.cleft, 4.2, 3.0) < 0.05
    assert _at(row, row.cover, 8.4, 0.3) < 0.5
    assert _at(row, row.light, 4.2, 4.0) > _at(row, row.light, 24.0, 4.0)


def test_gum_closes_the_row_above_the_teeth() -> None:
    """Ten millimetres up, and lower between two teeth."""
    row = arch.upper_arch()
    assert _at(row, row.gum, 4.2, 5.0) < 0.05
    assert _at(row, row.gum, 4.2, 11.5) > 0.9
    assert _at(row, row.gum, 8.4, 9.0) > _at(row, row.gum, 4.2, 9.0)


@pytest.mark.parametrize("shrink", [1, 3])
def test_a_smaller_picture_of_the_row_shows_the_same(shrink: int) -> None:
    """For faces of few pixels: less detail, the same teeth in the same place."""
    full, small = arch.upper_arch(), arch.upper_arch(shrink)
    assert small.pixels_per_mm == full.pixels_per_mm / 2**shrink
    assert _at(small, small.cover, 4.2, 3.0) == pytest.approx(1.0, abs=0.05)
    assert small.light.mean() == pytest.approx(full.light.mean(), abs=0.02)


@pytest.mark.parametrize("of", ROWS)
def test_a_row_is_no_even_strip(of) -> None:
    """Eye teeth are darker than front teeth, and every crown is darker towards its sides."""
    row = of()
    front, eye = (4.2, 17.6) if of is arch.upper_arch else (2.6, 13.4)
    assert _at(row, row.light, eye, 4.0) < 0.9 * _at(row, row.light, front, 4.0)
    assert _at(row, row.light, 2 * front - 0.9, 4.0) < 0.97 * _at(row, row.light, front, 4.0)
