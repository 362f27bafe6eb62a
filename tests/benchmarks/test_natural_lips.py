"""How sharply lips bend: closures between openings, and bend at the same travel."""

import numpy as np
import pytest

from benchmarks.natural_lips import TRAVELS_MM, bend_by_travel, closures


def _closing(ramp: int) -> np.ndarray:
    """Open by 10 mm, shut within some frames, shut for three, and open again within as many."""
    down = np.linspace(10.0, 0.0, ramp + 1)
    return np.concatenate([np.full(8, 10.0), down[1:-1], np.zeros(3), down[::-1][1:-1], np.full(8, 10.0)])


def test_a_closure_has_an_excursion_and_two_ways() -> None:
    (slow,), (quick,) = closures(_closing(4)), closures(_closing(2))
    assert slow.excursion == quick.excursion == 10.0
    assert (slow.n_closing, slow.n_opening) == (3, 3)  # 7.5, 5 and 2.5 mm
    assert quick.n_closing == quick.n_opening == 1
    assert quick.bend == pytest.approx(4 * 0.5)


def test_rests_slips_and_unknown_frames_are_no_closures() -> None:
    """Half a second of shut lips, lips that hardly part, the end of a clip, a face that is lost nearby."""
    rest = np.concatenate([np.full(8, 10.0), np.zeros(12), np.full(8, 10.0)])
    lost = _closing(2)
    lost[6] = np.nan
    for gap in (rest, 0.25 * _closing(2), _closing(2)[:14], lost, np.zeros(0)):
        assert closures(gap) == []


def test_quicker_turns_bend_more_at_the_same_travel() -> None:
    """Two sines of 10 mm: twice the rate bends more; classes in which nothing is known are NaN."""
    frames = np.arange(200)
    slow, quick = (5.0 + 5.0 * np.sin(frames * rate) for rate in (0.4, 0.8))
    place = next(i for i, edge in enumerate(TRAVELS_MM) if edge > 9.9) - 1
    assert bend_by_travel(quick)[place] > 1.5 * bend_by_travel(slow)[place]
    assert np.isnan(bend_by_travel(quick)[0])
