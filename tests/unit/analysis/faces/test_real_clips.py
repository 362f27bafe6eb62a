"""The analysis on real footage, where it is present: figures that hold on the clips it was built with."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.media.picture import Picture

VIDEO = Path(__file__).parents[5] / "shared" / "media" / "video"

pytestmark = pytest.mark.skipif(not VIDEO.exists(), reason="real media not present")


def pictures(path: Path, limit: int) -> Iterator[Picture]:
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index == limit:
                return
            planes = [
                np.frombuffer(memoryview(plane), np.uint8)
                .reshape(plane.height, plane.line_size)[:, : plane.width]
                .copy()
                for plane in frame.reformat(format="yuv420p").planes
            ]
            yield Picture(*planes)


def analyze(name: str, limit: int) -> FaceAnalysis:
    with FaceAnalyzer() as analyzer:
        for picture in pictures(VIDEO / name, limit):
            analyzer.push(picture)
        return analyzer.finish()


def test_a_talking_head_is_tracked_throughout_and_opens_and_closes_its_mouth() -> None:
    (track,) = analyze("real_grid_pwij3p.mpg", 75).tracks.values()
    gap = track.measures[:, Measure.GAP]
    assert track.is_tracked.all()
    assert track.occlusion.max() < 0.5
    assert -0.5 < np.percentile(gap, 5) < CLOSED_GAP_MM
    assert gap.max() > 8


def test_a_tiny_face_is_tracked() -> None:
    (track,) = analyze("real_lrs3_uncropped_small_face.mp4", 60).tracks.values()
    assert track.is_tracked.all()


def test_all_faces_of_a_wide_stage_are_found() -> None:
    analysis = analyze("real_debate_wide_small_faces.mp4", 12)
    assert len(analysis.tracks) == 2


def test_a_hand_with_a_microphone_over_the_mouth_is_noticed() -> None:
    analysis = analyze("real_rap_mic_occlusion_cuts.mp4", 211)
    assert analysis.shot_starts == [0, 20, 82]
    track = next(track for track in analysis.tracks.values() if track.start == 82)
    assert track.occlusion[[116 - 82, 132 - 82]].min() >= 0.5
    assert track.occlusion[:12].max() < 0.5
