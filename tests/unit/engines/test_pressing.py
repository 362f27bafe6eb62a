import numpy as np
import pytest

from lipwright.analysis.faces.gap_reader import GapReader
from lipwright.analysis.faces.landmarks import N_VERTICES
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines import pressing
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.pressing import PRESSES_MM, press_for
from lipwright.engines.sync_3 import Sync3
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from tests.unit.synthesis.stills import Still, opened, presenter_still


@pytest.fixture(scope="module")
def shut() -> Still:
    return presenter_still(0.0)


def _scene(landmarks: Still, picture: Still) -> Scene:
    """One picture under the landmarks of another one."""
    bank = Sync3().new_bank()
    points = landmarks.track.landmarks[0, :N_VERTICES]
    low, high = points[:, :2].min(axis=0).astype(int), points[:, :2].max(axis=0).astype(int)
    bank.keep(picture.picture, FaceObservation(0, 0, points, Box(*low.tolist(), *high.tolist())))
    return Scene(FaceAnalysis(1, [0], {0: landmarks.track}), bank, {0: landmarks.geometry})


def _order(still: Still, gaps: list[float], strength: float = 1.0) -> MouthOrder:
    n = len(gaps)
    measures = np.stack([opened(still.own, gap) for gap in gaps])
    return MouthOrder(0, np.arange(n), np.zeros(n, np.intp), measures, np.full(n, strength, np.float32))


def test_lips_that_look_shut_are_not_pressed(shut: Still) -> None:
    assert press_for(_scene(shut, shut), _order(shut, [0.0, 4.0, 0.0])) == 0.0


def test_lips_that_are_called_shut_and_look_open_are_pressed(shut: Still) -> None:
    """No firmer than is tried."""
    scene = _scene(shut, presenter_still(3.0))
    assert press_for(scene, _order(shut, [0.0, 4.0, 0.0])) in PRESSES_MM[1:]


@pytest.mark.parametrize(("gaps", "strength"), [([], 1.0), ([5.0, 9.0], 1.0), ([0.0, 0.0], 0.5)])
def test_without_a_closure_there_is_nothing_to_press(shut: Still, gaps: list[float], strength: float) -> None:
    """No rows, open mouths alone, and mouths that stay half the frame's own."""
    order = _order(shut, gaps or [0.0], strength)
    if not gaps:
        order = MouthOrder(0, *(values[:0] for values in (order.output_frames, order.source_frames)),
                           order.measures[:0], order.strength[:0])  # fmt: skip
    assert press_for(_scene(shut, presenter_still(3.0)), order) == 0.0


def test_a_frame_that_reads_open_whatever_is_drawn_does_not_decide(
    shut: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two stages is misread; on the other one lips shut by being pressed."""
    pressed = iter([1.4, 2.5, 1.3, 2.4, 0.3, 2.6, 0.2, 2.6, 0.3, 2.6, 0.2, 2.6])

    class Reader(GapReader):
        def read(self, picture: Picture, landmarks: np.ndarray) -> float:
            return next(pressed)

    monkeypatch.setattr(pressing, "GapReader", Reader)
    assert press_for(_scene(shut, shut), _order(shut, [0.0, 0.0, 0.0, 0.0])) == PRESSES_MM[1]
