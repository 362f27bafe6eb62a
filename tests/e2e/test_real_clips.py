"""Real footage, where it is at hand: what no drawn presenter would have thought of."""

from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.app.generate import lipsync
from lipwright.measures import Measure
from lipwright.media.probe import probe
from lipwright.media.video_reader import VideoReader
from lipwright.render.report import Report

MEDIA = Path(__file__).parents[3] / "shared" / "media"

pytestmark = pytest.mark.skipif(not MEDIA.is_dir(), reason="../shared/media is not on this machine")


def _dub(clip: str, voice: str, output: Path, **options: str) -> Report:
    return lipsync(MEDIA / "video" / clip, MEDIA / "audio" / voice, output, **options)


@pytest.mark.parametrize(
    ("clip", "voice"),
    [
        ("real_grid_lbax4n.mpg", "es_dreamtalk_spanish1.wav"),  # MPEG-1, messy stamps
        ("real_retalking_face3.mp4", "zh_guangquan_m4a.m4a"),  # a voice in an M4A container
    ],
)
def test_the_mouth_follows_a_foreign_voice(clip: str, voice: str, tmp_path: Path) -> None:
    """Measured on the decoded output: the gap moves with what was asked for, on time."""
    report = _dub(clip, voice, tmp_path / "out.mp4")
    with VideoReader(report.output) as reader, FaceAnalyzer() as analyzer:
        for picture in reader.read():
            analyzer.push(picture)
        analysis = analyzer.finish()
    (track,) = analysis.tracks.values()
    wanted = np.array(report.curves[0].wanted_gap_mm)[track.start : track.stop]
    measured = track.measures[: len(wanted), Measure.GAP]
    use = np.isfinite(measured) & (np.array(report.curves[0].strength)[track.start : track.stop] == 1)
    assert np.corrcoef(wanted[use], measured[use])[0, 1] >= 0.9


@pytest.mark.parametrize(
    ("clip", "mode"),
    [
        ("real_rap_mic_occlusion_cuts.mp4", "cut_off"),  # cuts, no-face frames, sound that starts first
        ("real_lrs3_uncropped_small_face.mp4", "loop"),  # a face of 50 pixels
    ],
)
def test_hard_footage_gives_a_whole_video(clip: str, mode: str, tmp_path: Path) -> None:
    """Lost, covered and tiny faces are data: every frame is there and the length is exact."""
    report = _dub(
        clip, "es_dreamtalk_spanish1.wav", tmp_path / "out.mp4", model="lipsync-1.9", sync_mode=mode
    )
    found, source = probe(report.output).need_video(), probe(MEDIA / "video" / clip).need_video()
    assert (found.width, found.height, found.fps) == (source.width, source.height, source.fps)
    with VideoReader(report.output) as reader:
        assert sum(1 for _ in reader.read()) == report.n_frames == found.n_frames


def test_a_clip_without_any_face_passage_is_told_from_one_with(tmp_path: Path) -> None:
    """Slides most of the time: frames without a face are the source's own."""
    report = _dub("real_ted_slides_noface_subs.mp4", "en_librivox_0890.wav", tmp_path / "out.mp4")
    assert report.frames_touched < report.n_frames
