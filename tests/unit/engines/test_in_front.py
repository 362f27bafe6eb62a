"""The drawn presenter with something passing before the mouth."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.occlusion import OCCLUDED
from lipwright.analysis.speech.style import measure_style
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.lipsync_1_9 import Lipsync19
from lipwright.engines.reuse import donor_table
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.render.strength import replacement_strength
from lipwright.samples.clip import to_picture
from lipwright.samples.mouth import MouthPose
from lipwright.samples.performance import head_poses
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.synthesis.action_units import Prompt, expression_field, units_of
from lipwright.synthesis.face_map import PARTS, POINTS
from lipwright.synthesis.folds import FoldedFace, shade_folds
from lipwright.synthesis.mouth_look import measure_look
from lipwright.synthesis.move_face import FaceMove, move_face
from lipwright.synthesis.occluder import cover_of
from lipwright.synthesis.open_mouth import draw_synthesized
from lipwright.synthesis.placement import measure_geometry

BoolArray = NDArray[np.bool_]

N_FRAMES = 64
CHIN, LIPS = range(24, 34), range(42, 52)
"""Frames in which a rod stands before the chin, and before all of the mouth."""
ROD = (40, 62, 118)


@dataclass(frozen=True, eq=False)
class Filmed:
    pictures: list[Picture]
    rods: list[BoolArray]
    scene: Scene
    landmarks: NDArray[np.float32]


def _rod(size: tuple[int, int], mouth: tuple[float, float], pixels_per_mm: float, frame: int) -> BoolArray:
    """A thick rod that comes from below the frame; nothing in most frames."""
    mask = np.zeros(size, np.uint8)
    if frame in CHIN or frame in LIPS:
        half, top = (9, 14) if frame in CHIN else (32, -22)
        left, right = (round(mouth[0] + side * half * pixels_per_mm) for side in (-1, 1))
        cv2.rectangle(mask, (left, round(mouth[1] + top * pixels_per_mm)), (right, size[0]), 1, -1)
    return mask.astype(np.bool_)


@pytest.fixture(scope="module")
def filmed() -> Filmed:
    presenter = Presenter(PresenterOptions(width=480, height=360))
    engine = Lipsync19()
    bank = engine.new_bank()
    pictures, rods, landmarks = [], [], []
    with FaceAnalyzer(FaceOptions(with_brows=True)) as analyzer:
        for frame, head in enumerate(head_poses(N_FRAMES, 25.0)):
            mouth = MouthPose(gap=5 + 5 * np.sin(frame / 2))
            image = presenter.draw(mouth, head, frame)
            rod = _rod(image.shape[:2], presenter.mouth_center(mouth, head), presenter.pixels_per_mm, frame)
            image[rod] = ROD
            pictures.append(to_picture(image))
            rods.append(rod)
            for observation in analyzer.push(pictures[-1]):
                bank.keep(pictures[-1], observation)
                landmarks.append(observation.landmarks)
        analysis = analyzer.finish()
    geometry = measure_geometry(analysis.tracks[0], 25.0)
    assert geometry is not None
    return Filmed(pictures, rods, Scene(analysis, bank, {0: geometry}), np.stack(landmarks))


@pytest.fixture(scope="module")
def strength(filmed: Filmed) -> NDArray[np.float32]:
    track = filmed.scene.analysis.tracks[0]
    return replacement_strength(track, np.arange(N_FRAMES), np.zeros(N_FRAMES, np.bool_))


def test_what_covers_the_mouth_lets_the_frame_pass(filmed: Filmed, strength: NDArray[np.float32]) -> None:
    assert (filmed.scene.analysis.tracks[0].occlusion[LIPS.start + 1 : LIPS.stop - 1] >= OCCLUDED).all()
    assert (strength[LIPS.start + 3 : LIPS.stop - 3] == 0).all()  # it changes over behind the rod
    assert (strength[CHIN.start : CHIN.stop] > 0).all()


def test_no_mouth_with_something_in_front_is_a_donor(filmed: Filmed) -> None:
    donors = donor_table(filmed.scene, 0).frames
    hidden = [*range(LIPS.start + 1, LIPS.stop - 1), *range(CHIN.start + 1, CHIN.stop - 1)]
    assert not np.isin(hidden, donors).any()
    assert len(donors) > 20


def test_what_stands_before_the_chin_stays_there_sample_by_sample(
    filmed: Filmed, strength: NDArray[np.float32]
) -> None:
    """The mouth beside it is drawn all the same."""
    engine = Lipsync19()
    frames = np.arange(CHIN.start + 1, CHIN.stop - 1)
    wanted = _wide_open(filmed, len(frames))
    plan = engine.plan(filmed.scene, MouthOrder(0, frames, frames, wanted, strength[frames]))
    for row, frame in enumerate(frames):
        drawn = filmed.pictures[frame].copy()
        assert engine.draw(drawn, filmed.scene, plan, row) is not None
        _check_rod(filmed, frame, drawn)


def test_what_stands_before_a_made_up_mouth_stays_there_too(filmed: Filmed) -> None:
    geometry = filmed.scene.geometries[0]
    look = measure_look(filmed.pictures[0], filmed.landmarks[0])
    for frame in range(CHIN.start + 1, CHIN.stop - 1):
        drawn = filmed.pictures[frame].copy()
        assert draw_synthesized(drawn, geometry, frame, _wide_open(filmed, 1)[0], look) is not None
        _check_rod(filmed, frame, drawn)


@pytest.mark.parametrize("turn", [0.0, 0.04])
def test_what_stands_before_a_face_that_acts_holds_still(filmed: Filmed, turn: float) -> None:
    """The face is moved round it, its expression and the head; and no fold lies on it."""
    geometry = filmed.scene.geometries[0]
    face = geometry.face_map
    assert face is not None
    field = expression_field(units_of(Prompt.HAPPY), face.shape, POINTS, PARTS, face.eye_distance)
    for frame in range(CHIN.start + 1, CHIN.stop - 1, 3):
        drawn = filmed.pictures[frame].copy()
        cover = cover_of(geometry, frame)
        assert cover is not None
        move = FaceMove(field, 1.0, np.array([turn, 0, 0], np.float32), cover)
        moved = move_face(drawn, face, frame - face.start, move)
        folded = FoldedFace(face, frame - face.start, moved.follow, moved.drawing.box, moved.free)
        shade_folds(drawn, folded, units_of(Prompt.HAPPY))
        _check_rod(filmed, frame, drawn)


def _wide_open(filmed: Filmed, n_rows: int) -> NDArray[np.float32]:
    rest = measure_style(filmed.scene.analysis.tracks[0].measures).rest
    wanted = np.repeat(rest[np.newaxis], n_rows, axis=0)
    wanted[:, Measure.GAP] += 8.0
    wanted[:, Measure.JAW] += 5.0
    return wanted


def _check_rod(filmed: Filmed, frame: int, drawn: Picture) -> None:
    """The rod but for its edge is untouched, and much else is not."""
    own = filmed.pictures[frame]
    rod = cv2.erode(filmed.rods[frame].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (drawn.luma[rod] == own.luma[rod]).all()
    assert (drawn.luma != own.luma).sum() > 500
