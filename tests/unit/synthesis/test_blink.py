from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.faces.landmarks import LEFT_EYE, RIGHT_EYE
from lipwright.media.picture import Picture
from lipwright.media.still import load_still
from lipwright.synthesis.blink import draw_blink, find_eyes
from lipwright.synthesis.eye import Eye, eye_of
from lipwright.synthesis.eye_white import is_white_bare
from tests.picture_files import portrait, write_picture
from tests.pictures import picture_of
from tests.unit.media.synthetic import same


def _landmarks(picture: Picture) -> np.ndarray:
    with FaceAnalyzer() as analyzer:
        analyzer.push(picture)
        (track,) = analyzer.finish().tracks.values()
    return track.landmarks[0]


def _aperture(landmarks: np.ndarray) -> float:
    """Mean height of both openings over their width, as a fresh look sees them."""
    shares = []
    for ring in (LEFT_EYE, RIGHT_EYE):
        points = landmarks[ring, :2]
        shares.append(np.linalg.norm(points[4] - points[12]) / np.linalg.norm(points[0] - points[8]))
    return float(np.mean(shares))


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    path = write_picture(tmp_path_factory.mktemp("blink") / "x.png", portrait(width=480, height=560))
    return load_still(path).picture


@pytest.fixture(scope="module")
def landmarks(picture: Picture) -> np.ndarray:
    return _landmarks(picture)


@pytest.fixture(scope="module")
def eyes(picture: Picture, landmarks: np.ndarray) -> list[Eye]:
    return find_eyes(picture, landmarks)


def _blinked(picture: Picture, eyes: list[Eye], closure: float) -> Picture:
    frame = picture.copy()
    for eye in eyes:
        draw_blink(frame, eye, closure)
    return frame


def test_both_eyes_shut_as_far_as_they_shall(
    picture: Picture, landmarks: np.ndarray, eyes: list[Eye]
) -> None:
    """As the face mesh sees the result."""
    assert len(eyes) == 2
    half, shut = (_aperture(_landmarks(_blinked(picture, eyes, closure))) for closure in (0.5, 1.0))
    assert shut < half < _aperture(landmarks)
    assert shut < 0.5 * _aperture(landmarks)


def test_shut_eye_shows_neither_white_nor_iris(picture: Picture, eyes: list[Eye]) -> None:
    """Between its lids the picture is as dark and light as the skin that came down."""
    shut = _blinked(picture, eyes, 1.0)
    for eye in eyes:
        middle = eye.origin + 0.5 * eye.width * eye.across
        x, y = int(middle[0]), int(middle[1])
        rows = slice(y - int(0.08 * eye.width), y + int(0.06 * eye.width))
        columns = slice(x - int(0.15 * eye.width), x + int(0.15 * eye.width))
        assert np.ptp(shut.luma[rows, columns]) < 0.6 * np.ptp(picture.luma[rows, columns])


def test_outside_the_mask_every_sample_is_untouched(picture: Picture, eyes: list[Eye]) -> None:
    frame = picture.copy()
    drawing = draw_blink(frame, eyes[0], 0.7)
    assert drawing is not None
    mask = np.zeros(picture.luma.shape, np.bool_)
    box = drawing.box
    mask[box.top : box.bottom, box.left : box.right] = drawing.mask > 0
    assert (frame.luma[~mask] == picture.luma[~mask]).all()
    assert 0 < mask.mean() < 0.05


def test_open_eye_is_left_alone(picture: Picture, eyes: list[Eye]) -> None:
    frame = picture.copy()
    assert draw_blink(frame, eyes[0], 0.0) is None
    assert same(frame, picture)


def test_face_blinks_with_both_eyes_or_not_at_all(picture: Picture, landmarks: np.ndarray) -> None:
    """One that is shut already, or so round that it is drawn, keeps the other open."""
    for share in (0.1, 2.5):
        odd = landmarks.copy()
        line = odd[RIGHT_EYE[[0, 8]], 1].mean()
        odd[RIGHT_EYE, 1] = line + share * (odd[RIGHT_EYE, 1] - line)
        assert find_eyes(picture, odd) == []


