"""How far a mouth may open above the chin."""

import numpy as np

from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.reuse import bank_of
from lipwright.engines.room import with_room
from lipwright.measures import Measure
from lipwright.synthesis.placement import measure_geometry
from lipwright.synthesis.selection import DonorTable
from tests.tracks import make_track

N_FRAMES = 60
GAPS = np.tile(np.linspace(0, 12, 20), 3)


def _scene_and_table(mm_per_degree: float) -> tuple[Scene, DonorTable]:
    """A head that is raised where it speaks, and bowed, lips shut, in its last twenty frames."""
    track = make_track(np.where(np.arange(N_FRAMES) < 40, GAPS, 0.0))
    track.pitch[:40] = 5 * np.sin(np.arange(40))
    track.pitch[40:] = -20.0
    track.measures[:, Measure.JAW] += mm_per_degree * track.pitch
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    scene = Scene(FaceAnalysis(N_FRAMES, [0], {0: track}), bank_of(512, None), {0: geometry})
    rows, zeros = np.arange(40), np.zeros(40, np.float32)
    measures = geometry.upright_measures()[rows]
    return scene, DonorTable(
        rows, measures, zeros, track.pitch[rows], *[zeros] * 5, np.zeros((40, 4), np.float32)
    )


def _made(scene: Scene, table: DonorTable, frame: int, row: int) -> tuple[np.ndarray, np.ndarray]:
    wanted = table.measures[row : row + 1]
    frames = np.array([frame])
    order = MouthOrder(0, frames, frames, wanted, np.ones(1, np.float32))
    return wanted[0], with_room(scene, order, table).measures[0]


def test_a_mouth_that_was_filmed_wide_opens_less_on_a_bowed_head() -> None:
    """Its lower lip would lie over the chin; upper lip and jaw stay."""
    scene, table = _scene_and_table(0.5)
    wanted, made = _made(scene, table, frame=50, row=19)
    lack = wanted[Measure.GAP] - made[Measure.GAP]
    assert lack > 3.0
    np.testing.assert_allclose(wanted[Measure.LOWER] - made[Measure.LOWER], lack, atol=1e-4)
    others = [Measure.WIDTH, Measure.JAW, Measure.UPPER, Measure.PROTRUSION, Measure.INNER_WIDTH]
    np.testing.assert_array_equal(made[others], wanted[others])


def test_shut_lips_and_heads_as_usual_are_left_alone() -> None:
    """What was filmed has room."""
    scene, table = _scene_and_table(0.5)
    for frame, row in ((50, 0), (10, 10), (10, 0)):
        wanted, made = _made(scene, table, frame, row)
        np.testing.assert_allclose(made, wanted, atol=1e-4)


def test_a_wide_mouth_stays_where_pitch_takes_no_room() -> None:
    """Of this face the jaw does not go with the pitch."""
    scene, table = _scene_and_table(0.0)
    wanted, made = _made(scene, table, frame=50, row=18)
    np.testing.assert_allclose(made, wanted, atol=0.5)
