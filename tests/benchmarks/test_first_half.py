"""What a job of self-reconstruction may know, and how its results are shown."""

import math

import numpy as np
import pytest

from benchmarks.first_half import FirstHalfEngine, blinded, moved
from benchmarks.reconstruction import STILL, Row, table
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines import registry
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from tests.tracks import make_track


def test_nothing_that_the_mouth_does_in_the_second_half_is_known() -> None:
    """Neither of a track that spans both halves nor of one that begins in the second."""
    tracks = {0: make_track(np.arange(10.0)), 1: make_track(np.arange(5.0), start=7)}
    seen = blinded(FaceAnalysis(12, [0], tracks), 6)
    assert np.isfinite(seen.tracks[0].measures[:6]).all()
    assert np.isnan(seen.tracks[0].measures[6:]).all()
    assert np.isnan(seen.tracks[1].measures).all()
    assert np.isfinite(tracks[1].measures).all()


def test_mouths_of_the_second_half_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = registry.engine("lipsync-2")
    bank, kept = engine.new_bank(), []
    monkeypatch.setattr(bank, "keep", lambda _, observation: kept.append(observation.frame_index))
    monkeypatch.setattr(type(engine), "new_bank", lambda *_: bank)
    halved = FirstHalfEngine(engine, half=6).new_bank()
    plane = np.zeros((2, 2), np.uint8)
    for frame_index in range(4, 9):
        points = np.zeros((3, 3), np.float32)
        halved.keep(Picture(plane, plane, plane), FaceObservation(frame_index, 0, points, Box(0, 0, 2, 2)))
    assert kept == [4, 5]


@pytest.mark.parametrize("late", [-0.25, 0.0, 0.25])
def test_a_late_sound_is_brought_forward(late: float) -> None:
    """As long as before; what is not known is silent."""
    sound = np.zeros(16_000, np.float32)
    sound[8000] = 1.0
    found = moved(sound, late)
    assert len(found) == len(sound)
    assert int(found.argmax()) == 8000 - round(late * 16_000)


def test_the_table_has_means_and_counts_clips_that_are_nearer() -> None:
    nan = math.nan
    rows = [
        Row("a.mp4", "first", 90, 0.4, 0.3, 0.5, 2.0, 3.0),
        Row("a.mp4", "shipped ear", 90, 0.6, 0.4, 0.7, 1.5, 2.5),
        Row("a.mp4", STILL, 90, nan, nan, nan, 2.5, 3.5),
        Row("b.mp4", "first", 50, 0.2, 0.3, 0.5, 2.0, 2.0),
        Row("b.mp4", "shipped ear", 50, 0.4, 0.4, 0.7, 1.5, 2.5),
        Row("c.mp4", "shipped ear", 3, nan, nan, nan, nan, nan),
    ]
    _, _, first, shipped, still = table(rows, ["first", "shipped ear", STILL]).splitlines()
    assert first.startswith("| first | 2 | 0.300 | 0.300 | 0.500 | 2.00 | 2.50 |")
    assert shipped.startswith("| shipped ear | 2 | 0.500 | 0.400 | 0.700 | 1.50 | 2.50 |")
    assert shipped.endswith("| 1 |")
    assert still.startswith("| mean mouth | 1 | - | - | - |")
