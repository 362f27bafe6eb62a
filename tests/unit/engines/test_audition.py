import cv2
import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.faces.track import FaceObservation
from lipwright.engines.audition import auditioned
from lipwright.engines.base import Scene
from lipwright.engines.reuse import donor_table
from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from lipwright.synthesis.placement import measure_geometry
from tests.unit.analysis.faces.drawn_face import as_picture, draw_face, plain_canvas

N_FRAMES = 40
SPOILT = 20


def _scene(most_stages: int = 10) -> Scene:
    """A face that opens its mouth for a while, then shuts it."""
    bank = MouthBank(BankOptions(most_stages=most_stages))
    with FaceAnalyzer() as analyzer:
        for frame in range(N_FRAMES):
            opening = 0.1 * max(0.0, np.sin(frame / 3)) if frame < 12 else 0.0
            picture = as_picture(draw_face(plain_canvas(320, 320), (160, 150), 200, opening))
            for observation in analyzer.push(picture):
                bank.keep(_spoilt(picture, observation) if frame == SPOILT else picture, observation)
        analysis = analyzer.finish()
    geometries = {number: measure_geometry(track, 25.0) for number, track in analysis.tracks.items()}
    return Scene(analysis, bank, {k: v for k, v in geometries.items() if v is not None})


def _spoilt(picture: Picture, observation: FaceObservation) -> Picture:
    """An open mouth painted on a frame whose landmarks say that it is shut."""
    painted = picture.copy()
    x, y = np.round(observation.landmarks[mesh.ROWS[mesh.INNER], :2].mean(axis=0)).astype(int)
    cv2.ellipse(painted.luma, (int(x), int(y)), (16, 5), 0, 0, 360, (45,), -1)
    return painted


@pytest.fixture(scope="module")
def scene() -> Scene:
    return _scene()


def test_a_mouth_that_looks_open_elsewhere_is_found_out(scene: Scene) -> None:
    """What was filmed with shut landmarks but shows an opening is doubted more than its neighbours."""
    table = donor_table(scene, 0)
    spoilt = int(np.flatnonzero(table.frames == SPOILT)[0])
    scene.auditions.clear()
    table.doubt[spoilt] = -1.0  # so that it is among those that are tried
    heard = auditioned(scene, 0, table).doubt
    tried = np.isin(table.frames, list(scene.auditions[0]))
    assert tried[spoilt]
    assert heard[spoilt] > np.delete(heard[tried], tried[:spoilt].sum()).max() + 0.5


def test_a_face_is_auditioned_once(scene: Scene) -> None:
    """Every run of a shot asks; only the first one waits."""
    table = donor_table(scene, 0)
    scene.auditions[0] = {int(table.frames[3]): 0.0}
    heard = auditioned(scene, 0, table).doubt
    assert heard.argmin() == 3
    assert scene.auditions[0] == {int(table.frames[3]): 0.0}


def test_without_stages_the_first_judgement_stands() -> None:
    """A bank that keeps no faces to try mouths on still gives donors."""
    scene = _scene(most_stages=0)
    table = donor_table(scene, 0)
    np.testing.assert_array_equal(auditioned(scene, 0, table).doubt, table.doubt)