def test_eye_with_hair_over_its_lid_does_not_blink(picture: Picture, landmarks: np.ndarray) -> None:
    """It would be drawn down with the skin."""
    dark = picture.copy()
    points = landmarks[LEFT_EYE, :2]
    x, y = int(points[:, 0].min()), int(points[:, 1].min())
    width = int(np.ptp(points[:, 0]))
    dark.luma[y - width // 4 : y - width // 12, x : x + width] = 20
    assert find_eyes(dark, landmarks) == []


def _lined(landmarks: np.ndarray, *lines: np.ndarray, luma: int) -> Picture:
    """The portrait with lines of a few pixels drawn over it."""
    rgb = portrait(width=480, height=560).copy()
    for line in lines:
        cv2.polylines(rgb, [np.round(line).astype(np.int32)], False, (luma,) * 3, 3, cv2.LINE_AA)
    return picture_of(rgb)


@pytest.mark.parametrize("luma", [30, 240])
def test_eyes_behind_glasses_do_not_blink(landmarks: np.ndarray, luma: int) -> None:
    """Dark rims and bright ones: they would be drawn down with the lids."""
    rings = [landmarks[ring, :2] for ring in (LEFT_EYE, RIGHT_EYE)]
    rims = [ring.mean(axis=0) + 1.6 * (ring - ring.mean(axis=0)) * (1, 2) for ring in rings]
    bridge = np.stack([rims[0][8], rims[1][0]]) - (0, 4)
    assert find_eyes(_lined(landmarks, *rims, bridge, luma=luma), landmarks) == []


def test_eyes_behind_a_strand_of_hair_do_not_blink(landmarks: np.ndarray) -> None:
    """Thin and pale enough not to darken the lid."""
    eye = landmarks[LEFT_EYE, :2]
    reach = np.ptp(eye[:, 0])
    strand = eye.mean(axis=0) + np.array([[-0.1, -1.2], [0.2, 1.0]]) * reach
    assert find_eyes(_lined(landmarks, strand, luma=120), landmarks) == []


def test_a_line_beside_the_eyes_is_no_cover(landmarks: np.ndarray) -> None:
    """A scar on the cheek, hair on the forehead."""
    eye = landmarks[LEFT_EYE, :2]
    reach = np.ptp(eye[:, 0])
    lines = [eye.mean(axis=0) + np.array([[-0.6, y], [0.6, y + 0.2]]) * reach for y in (-1.5, 1.2)]
    assert len(find_eyes(_lined(landmarks, *lines, luma=30), landmarks)) == 2


def test_far_face_does_not_blink(tmp_path: Path) -> None:
    """Its eyes are a few pixels wide."""
    small = load_still(write_picture(tmp_path / "x.png", portrait(width=480, height=560))).picture
    assert find_eyes(small, 0.05 * _landmarks(small)) == []


def test_what_is_over_an_eye_is_not_drawn_out_over_it(
    picture: Picture, landmarks: np.ndarray, eyes: list[Eye]
) -> None:
    """A low brow stays where it is; the lid is plain skin, as light as that above or below the eye."""
    low = picture.copy()
    for eye in eyes:
        x, y = eye.skin(
            np.linspace(0.1, 0.9, 80, dtype=np.float32), np.linspace(0.22, 0.4, 40, dtype=np.float32)
        )
        low.luma[np.round(y).astype(int), np.round(x).astype(int)] = 40
    shut, plain = _blinked(low, eyes, 1.0), _blinked(picture, eyes, 1.0)
    for eye in eyes:
        side, down = np.float32(0.5 * eye.width), 0.5 * (eye.upper[4, 1] + eye.lower[4, 1])
        x, y = (round(float(value)) for value in eye.at(side, np.float32(down)))
        assert abs(int(shut.luma[y - 2, x]) - int(plain.luma[y - 2, x])) < 20


def test_shut_eye_has_a_line_of_lashes_and_nothing_of_the_eye_on_it(
    picture: Picture, landmarks: np.ndarray
) -> None:
    """Landmarks that lie too low bring no white along."""
    lower = landmarks.copy()
    for ring in (LEFT_EYE, RIGHT_EYE):
        lower[ring[1:8], 1] += 0.03 * np.ptp(lower[ring, 0])
    eyes = find_eyes(picture, lower)
    shut = _blinked(picture, eyes, 1.0)
    for eye in eyes:
        sides = np.linspace(0.4, 0.55, 12, dtype=np.float32)
        heights = np.linspace(-0.03, 0.0, 8, dtype=np.float32) - np.float32(eye.aperture)
        x, y = eye.skin(sides, heights)
        line = shut.luma[np.round(y).astype(int), np.round(x).astype(int)]
        above = eye.skin(sides, np.array([0.15], np.float32))
        skin = np.median(shut.luma[np.round(above[1]).astype(int), np.round(above[0]).astype(int)])
        assert line.max() <= skin + 12
        assert np.median(line.min(axis=0)) < skin - 25


def test_eyes_without_an_iris_do_not_blink(picture: Picture, landmarks: np.ndarray, eyes: list[Eye]) -> None:
    """A statue's: there is no telling a lid from an eye."""
    blank = picture.copy()
    for eye in eyes:
        x, y = eye.skin(np.array([0.5], np.float32), np.array([0.15], np.float32))
        skin = int(blank.luma[round(float(y[0, 0])), round(float(x[0, 0]))])
        ring = LEFT_EYE if eye is eyes[0] else RIGHT_EYE
        cv2.fillPoly(blank.luma, [np.round(landmarks[ring, :2]).astype(np.int32)], (skin,))
    assert find_eyes(blank, landmarks) == []


def test_no_piece_of_the_eye_comes_down_with_the_lashes(picture: Picture, landmarks: np.ndarray) -> None:
    """White over the landmarks is no rim: what is lighter than the lid is not moved with it."""
    eyes, white = find_eyes(picture, landmarks), picture.copy()
    for eye in eyes:
        x, y = eye.skin(
            np.linspace(0.1, 0.4, 60, dtype=np.float32), np.linspace(0.0, 0.06, 16, dtype=np.float32)
        )
        white.luma[np.round(y).astype(int), np.round(x).astype(int)] = 250
    shut, plain = _blinked(white, eyes, 1.0), _blinked(picture, eyes, 1.0)
    for eye in eyes:
        heights = np.linspace(-0.05, 0.06, 12, dtype=np.float32) - np.float32(eye.aperture)
        x, y = eye.skin(np.linspace(0.3, 0.4, 12, dtype=np.float32), heights)
        place = np.round(y).astype(int), np.round(x).astype(int)
        assert shut.luma[place].max() <= plain.luma[place].max() + 15


def test_eyes_whose_white_reaches_below_their_landmarks_do_not_blink(
    picture: Picture, landmarks: np.ndarray
) -> None:
    """A lid drawn as far as the landmarks say would leave a white sickle; drawn faces are misread so."""
    misread = landmarks.copy()
    for ring in (LEFT_EYE, RIGHT_EYE):
        misread[ring[9:], 1] -= 0.25 * np.ptp(misread[ring, 0])
    assert is_white_bare(picture, [eye_of(misread[ring, :2]) for ring in (LEFT_EYE, RIGHT_EYE)])
    assert not is_white_bare(picture, find_eyes(picture, landmarks))
    assert find_eyes(picture, misread) == []


def test_nothing_is_paler_than_the_skin_of_a_grey_picture(picture: Picture, landmarks: np.ndarray) -> None:
    """An engraving blinks: its light says nothing of white or skin."""
    grey = picture.copy()
    grey.blue[:], grey.red[:] = 128, 128
    assert len(find_eyes(grey, landmarks)) == 2
