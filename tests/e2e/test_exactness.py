"""What is not the mouth stays the decoder's own, sample by sample."""

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.registry import engine
from lipwright.media.video_reader import VideoReader
from lipwright.synthesis.placement import measure_geometry
from tests.footage import Footage

N_FRAMES = 40


@pytest.fixture(scope="module", params=["lipsync-1.9", "lipsync-2", "lipsync-2-pro", "passthrough"])
def drawn(request: pytest.FixtureRequest, footage: Footage):
    """Source pictures, the drawn ones and what was drawn, for another moment's mouths."""
    model = engine(request.param)
    bank = model.new_bank()
    reader = VideoReader(footage.video)
    pictures = list(reader.read(0, N_FRAMES))
    with FaceAnalyzer() as analyzer:
        for picture in pictures:
            for observation in analyzer.push(picture):
                bank.keep(picture, observation)
        analysis = analyzer.finish()
    (number, track), *_ = analysis.tracks.items()
    scene = Scene(analysis, bank, {number: measure_geometry(track, 25.0)})
    frames = np.arange(track.start, track.stop)
    wanted = np.roll(track.measures, 11, axis=0)
    order = MouthOrder(number, frames, frames, wanted, np.ones(len(frames), np.float32))
    plan = model.plan(scene, order)
    results = []
    for row, frame in enumerate(frames):
        canvas = pictures[frame].copy()
        results.append((pictures[frame], canvas, model.draw(canvas, scene, plan, row)))
    return request.param, results


def test_no_sample_outside_the_mask_differs(drawn) -> None:
    """Zero luma samples differ outside the mask, in every frame."""
    _, results = drawn
    for source, canvas, drawing in results:
        box, mask = drawing.box, np.zeros(source.luma.shape, np.bool_)
        inside = box.clipped(source.width, source.height)
        part = drawing.mask[
            inside.top - box.top : inside.bottom - box.top, inside.left - box.left : inside.right - box.left
        ]
        mask[inside.top : inside.bottom, inside.left : inside.right] = part > 0
        assert (canvas.luma == source.luma)[~mask].all()
        assert mask.mean() < 0.5


def test_drawing_a_frames_own_mouth_gives_the_frame(drawn) -> None:
    """The passthrough engine runs all of the drawing: its error is that of the geometry, next to nothing."""
    model, results = drawn
    if model != "passthrough":
        return
    for source, canvas, _ in results:
        assert np.abs(source.luma.astype(int) - canvas.luma).max() <= 1
