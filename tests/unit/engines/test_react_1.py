from dataclasses import replace

import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.analysis.speech.prosody import Prosody
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.lipsync_2_pro import Lipsync2Pro
from lipwright.engines.options import ModelOptions
from lipwright.engines.react_1 import React1
from lipwright.geometry import Box
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

N_FRAMES = 40
MIDDLE = 20
GAPS = 6 + 5 * np.sin(np.arange(N_FRAMES) * 0.9)
SECONDS = np.arange(N_FRAMES) / 25.0
VOICE = Prosody(
    SECONDS, np.full(N_FRAMES, 0.8, np.float32), (4 * np.sin(SECONDS * 4)).astype(np.float32)
)  # fmt: skip


def _picture() -> Picture:
    luma = np.random.default_rng(1).normal(120, 20, (480, 480))
    chroma = np.full((240, 240), 128, np.uint8)
    return Picture(luma.clip(0, 255).astype(np.uint8), chroma, chroma.copy())


@pytest.fixture(scope="module")
def scene() -> Scene:
    track = make_track(GAPS, with_brows=True)
    bank = React1().new_bank()
    for row in range(N_FRAMES):
        bank.keep(_picture(), FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 480, 480)))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    track.forget_points()
    return Scene(FaceAnalysis(N_FRAMES, [0], {0: track}), bank, {0: geometry})


@pytest.fixture
def order(scene: Scene) -> MouthOrder:
    frames = np.arange(N_FRAMES)
    wanted = np.roll(scene.analysis.tracks[0].measures, 5, axis=0)
    return MouthOrder(0, frames, frames, wanted, np.ones(N_FRAMES, np.float32), VOICE)


def _draw(scene: Scene, order: MouthOrder, mode: str, prompt: str | None) -> tuple[Picture, Drawing | None]:
    engine = React1(ModelOptions(mode, prompt))
    picture = _picture()
    return picture, engine.draw(picture, scene, engine.plan(scene, order), MIDDLE)


def _changed(picture: Picture) -> np.ndarray:
    return picture.luma != _picture().luma


ACTED = slice(16, 24)
"""Rows in which an expression is full."""
BROWS, LIPS, HAIR = np.s_[55:85, 80:240], np.s_[190:240, 110:210], np.s_[0:12, 100:220]
"""Parts of the picture: rows and columns."""


@pytest.mark.parametrize(
    ("mode", "prompt", "brows", "hair"),
    [
        ("lips", "surprised", False, False),
        ("lips", "angry", False, False),
        ("face", "surprised", True, False),
        ("face", "neutral", False, False),
        ("face", None, False, False),
        ("head", None, True, True),
        ("head", "surprised", True, True),
    ],
)
def test_each_mode_changes_its_part_of_the_picture(
    scene: Scene, order: MouthOrder, mode: str, prompt: str | None, brows: bool, hair: bool
) -> None:
    """Lips always; brows with an expression or a moving head; hair with a moving head alone."""
    changed = _changed(_draw(scene, order, mode, prompt)[0])
    assert changed[LIPS].mean() > 0.3
    assert changed[BROWS].any() == brows
    assert changed[HAIR].any() == hair


@pytest.mark.parametrize("mode", ["face", "head"])
def test_outside_the_mask_every_sample_is_untouched(scene: Scene, order: MouthOrder, mode: str) -> None:
    """One mask covers the moved face and the mouth drawn on it."""
    picture, drawing = _draw(scene, order, mode, "happy")
    assert drawing is not None
    covered = np.zeros(picture.luma.shape, np.bool_)
    box = drawing.box
    covered[box.top : box.bottom, box.left : box.right] = drawing.mask > 0
    assert not _changed(picture)[~covered].any()


def test_neutral_lips_are_those_of_lipsync_2_pro(scene: Scene, order: MouthOrder) -> None:
    """Without an expression nothing else is drawn."""
    picture, _ = _draw(scene, order, "face", "neutral")
    other, pro = _picture(), Lipsync2Pro()
    pro.draw(other, scene, pro.plan(scene, order), MIDDLE)
    np.testing.assert_array_equal(picture.luma, other.luma)


def test_a_face_may_act_while_its_mouth_rests(scene: Scene, order: MouthOrder) -> None:
    """Strength 0 leaves the mouth; the brows still go up."""
    resting = replace(order, strength=np.zeros(N_FRAMES, np.float32))
    assert _changed(_draw(scene, resting, "face", "surprised")[0])[BROWS].any()
    assert _draw(scene, resting, "lips", "surprised")[1] is None


def _planned(scene: Scene, order: MouthOrder, prompt: str, measure: Measure) -> np.ndarray:
    """By how much more is asked for than without an expression, in the middle, where it is full."""
    plans = [React1(ModelOptions("lips", one)).plan(scene, order) for one in (prompt, "neutral")]
    expressive, plain = (plan.order.measures[ACTED, measure] for plan in plans)
    return np.asarray(expressive - plain)


def test_surprise_opens_open_mouths_further_and_shut_ones_not(scene: Scene, order: MouthOrder) -> None:
    """Action unit 26 must not open what the voice shuts."""
    wanted = order.measures[ACTED, Measure.GAP]
    further = _planned(scene, order, "surprised", Measure.GAP)
    assert not further[wanted <= CLOSED_GAP_MM].any()
    is_within_reach = (wanted > 3) & (wanted < 8)  # nothing is stretched beyond what the bank shows
    assert (further[is_within_reach] > 0.2).all()


def test_a_smile_is_spoken_with_wider_mouths_shut_or_open(scene: Scene, order: MouthOrder) -> None:
    """The voice sets what is added on, so the corners keep it while the lips move."""
    wider = _planned(scene, order, "happy", Measure.WIDTH)
    assert (wider > 0.5).all()


@pytest.mark.parametrize("prompt", ["happy", "sad", "angry", "disgusted"])
def test_a_mouth_that_may_change_alone_expresses_too(scene: Scene, order: MouthOrder, prompt: str) -> None:
    """In mode lips the corners of the mouth go where they go in the other modes; the brows rest."""
    plain, acted = (_draw(scene, order, "lips", one)[0] for one in ("neutral", prompt))
    changed = acted.luma != plain.luma
    assert changed[LIPS].mean() > 0.3
    assert not changed[BROWS].any()


def test_equal_plans_give_equal_frames(scene: Scene, order: MouthOrder) -> None:
    """Nothing is left to chance, and no frame needs the one before it."""
    first, second = (_draw(scene, order, "head", "sad")[0] for _ in range(2))
    np.testing.assert_array_equal(first.luma, second.luma)
