from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.faces.likeness import Likeness, LikenessRecord, is_same_person
from lipwright.media.still import load_still
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import HeadPose, Presenter, PresenterOptions
from tests.picture_files import write_picture


def _likeness(path: Path, images: list[np.ndarray]) -> Likeness | None:
    record = LikenessRecord()
    for image in images:
        picture = load_still(write_picture(path / "x.png", image)).picture
        with FaceAnalyzer() as analyzer:
            (seen,) = analyzer.push(picture)
        record.add(picture, seen.landmarks)
    return record.finish()


def _person(
    seed: int, center: tuple[float, float], gaps: tuple[float, ...], yaw: float = 0.0
) -> list[np.ndarray]:
    presenter = Presenter(PresenterOptions(480, 360, face_height=0.6, center=center, seed=seed))
    return [
        presenter.draw(MouthPose(gap=gap), HeadPose(yaw=yaw), frame_index=i) for i, gap in enumerate(gaps)
    ]


@pytest.fixture(scope="module")
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Likeness:
    found = _likeness(tmp_path_factory.mktemp("one"), _person(0, (0.5, 0.45), (0.0, 3.0)))
    assert found is not None
    return found


def test_person_is_recognised_elsewhere_with_another_mouth(tmp_path: Path, somebody: Likeness) -> None:
    again = _likeness(tmp_path, _person(0, (0.35, 0.5), (8.0, 11.0), yaw=4.0))
    assert again is not None
    assert is_same_person(somebody, again)
    assert is_same_person(again, somebody)


@pytest.mark.parametrize(
    "change",
    [
        lambda image: cv2.resize(image[:, 40:440], (480, 360)),  # broader
        lambda image: np.clip(image * [1.12, 1.0, 0.8], 0, 255).astype(np.uint8),  # another complexion
    ],
)
def test_others_are_not_taken_for_them(tmp_path: Path, somebody: Likeness, change: object) -> None:
    """The drawn people share their bones: others differ in proportions, in colour, or in their features."""
    images = [change(image) for image in _person(0, (0.5, 0.45), (0.0, 3.0))]  # type: ignore[operator]
    other, third = _likeness(tmp_path, images), _likeness(tmp_path, _person(3, (0.5, 0.45), (0.0, 3.0)))
    assert other is not None
    assert third is not None
    assert not is_same_person(somebody, other)
    assert not is_same_person(somebody, third)


def test_doubt_counts_as_another_person(tmp_path: Path, somebody: Likeness) -> None:
    """The same face out of focus may be anybody's."""
    soft = [cv2.GaussianBlur(image, (0, 0), 9) for image in _person(0, (0.5, 0.45), (0.0, 3.0))]
    again = _likeness(tmp_path, soft)
    assert again is not None
    assert not is_same_person(somebody, again)


def test_nothing_is_known_of_who_was_never_looked_at() -> None:
    assert LikenessRecord().finish() is None
