import cv2
import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.lipsync_1_9 import Lipsync19
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.placement import measure_geometry
from lipwright.synthesis.sharpness import laplacian_variance
from tests.tracks import make_track

N_FRAMES = 24
GAPS = 6 + 5 * np.sin(np.arange(N_FRAMES) * 0.9)
MOUTH = np.s_[190:240, 110:210]
"""Lips and the skin round them: rows and columns."""


def _picture(seed: int = 1) -> Picture:
    """Grain as fine as a camera resolves."""
    luma = cv2.GaussianBlur(np.random.default_rng(seed).normal(120, 20, (480, 480)), (0, 0), 1.0)
    chroma = np.full((240, 240), 128, np.uint8)
    return Picture(luma.clip(0, 255).astype(np.uint8), chroma, chroma.copy())


@pytest.fixture(scope="module")
def scene() -> Scene:
    track = make_track(GAPS)
    bank = Lipsync19().new_bank()
    for row in range(N_FRAMES):
        bank.keep(_picture(row), FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 480, 480)))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    track.forget_points()
    return Scene(FaceAnalysis(N_FRAMES, [0], {0: track}), bank, {0: geometry})


@pytest.mark.parametrize("row", [6, 12, 18])
def test_a_mouth_keeps_the_grain_of_its_footage(scene: Scene, row: int) -> None:
    """The fastest model too gives back what resampling takes: skin would be smooth in a grainy picture."""
    frames = np.arange(N_FRAMES)
    wanted = np.roll(scene.analysis.tracks[0].measures, 5, axis=0)
    order = MouthOrder(0, frames, frames, wanted, np.ones(N_FRAMES, np.float32))
    engine, picture = Lipsync19(), _picture()
    assert engine.draw(picture, scene, engine.plan(scene, order), row) is not None
    filmed, drawn = laplacian_variance(_picture().luma[MOUTH]), laplacian_variance(picture.luma[MOUTH])
    assert drawn > 0.75 * filmed
