from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.registry import engine
from lipwright.errors import InstallationError
from lipwright.geometry import Box
from lipwright.media.frame_clock import FrameClock
from lipwright.media.picture import Picture
from lipwright.media.probe import MediaInfo
from lipwright.render.job import Inputs, RenderJob
from lipwright.render.plan import RenderPlan, load_plan
from lipwright.render.timing import SyncMode, plan_timeline
from lipwright.scratch import ScratchFile
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track


def picture() -> Picture:
    rng = np.random.default_rng(5)
    luma = rng.integers(80, 160, (320, 320), dtype=np.uint8)
    chroma = np.full((160, 160), 128, np.uint8)
    return Picture(luma, chroma, chroma.copy())


def planned(n_frames: int) -> RenderPlan:
    """A face that speaks all the time, asked to say what it said a little later."""
    track = make_track(6 + 6 * np.sin(np.arange(n_frames) / 3))
    model, kept = engine("lipsync-2"), ScratchFile()
    bank = model.new_bank()
    bank.store_in(kept)
    for row in range(min(n_frames, 60)):
        bank.keep(picture(), FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 320, 320)))
    geometry = measure_geometry(track, 25.0, kept)
    track.forget_points()
    scene = Scene(FaceAnalysis(n_frames, [0], {0: track}), bank, {0: geometry})
    frames = np.arange(n_frames)
    wanted = np.roll(track.measures, 7, axis=0)
    mouth = model.plan(scene, MouthOrder(0, frames, frames, wanted, np.ones(n_frames, np.float32)))
    clock = FrameClock.constant(Fraction(25), n_frames)
    job = RenderJob(Path("video.mp4"), Path("voice.wav"), Path("output.mp4"), model)
    inputs = Inputs(MediaInfo(job.video, "mp4", None, None), None, {})
    return RenderPlan(job, inputs, scene, plan_timeline(clock, clock.duration, SyncMode.BOUNCE), [mouth])


def drawn(plan: RenderPlan, frame: int) -> Picture:
    canvas = picture()
    for mouth, row in plan.rows_of(frame):
        assert plan.job.engine.draw(canvas, plan.scene, mouth, row) is not None
    return canvas


@pytest.fixture(scope="module")
def plan() -> RenderPlan:
    return planned(90)


def test_a_plan_that_was_saved_draws_the_same_frames(plan: RenderPlan, tmp_path: Path) -> None:
    """Chunks are drawn by other processes than the one that planned."""
    plan.save(tmp_path / "plan.bin")
    loaded = load_plan(tmp_path / "plan.bin")
    for frame in (0, 31, 89):
        np.testing.assert_array_equal(drawn(loaded, frame).luma, drawn(plan, frame).luma)


def test_a_loaded_plan_can_be_saved_again(plan: RenderPlan, tmp_path: Path) -> None:
    plan.save(tmp_path / "plan.bin")
    load_plan(tmp_path / "plan.bin").save(tmp_path / "again.bin")
    np.testing.assert_array_equal(drawn(load_plan(tmp_path / "again.bin"), 40).luma, drawn(plan, 40).luma)


def test_a_loaded_plan_outlives_its_file(plan: RenderPlan, tmp_path: Path) -> None:
    """A child that still draws does not mind that its job was cancelled and the folder is gone."""
    plan.save(tmp_path / "plan.bin")
    loaded = load_plan(tmp_path / "plan.bin")
    (tmp_path / "plan.bin").unlink()
    assert drawn(loaded, 10).luma.shape == (320, 320)


def test_of_a_long_video_a_chunk_loads_little(tmp_path: Path) -> None:
    """Mouths and what is known of each frame stay in the file: under 300 bytes a frame are read."""
    sizes = []
    for n_frames in (100, 1100):
        path = tmp_path / f"{n_frames}.bin"
        planned(n_frames).save(path)
        sizes.append(int.from_bytes(path.read_bytes()[-8:], "little"))
    assert sizes[1] - sizes[0] < 300 * 1000


@pytest.mark.parametrize("content", [b"", b"short", b"\0" * 64, b"\x80\x05not a plan"])
def test_a_file_of_another_version_asks_for_a_new_plan(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plan.bin").write_bytes(content)
    with pytest.raises(InstallationError, match="plan the job again"):
        load_plan(tmp_path / "plan.bin")
