"""The drawn presenter: what it claims about its mouth is what an independent eye sees."""

from collections.abc import Iterable, Iterator

import mediapipe
import numpy as np
import pytest

from lipwright.samples.mouth import MouthPose
from lipwright.samples.performance import (
    Duet,
    Liveliness,
    TruthfulFrame,
    cover_mouth,
    empty_room,
    head_poses,
    perform,
)
from lipwright.samples.presenter import HeadPose, Presenter, PresenterOptions
from lipwright.samples.speech import speak
from lipwright.samples.visemes import idle_mouth, mouth_curves

SMALL = PresenterOptions(width=320, height=240, face_height=0.6)
INNER_LIP_PAIRS = [(13, 14), (82, 87), (312, 317), (81, 178), (311, 402)]


@pytest.fixture(scope="module")
def presenter() -> Presenter:
    return Presenter(SMALL)


def measured_gaps(frames: Iterable[TruthfulFrame]) -> Iterator[tuple[float, float]]:
    """(measured, true) opening in pixels of every frame, as the face mesh sees it."""
    with mediapipe.solutions.face_mesh.FaceMesh(refine_landmarks=True) as mesh:
        for frame in frames:
            height, width = frame.image.shape[:2]
            faces = mesh.process(frame.image).multi_face_landmarks
            points = np.array([(point.x * width, point.y * height) for point in faces[0].landmark])
            gaps = [np.linalg.norm(points[lower] - points[upper]) for upper, lower in INNER_LIP_PAIRS]
            yield float(np.mean(gaps)), frame.gap_pixels


def n_faces(image: np.ndarray) -> int:
    options = {"static_image_mode": True, "max_num_faces": 3, "min_detection_confidence": 0.5}
    with mediapipe.solutions.face_mesh.FaceMesh(**options) as mesh:
        return len(mesh.process(image).multi_face_landmarks or [])


@pytest.mark.parametrize("seed", [0, 3])
def test_face_mesh_reads_the_true_opening(seed: int) -> None:
    """The stated gap is the seen gap: tests of the engine may rely on it as the truth."""
    presenter = Presenter(PresenterOptions(seed=seed))
    speech = speak()
    mouth = mouth_curves(speech.phones, 25, n_frames=100)
    pairs = np.array(list(measured_gaps(perform(presenter, mouth, 25, Liveliness(seed=seed)))))
    measured, true = pairs.T
    assert np.corrcoef(measured, true)[0, 1] > 0.98
    assert np.sqrt(np.mean((measured - true) ** 2)) < 1.2  # pixels, of a face 220 pixels high


def test_closed_lips_are_seen_closed(presenter: Presenter) -> None:
    """An idle presenter reads as closed (below 1 mm) in every frame."""
    frames = perform(presenter, idle_mouth(10))
    gaps_mm = [measured / presenter.pixels_per_mm for measured, _ in measured_gaps(frames)]
    assert max(gaps_mm) < 1.0


def test_same_options_draw_the_same_frame() -> None:
    """Nothing is random from run to run."""
    pose, head = MouthPose(gap=5, jaw=4), HeadPose(roll=3, yaw=4, blink=0.5)
    first, second = (Presenter(SMALL).draw(pose, head, 7) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_grain_changes_from_frame_to_frame(presenter: Presenter) -> None:
    """A still presenter is not a still picture: a camera has noise."""
    first, second = (presenter.draw(MouthPose(), frame_index=index).astype(int) for index in (0, 1))
    assert 1.0 < np.abs(first - second).mean() < 5.0


def test_mouth_moves_only_the_lower_face(presenter: Presenter) -> None:
    """Opening the mouth leaves everything above the nose as it was."""
    closed, opened = presenter.draw(MouthPose()), presenter.draw(MouthPose(gap=14, jaw=11))
    eyes_row = round(0.46 * 240)
    np.testing.assert_array_equal(closed[:eyes_row], opened[:eyes_row])
    assert np.abs(closed[eyes_row:].astype(int) - opened[eyes_row:]).max() > 60


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (256, 256),  # the smallest promised
        (321, 241),  # odd
        (1920, 1080),  # the largest promised
        (360, 640),  # upright
    ],
)
def test_frames_have_the_size_asked_for(width: int, height: int) -> None:
    image = Presenter(PresenterOptions(width=width, height=height)).draw(MouthPose())
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8


def test_head_may_leave_the_picture() -> None:
    """A head cut by the edge of the frame is drawn in part, not refused."""
    image = Presenter(PresenterOptions(width=320, height=240, center=(0.02, 0.1))).draw(MouthPose())
    assert image.shape == (240, 320, 3)


def test_empty_room_has_no_face() -> None:
    frame = next(iter(empty_room(SMALL, 1)))
    assert n_faces(frame.image) == 0
    assert np.isnan(frame.gap_pixels)


def test_duet_shows_two_faces_with_a_truth_each() -> None:
    """Both persons of a duet move on their own."""
    speech = speak()
    mouths = (mouth_curves(speech.phones, 25, 12), idle_mouth(8))
    frames = list(Duet().perform(mouths))
    assert len(frames) == 12
    left, right = frames[-1]
    assert n_faces(left.image) == 2
    assert left.gap_pixels > 1.0 > right.gap_pixels
    assert left.mouth_center[0] < 640 < right.mouth_center[0]


def test_board_hides_the_mouth(presenter: Presenter) -> None:
    """A covered mouth shows none of its own pixels and claims no opening."""
    frame = next(iter(perform(presenter, idle_mouth(1))))
    covered = cover_mouth(frame, color=(10, 200, 10))
    x, y = (round(place) for place in frame.mouth_center)
    np.testing.assert_array_equal(covered.image[y - 8 : y + 8, x - 20 : x + 20], [[[10, 200, 10]] * 40] * 16)
    assert np.isnan(covered.gap_pixels)


def test_head_motion_is_small_smooth_and_repeatable() -> None:
    poses = head_poses(250, 25.0)
    assert poses == head_poses(250, 25.0)
    turns = np.array([[pose.roll, pose.yaw, pose.pitch] for pose in poses])
    assert np.abs(turns).max() < 14
    assert np.abs(np.diff(turns, axis=0)).max() < 1.5
    assert max(pose.blink for pose in poses) > 0.8


def test_a_still_head_stays_still() -> None:
    poses = head_poses(50, 25.0, Liveliness(sway=0, blinks_per_minute=0))
    assert set(poses) == {HeadPose()}
