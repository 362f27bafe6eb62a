"""Which mouths of a face are fit to be donors."""

import numpy as np

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.occlusion import MOUTH_POINTS
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.reuse import bank_of, donor_table, within_reach
from lipwright.geometry import Box
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

N_FRAMES, N_MANY = 12, 20


CLEAR, CONTRADICTED = Looks((5.0, 6.0), 1.0), Looks((0.1, 9.0), 1.0)
MISPLACED = Looks((5.0, 5.0), 4.0)


def _scene(looks: list[Looks | None], grain: list[float] | None = None, n_frames: int = N_FRAMES) -> Scene:
    """A face, what several looks at each frame say of each other, and how much detail each frame has."""
    track = make_track(np.linspace(0, 8, n_frames))
    bank = bank_of(512, None)
    grey = np.full((320, 320), 120, np.uint8)
    noise = np.random.default_rng(1).normal(size=grey.shape)
    for row, pair in enumerate(looks):
        luma = grey if grain is None else (grey + grain[row] * noise).astype(np.uint8)
        picture = Picture(luma, grey[::2, ::2].copy(), grey[::2, ::2].copy())
        bank.keep(picture, FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 320, 320), pair))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    return Scene(FaceAnalysis(n_frames, [0], {0: track}), bank, {0: geometry})


def test_mouths_that_cannot_be_read_are_no_donors() -> None:
    """Their lips are not where the mesh says: drawn elsewhere, skin or teeth would be in their place."""
    scene = _scene([None, CLEAR, CONTRADICTED, MISPLACED, *[CLEAR] * (N_FRAMES - 4)])
    assert donor_table(scene, 0).frames.tolist() == [0, 1, *range(4, N_FRAMES)]
    assert scene.bank.is_hard_to_read(0)


def test_of_a_face_that_is_often_misread_one_look_is_not_enough() -> None:
    """Between probes a mouth may have been misread as well: only what was read again and alike is drawn."""
    scene = _scene([None, CLEAR, CONTRADICTED, None, *[CLEAR] * 4, *[CONTRADICTED] * (N_FRAMES - 8)])
    assert donor_table(scene, 0).frames.tolist() == [1, *range(4, 8)]


def test_where_no_mouth_can_be_read_all_are_donors() -> None:
    """The best there is; a face that was seen well in every frame is not called hard to read."""
    assert len(donor_table(_scene([CONTRADICTED] * N_FRAMES), 0)) == N_FRAMES
    assert not _scene([None] * N_FRAMES).bank.is_hard_to_read(0)


def test_profiles_are_no_donors_unless_there_is_nothing_else() -> None:
    """The mesh guesses half of such a face."""
    scene = _scene([None] * N_FRAMES)
    scene.analysis.tracks[0].yaw[3:6] = [-60, 70, -54]
    assert donor_table(scene, 0).frames.tolist() == [0, 1, 2, *range(5, N_FRAMES)]
    scene.analysis.tracks[0].yaw[:] = 60
    assert len(donor_table(scene, 0)) == N_FRAMES


def _cover(scene: Scene, frames: list[int], *, lowest_mm: float, highest_mm: float) -> None:
    """Something is in front of the points at these heights, canonical mm."""
    height = MEAN_FACE[MOUTH_POINTS, 1]
    track = scene.analysis.tracks[0]
    track.cover_bits[frames] = np.packbits((height > lowest_mm) & (height < highest_mm))
    track.occlusion[frames] = 0.4


def test_covered_mouths_are_no_donors_even_where_only_the_chin_is_covered() -> None:
    scene = _scene([CLEAR] * N_MANY, n_frames=N_MANY)
    _cover(scene, [3, 4], lowest_mm=-90, highest_mm=-75)
    assert donor_table(scene, 0).frames.tolist() == [0, 1, 2, *range(5, N_MANY)]


def test_of_a_chin_that_is_always_covered_lips_that_are_seen_are_donors() -> None:
    """A microphone that never leaves it would else leave a single mouth, which could not open.

    Where it hides the lips, and in the fades beside that, there are none.
    """
    scene = _scene([CLEAR] * N_MANY, n_frames=N_MANY)
    _cover(scene, list(range(N_MANY)), lowest_mm=-90, highest_mm=-75)
    _cover(scene, [5, 6, 7], lowest_mm=-90, highest_mm=-40)
    assert donor_table(scene, 0).frames.tolist() == [*range(3), *range(10, N_MANY)]


def test_smeared_mouths_are_no_donors() -> None:
    """The only shut lips of a head that was thrown about are worse than the lips of another moment."""
    scene = _scene([None] * N_FRAMES, grain=[2.0] * 3 + [10.0] * (N_FRAMES - 3))
    assert donor_table(scene, 0).frames.tolist() == list(range(3, N_FRAMES))


def test_mouths_are_no_wider_nor_narrower_than_they_were_seen() -> None:
    """A mouth that is asked for as the donors have it stays as it is."""
    table = donor_table(_scene([None] * N_FRAMES), 0)
    wanted = np.repeat(table.measures[5:6], 3, axis=0)
    wanted[0, Measure.WIDTH] -= 20
    wanted[1, Measure.INNER_WIDTH] += 20
    frames = np.arange(3)
    made = within_reach(MouthOrder(0, frames, frames, wanted, np.ones(3, np.float32)), table).measures
    seen = table.measures
    assert (
        seen[:, Measure.WIDTH].min() - 1.01 <= made[0, Measure.WIDTH] <= seen[:, Measure.WIDTH].min() + 0.01
    )
    assert made[1, Measure.INNER_WIDTH] <= seen[:, Measure.INNER_WIDTH].max() + 1.01
    np.testing.assert_array_equal(made[2], wanted[2])
