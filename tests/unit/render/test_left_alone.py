import numpy as np

from lipwright.engines.base import MouthOrder
from lipwright.render.left_alone import covered_notes
from tests.tracks import make_track


def _order(track_id: int, first: int, n_frames: int) -> MouthOrder:
    frames = np.arange(first, first + n_frames)
    measures = np.zeros((n_frames, 7), np.float32)
    return MouthOrder(track_id, frames, frames, measures, np.ones(n_frames, np.float32))


def test_covered_frames_are_counted_face_by_face() -> None:
    """Over all stretches in which a face was given a voice, and those only."""
    tracks = {4: make_track(np.full(100, 5.0)), 7: make_track(np.full(60, 5.0)), 9: make_track(np.zeros(10))}
    tracks[4].occlusion[20:30] = tracks[4].occlusion[70:90] = 0.9
    tracks[9].occlusion[:] = 0.9
    (note,) = covered_notes(tracks, [_order(7, 0, 60), _order(4, 0, 40), _order(4, 40, 60)])
    assert note.startswith("in 26 of 100 frames the mouth of face 4 is mostly covered")


def test_nothing_is_said_where_nothing_is_in_front() -> None:
    """Nor of no face at all."""
    assert covered_notes({0: make_track(np.full(20, 5.0))}, [_order(0, 0, 20)]) == []
    assert covered_notes({}, []) == []
