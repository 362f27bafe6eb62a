import numpy as np

from lipwright.synthesis.closed_lips import doubt_of


def _doubt(*gaps: float) -> np.ndarray:
    return doubt_of(np.arange(len(gaps)), np.array(gaps, np.float32))


def test_lips_that_stay_shut_leave_no_doubt() -> None:
    """The middle of a lasting closure is surest; its edges and short closures are less."""
    lasting, short = _doubt(9, -0.2, -0.2, -0.2, 9), _doubt(9, 9, -0.2, 9, 9)
    assert lasting[2] == 0.0
    assert lasting[2] < lasting[1] < short[2]


def test_the_wider_the_lips_the_greater_the_doubt() -> None:
    """However wide, the answer stays finite and in order."""
    doubt = _doubt(*np.linspace(0, 3, 20))
    assert (np.diff(doubt[1:-1]) > 0).all()
    assert np.isfinite(_doubt(50.0)).all()


def test_a_neighbour_that_was_not_kept_is_not_trusted() -> None:
    """Frames 10 and 20 do not vouch for each other as 10 and 11 do."""
    gaps = np.zeros(3, np.float32)
    apart, together = doubt_of(np.array([10, 20, 30]), gaps), doubt_of(np.array([10, 11, 12]), gaps)
    assert (apart > together).all()


def test_no_donors_no_doubt() -> None:
    assert len(doubt_of(np.zeros(0, np.intp), np.zeros(0, np.float32))) == 0
