"""Mouths of frames that are smeared by a head's own movement."""

import numpy as np

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.motion_blur import softness
from lipwright.engines.reuse import bank_of, donor_table
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import PIXELS_PER_MM, make_track

N_FRAMES = 40
MOVING = slice(20, 26)


def _scene(grain: np.ndarray, step_mm: float = 0.0) -> Scene:
    """A mouth that hardly moves, with so much detail in each frame; in six of them its head goes so far."""
    track = make_track(np.linspace(4, 5, N_FRAMES))
    track.translations[MOVING, 1] += step_mm * PIXELS_PER_MM * (np.arange(6) % 2)
    bank = bank_of(512, None)
    grey = np.full((320, 320), 120, np.uint8)
    noise = np.random.default_rng(1).normal(size=grey.shape)
    for row in range(N_FRAMES):
        luma = np.clip(grey + grain[row] * noise, 0, 255).astype(np.uint8)
        picture = Picture(luma, grey[::2, ::2].copy(), grey[::2, ::2].copy())
        bank.keep(picture, FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 320, 320)))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    return Scene(FaceAnalysis(N_FRAMES, [0], {0: track}), bank, {0: geometry})


def _softness(scene: Scene, donor: int = 3) -> np.ndarray:
    frames = np.arange(N_FRAMES)
    track = scene.analysis.tracks[0]
    order = MouthOrder(0, frames, frames, track.measures, np.ones(N_FRAMES, np.float32))
    table = donor_table(scene, 0)
    return softness(scene, order, table, np.full(N_FRAMES, np.flatnonzero(table.frames == donor)[0]))


def _grain(smeared: float) -> np.ndarray:
    grain = np.full(N_FRAMES, 16.0)
    grain[MOVING] = smeared
    return grain


def test_a_sharp_donor_is_softened_for_a_smeared_frame() -> None:
    """As far as the frame's own mouth is softer than such mouths usually are, but for what is chance."""
    soft = _softness(_scene(_grain(8.0), step_mm=12.0))
    assert (soft[21:25] > 1.0).all()
    assert (soft < 2.0).all()
    assert not soft[:19].any()
    assert not soft[28:].any()


def test_a_short_shutter_smears_nothing() -> None:
    """The head goes as far, and its own mouth is as sharp as ever."""
    assert not _softness(_scene(_grain(16.0), step_mm=12.0)).any()


def test_soft_lips_on_a_still_head_are_their_own_affair() -> None:
    """They moved in the source; those that are drawn do something else."""
    assert not _softness(_scene(_grain(8.0))).any()


def test_a_donor_as_smeared_as_the_frame_is_left_alone() -> None:
    """It has lost the same already."""
    assert not _softness(_scene(_grain(8.5), step_mm=12.0), donor=22).any()
