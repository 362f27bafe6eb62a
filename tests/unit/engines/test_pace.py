"""How briskly lips move, asked of speakers whose pace is known."""

import numpy as np
import pytest

from lipwright.engines.pace import at_pace
from lipwright.measures import Measure

FRAMES = np.arange(200)
SYLLABLES = 3.0 + 3.0 * np.sin(0.9 * FRAMES)
"""3.6 openings a second at 25 frames a second."""


def _wanted(gap: np.ndarray) -> np.ndarray:
    return np.repeat(gap[:, None], 7, axis=1).astype(np.float32)


def _filmed(gap: np.ndarray) -> np.ndarray:
    return gap.astype(np.float32)


def _bend(gap: np.ndarray) -> float:
    return float(np.abs(np.diff(gap, 2)).mean())


def test_lips_keep_to_the_pace_of_a_calm_speaker() -> None:
    """As far as three frames go, without coming late but for lips that stay shut; other measures go along."""
    wanted = _wanted(SYLLABLES)
    calm = _filmed(3.0 + 3.0 * np.sin(0.6 * FRAMES))
    eased = at_pace(wanted, calm)
    gap = eased[:, Measure.GAP]
    assert _bend(gap) < 0.9 * _bend(wanted[:, Measure.GAP])
    assert np.corrcoef(gap[2:-2], SYLLABLES[2:-2])[0, 1] > 0.99
    is_open = SYLLABLES > 1.0
    np.testing.assert_allclose(eased[is_open, Measure.WIDTH], gap[is_open], atol=0.01)


@pytest.mark.parametrize(
    "filmed",
    [
        SYLLABLES,  # as brisk
        2.0 * SYLLABLES,  # who opens further at the same pace bends more
        3.0 + 3.0 * np.sin(0.6 * FRAMES) + np.where(FRAMES % 2, 1.0, -1.0),  # misread: it trembles
        np.where(FRAMES < 30, SYLLABLES, np.nan),  # seen for a second
        np.full(1, 3.0),  # a still
        np.zeros(0),
    ],
)
def test_lips_are_left_where_the_speaker_is_as_brisk_or_not_known(filmed: np.ndarray) -> None:
    wanted = _wanted(SYLLABLES)
    np.testing.assert_array_equal(at_pace(wanted, _filmed(filmed)), wanted)


def test_shut_lips_stay_shut_for_a_single_frame() -> None:
    """The calmest speaker closes the lips for a /p/ too."""
    gap = SYLLABLES + 2.0
    gap[50] = gap[90] = 0.0
    eased = at_pace(_wanted(gap), _filmed(3.0 + 3.0 * np.sin(0.3 * FRAMES)))
    assert eased[[50, 90], Measure.GAP].tolist() == [0.0, 0.0]
    assert abs(eased[51, Measure.GAP] - gap[51]) > 0.5


def test_a_mouth_at_rest_stays_at_rest() -> None:
    """So does an order of a single frame, and of none."""
    calm = _filmed(3.0 + 3.0 * np.sin(0.6 * FRAMES))
    for n in (0, 1, 2, 20):
        wanted = _wanted(np.full(n, 0.2))
        np.testing.assert_allclose(at_pace(wanted, calm), wanted, atol=1e-6)
