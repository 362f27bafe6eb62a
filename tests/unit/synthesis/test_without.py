"""Skin in place of what is in front of it."""

import cv2
import numpy as np

from lipwright.synthesis.without import without

SKIN, BLACK = (120, 110, 150), (20, 128, 128)


def test_a_thing_gives_way_to_the_skin_about_it_and_nothing_else_changes() -> None:
    frame = np.full((120, 160, 3), SKIN, np.uint8)
    front = np.zeros((120, 160), np.uint8)
    cv2.circle(front, (80, 70), 25, 255, -1)
    frame[front > 0] = BLACK
    filled = without(frame, front, 1.5)
    assert np.abs(filled.astype(int) - SKIN).max() <= 1
    assert (filled[front == 0] == frame[front == 0]).all()


def test_slivers_stay() -> None:
    """A line that is cast by the edge of a thing is skin."""
    frame = np.full((120, 160, 3), SKIN, np.uint8)
    front = np.zeros((120, 160), np.uint8)
    frame[:, 80], front[:, 80] = (90, 110, 150), 255
    assert (without(frame, front, 1.5) == frame).all()


def test_where_nothing_is_seen_nothing_is_made_up() -> None:
    frame = np.full((40, 60, 3), BLACK, np.uint8)
    assert (without(frame, np.full((40, 60), 255, np.uint8), 1.5) == frame).all()
