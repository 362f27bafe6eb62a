"""One mouth as curves: what of it was seen, and what was only guessed."""

from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.media.video_reader import VideoReader
from lipwright.scoring.curves import mouth_curves
from lipwright.scoring.watch import MouthRecord, Watched, watch
from tests.tracks import make_track

MOUSTACHE = Path(__file__).parents[4] / "shared" / "media" / "video" / "real_oldman_beard_tilt.mp4"


CONTRADICTED = Looks((0.0, 9.0), 1.0)
AGREED = Looks((5.1, 4.9, 5.0, 5.0), 1.0)
AGREED_AT_FIRST = Looks((0.1, 0.2, 7.0, 7.0), 1.0)


def _watched() -> Watched:
    """Six frames from frame 2 on: two looks at the second contradict each other, further looks at the third
    agree, those at the fourth do not, and in the last two something hides the mouth."""
    track = make_track(np.full(6, 3.0), start=2)
    track.occlusion[4:] = 0.8
    record = MouthRecord(
        frames=list(range(2, 8)),
        lips=[np.zeros((40, 2), np.float32)] * 6,
        sharpness=[100.0] * 6,
        skin_flicker=[0.0] * 6,
        looks=[None, CONTRADICTED, AGREED, AGREED_AT_FIRST, None, None],
    )
    return Watched(FaceAnalysis(10, [0], {4: track}), {4: record}, np.arange(10) / 25.0)


def test_a_guess_is_no_measurement() -> None:
    """Frames without a face are neither seen nor guessed."""
    curves = mouth_curves(_watched(), [4])
    assert np.flatnonzero(curves.is_seen).tolist() == [2, 3, 4, 5, 6, 7]
    assert np.flatnonzero(np.isfinite(curves.gap)).tolist() == [2, 4]
    assert np.flatnonzero(curves.is_unread).tolist() == [3, 5, 6, 7]
    assert curves.gap[2] == pytest.approx(3.0, abs=0.01)
    assert np.isfinite(curves.sharpness[2:8]).all()
    assert curves.part(0, 4).is_unread.tolist() == [False, False, False, True]


def test_further_looks_at_a_frame_outweigh_its_neighbours() -> None:
    """Where two looks were not enough, what all looks at this frame say is the gap."""
    assert mouth_curves(_watched(), [4]).gap[4] == pytest.approx(5.0)


def test_travel_is_known_wherever_two_looks_agree() -> None:
    """It needs seven frames in a row: further looks, which are strict with single frames, have no say."""
    steady = mouth_curves(_watched(), [4]).steady_gap
    assert np.flatnonzero(np.isfinite(steady)).tolist() == [2, 4, 5]
    assert steady[[2, 4, 5]] == pytest.approx(3.0, abs=0.01)


@pytest.mark.skipif(not MOUSTACHE.exists(), reason="needs the real clips of ../shared/media")
def test_a_mouth_under_a_moustache_is_not_read() -> None:
    """Of the first 20 frames, in which lips part under a moustache, a single look gives 11 to 18 mm where the
    mirror gives none; it counted."""
    with VideoReader(MOUSTACHE, threads=1) as reader:
        watched = watch(reader, most_frames=20)
    curves = mouth_curves(watched, list(watched.analysis.tracks))
    assert 5 <= curves.is_unread.sum() <= 15
