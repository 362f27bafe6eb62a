from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.engines.base import Scene
from lipwright.media.picture import Picture
from lipwright.media.still import load_still
from lipwright.render.idle import IdleMotion, plan_idle
from lipwright.render.timing import still_timeline
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from tests.picture_files import portrait, write_picture
from tests.unit.media.synthetic import same

SECONDS = 60
TIMELINE = still_timeline(Fraction(25), Fraction(SECONDS))


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    return load_still(write_picture(tmp_path_factory.mktemp("idle") / "x.png", portrait())).picture


@pytest.fixture(scope="module")
def scene(picture: Picture) -> Scene:
    with FaceAnalyzer() as analyzer:
        analyzer.push(picture)
        return Scene(analyzer.finish(), MouthBank(BankOptions()), {})


@pytest.fixture(scope="module")
def idle(scene: Scene, picture: Picture) -> IdleMotion:
    found = plan_idle(scene, picture, TIMELINE, seed=3)
    assert found is not None
    return found


def _blinks(closure: np.ndarray) -> list[tuple[int, int]]:
    """First and last frame of each blink."""
    frames = np.flatnonzero(closure > 0)
    starts = [frames[0], *(after for before, after in pairwise(frames) if after > before + 1)]
    stops = [*(before for before, after in pairwise(frames) if after > before + 1), frames[-1]]
    return list(zip(starts, stops, strict=True))


def test_people_blink_every_few_seconds_for_a_fifth_of_a_second(idle: IdleMotion) -> None:
    assert len(idle.eyes[0]) == 2
    blinks = _blinks(idle.blinks[:, 0])
    assert SECONDS / 7 < len(blinks) < SECONDS / 2
    assert all(3 <= stop - start + 1 <= 8 for start, stop in blinks)  # 150 to 300 ms, in frames of 40
    assert all(50 <= after - before <= 160 for (before, _), (after, _) in pairwise(blinks))
    assert np.median([idle.blinks[start : stop + 1, 0].max() for start, stop in blinks]) > 0.95


def test_heads_move_slowly_and_a_little_from_where_they_are(idle: IdleMotion) -> None:
    moves = idle.moves[:, 0]
    assert (moves[0] == 0).all()
    assert (moves.std(axis=0) > 0.3).all()
    assert np.abs(moves).max() < 6  # millimetres and degrees
    assert np.abs(np.diff(moves, axis=0)).max() < 0.5


def test_equal_seeds_give_equal_frames_and_others_do_not(
    scene: Scene, picture: Picture, idle: IdleMotion
) -> None:
    """Frame by frame and in any order."""
    again, other = (plan_idle(scene, picture, TIMELINE, seed=seed) for seed in (3, 4))
    assert again is not None
    assert other is not None
    shown = []
    for motion in (idle, again, other):
        frames = [picture.copy(), picture.copy()]
        motion.show(frames[1], 100)
        motion.show(frames[0], 40)
        shown.append(frames)
    assert all(same(one, two) for one, two in zip(shown[0], shown[1], strict=True))
    assert not same(shown[0][0], shown[2][0])
    assert not same(shown[0][0], shown[0][1])


def test_first_frame_is_the_picture_itself(picture: Picture, idle: IdleMotion) -> None:
    frame = picture.copy()
    assert not idle.show(frame, 0)
    assert same(frame, picture)


def test_picture_without_faces_stands_still(picture: Picture, scene: Scene) -> None:
    empty = Scene(type(scene.analysis)(1, [0], {}), scene.bank, {})
    assert plan_idle(empty, picture, TIMELINE, seed=0) is None
