import numpy as np
import pytest

from lipwright.analysis.speech.gates import (
    CLOSURE_HOLD,
    closure_gate,
    rest_gate,
    runs,
    tuck_gate,
)


def curve(n: int, *bumps: tuple[int, int, float]) -> np.ndarray:
    values = np.zeros(n, np.float32)
    for start, stop, height in bumps:
        values[start:stop] = height
    return values


@pytest.mark.parametrize(
    ("flags", "expected"),
    [([], []), ([False], []), ([True], [(0, 1)]), ([True, False, True, True], [(0, 1), (2, 4)])],
)
def test_runs_are_half_open_stretches(flags: list[bool], expected: list[tuple[int, int]]) -> None:
    """Start included, stop not."""
    assert runs(np.array(flags, np.bool_)) == expected


@pytest.mark.parametrize("place", [0, 1, 50, 98, 99])
def test_even_the_shortest_peak_is_held(place: int) -> None:
    """One step above the threshold closes the lips for the whole hold, unless the sound ends."""
    gate = closure_gate(curve(100, (place, place + 1, 0.9)), 0.4)
    assert gate[place] == 1.0
    room = min(CLOSURE_HOLD, 100 - max(0, place - CLOSURE_HOLD // 2))
    assert (gate == 1.0).sum() >= room


def test_a_closure_comes_and_goes_softly() -> None:
    """No step of the gate is larger than half."""
    gate = closure_gate(curve(100, (50, 60, 0.9)), 0.4)
    assert np.abs(np.diff(gate)).max() < 0.5
    assert gate[40] == gate[70] == 0.0


def test_lips_part_more_slowly_than_they_close() -> None:
    """They take 50 ms to close and 70 ms to be free, from 10 ms before the sound of the closure ends."""
    gate = closure_gate(curve(100, (50, 60, 0.9)), 0.4)
    assert np.flatnonzero(gate == 1.0).tolist() == list(range(50, 59))
    assert np.flatnonzero(gate > 0.0).tolist() == list(range(46, 65))
    assert np.diff(gate[58:66]).min() > -0.25


def test_a_weak_closure_is_not_lost_beside_a_strong_one() -> None:
    """/p/ and, a tenth of a second later, a clearer /m/; what lies between them is above the edge."""
    gate = closure_gate(curve(100, (40, 70, 0.3), (42, 46, 0.45), (60, 66, 0.8)), 0.4)
    assert gate[42:46].min() == gate[60:65].min() == 1.0
    assert gate[53] < 0.5


@pytest.mark.parametrize(("labiodental", "is_tucked"), [(0.6, True), (0.39, False), (0.41, True)])
def test_a_closure_that_is_a_labiodental_is_one_from_end_to_end(labiodental: float, is_tucked: bool) -> None:
    """/f/ that is heard as /p/ before it is heard as itself."""
    tuck = tuck_gate(curve(100, (50, 60, labiodental)), curve(100, (46, 60, 0.5)), 0.4, 0.4)
    assert tuck[46:60].min() == is_tucked
    assert tuck[:40].max() == tuck[70:].max() == 0.0


def test_a_closure_that_is_much_likelier_stays() -> None:
    """Odds of 9 against 1: a /p/ that sounds a little like /f/."""
    assert tuck_gate(curve(100, (48, 60, 0.5)), curve(100, (50, 60, 0.9)), 0.4, 0.4)[46:64].max() < 0.5


def test_a_closure_before_a_labiodental_stays() -> None:
    """As in "comfort": heard as one long closure, of which the second half is an /f/."""
    tuck = tuck_gate(curve(100, (55, 65, 0.6)), curve(100, (40, 65, 0.7)), 0.4, 0.4)
    assert tuck[40:53].max() == 0.0
    assert tuck[60:65].min() == 1.0


def test_low_probability_does_not_close() -> None:
    """Peaks under the threshold leave the lips free."""
    assert closure_gate(curve(100, (50, 60, 0.39)), 0.4).max() == 0.0


@pytest.mark.parametrize(("pause", "rests"), [(15, False), (19, False), (20, True), (40, True)])
def test_only_pauses_of_a_fifth_of_a_second_settle(pause: int, rests: bool) -> None:
    """200 ms and more go to rest; shorter ones belong to the sentence."""
    gate = rest_gate(curve(200, (20, 100, 1.0), (100 + pause, 180, 1.0)))
    assert (gate[100 : 100 + pause].max() > 0.5) == rests


def test_the_mouth_settles_within_160_ms_and_opens_before_the_sound() -> None:
    """At rest from 160 ms after the last sound; free again at the first sound."""
    gate = rest_gate(curve(300, (100, 200, 1.0)))
    assert gate[:90].min() == 1.0
    assert 0.0 < gate[95] < 1.0
    assert gate[100:200].max() == 0.0
    assert gate[216:].min() == 1.0


def test_the_quiet_end_of_a_word_is_speech() -> None:
    """What is no longer sure, but not yet silent, belongs to the word; alone it is none."""
    gate = rest_gate(curve(300, (100, 150, 1.0), (150, 180, 0.4)))
    assert gate[100:180].max() == 0.0
    assert gate[196:].min() == 1.0
    assert rest_gate(curve(300, (100, 200, 0.4))).min() == 1.0


def test_what_is_unsure_before_a_word_does_not_open_the_mouth() -> None:
    """A breath, or the noise of a room, half a second long."""
    gate = rest_gate(curve(300, (50, 100, 0.45), (100, 150, 1.0)))
    np.testing.assert_array_equal(gate, rest_gate(curve(300, (100, 150, 1.0))))


def test_a_closure_is_as_long_as_its_peak_is_wide() -> None:
    """What rises slowly to a peak and falls slowly from it shuts the lips only about the peak."""
    slow = 0.9 - 0.04 * np.abs(np.arange(100) - 50).astype(np.float32)
    shut = np.flatnonzero(closure_gate(np.maximum(slow, 0), 0.4) == 1.0)
    assert shut[0] >= 43
    assert shut[-1] <= 57


def test_clicks_are_not_speech() -> None:
    """30 ms of sound do not open the mouth."""
    assert rest_gate(curve(100, (50, 53, 1.0))).min() == 1.0
