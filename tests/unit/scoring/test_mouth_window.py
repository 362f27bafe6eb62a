"""The window on the mouth rides with the head, not with the lips."""

import numpy as np
import pytest

from lipwright.media.picture import Picture
from lipwright.scoring.mouth_window import WINDOW_SIZE, HeadPose, mouth_crop, skin_mask, skin_window
from tests.tracks import CENTER, PIXELS_PER_MM, make_track


def picture() -> Picture:
    """A slope: every pixel's luma says where it is."""
    luma = (np.arange(280)[:, None] * 0.5 + np.arange(320)[None, :] * 0.3).astype(np.uint8)
    chroma = np.full((140, 160), 128, np.uint8)
    return Picture(luma, chroma, chroma.copy())


def head(gap_mm: float, shift: tuple[float, float] = (0.0, 0.0)) -> HeadPose:
    landmarks = make_track(np.array([gap_mm])).landmarks[0] + np.array([*shift, 0.0], np.float32)
    return HeadPose.of(landmarks)


def test_an_open_mouth_does_not_move_the_window() -> None:
    closed, opened = (skin_window(picture(), head(gap)) for gap in (0.0, 15.0))
    np.testing.assert_allclose(closed, opened, atol=0.5)


def test_the_window_follows_the_head() -> None:
    """Ten pixels to the right is three levels up the slope."""
    still, moved = skin_window(picture(), head(0.0)), skin_window(picture(), head(0.0, (10.0, 0.0)))
    np.testing.assert_allclose((moved - still).mean(), 3.0, atol=0.3)
    assert still.shape == WINDOW_SIZE[::-1]


def test_canonical_points_lose_the_pose() -> None:
    track = make_track(np.array([6.0]))
    found = head(6.0, (31.0, -7.0)).canonical(track.landmarks[0] + np.array([31.0, -7.0, 0.0], np.float32))
    np.testing.assert_allclose(found, track.canonical[0], atol=1e-2)


def test_crop_is_at_the_scale_of_the_film() -> None:
    crop = mouth_crop(picture(), head(0.0))
    assert crop.shape[1] == pytest.approx(64 * PIXELS_PER_MM, abs=2)
    assert crop.shape[0] == pytest.approx(40 * PIXELS_PER_MM, abs=2)


def test_a_mouth_outside_the_picture_has_no_crop() -> None:
    assert mouth_crop(picture(), head(0.0, (2 * CENTER[0] + 500, 0.0))).size == 0


def test_lips_are_not_static_skin() -> None:
    mask = skin_mask()
    assert 0.2 < mask.mean() < 0.8
    assert mask[-1].all()
    assert not mask.all(axis=0).all()
