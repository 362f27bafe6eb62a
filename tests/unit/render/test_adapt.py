"""Corrections of the ear from the source's own sound."""

from dataclasses import replace

import numpy as np
import pytest

from lipwright.analysis.faces.cast import CastMember, throughout
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.analysis.sync_judge import SyncOpinion
from lipwright.measures import N_MEASURES, Measure
from lipwright.render.adapt import as_this_mouth, refit_cast
from lipwright.render.source_sound import HeardSource
from tests.tracks import make_track

SECONDS = 30
TIMES = np.arange(0, SECONDS, 0.04)
IN_STEP = SyncOpinion(0.5, 0.5, 0.0, 1.0)


def heard_source() -> HeardSource:
    """A voice whose jaw the gap of the mouth of ``seen_face`` follows more than its own gap."""
    random = np.random.default_rng(0)
    noise = random.normal(size=(SECONDS * MOTION_RATE + 12, N_MEASURES))
    curves = np.stack([np.convolve(curve, np.hanning(13), "valid") for curve in noise.T], axis=1)
    measures = (0.6 * curves / curves.std(axis=0)).astype(np.float32)
    ones = np.ones(len(measures), np.float32)
    motion = MouthMotion(measures, 0.2 * ones, ones, 0.0 * ones)
    return HeardSource(ones, measures[:, Measure.GAP], np.zeros((0, 3), np.float32), motion)


def seen_face(heard: HeardSource, late: float = 0.0) -> FaceAnalysis:
    """One face, seen so many seconds before it is heard."""
    assert heard.motion is not None
    steps = np.arange(len(heard.activity)) / MOTION_RATE
    shown = heard.motion.measures.copy()
    shown[:, Measure.GAP] += 2.0 * shown[:, Measure.JAW]
    track = make_track(np.zeros(len(TIMES), np.float32))
    moved = [np.interp(TIMES + late, steps, curve) for curve in shown.T]
    noise = np.random.default_rng(1).normal(0, 0.3, (len(TIMES), N_MEASURES))
    measures = (20.0 + 4.0 * (np.stack(moved, axis=1) + noise)).astype(np.float32)
    return FaceAnalysis(len(TIMES), [0], {0: replace(track, measures=measures)})


@pytest.mark.parametrize("late", [0.0, 0.2])
def test_a_face_that_is_heard_speaking_is_fitted(late: float) -> None:
    """Also where the sound is off its picture, once the judge has said by how much."""
    heard = heard_source()
    analysis = seen_face(heard, late)
    cast = [throughout(0, analysis.tracks[0])]
    found = refit_cast(analysis, cast, heard, TIMES, replace(IN_STEP, av_offset=late))
    assert list(found) == [0]


@pytest.mark.parametrize(
    ("sync", "has_sound"),
    [(None, True), (replace(IN_STEP, confidence=0.5), True), (IN_STEP, False)],
)
def test_nothing_is_fitted_to_a_sound_that_may_not_belong(sync: SyncOpinion | None, has_sound: bool) -> None:
    """No sound, or none of which it is known how it lies to the picture."""
    heard = heard_source()
    analysis = seen_face(heard)
    cast = [throughout(0, analysis.tracks[0])]
    assert refit_cast(analysis, cast, heard if has_sound else None, TIMES, sync) == {}


def test_frames_in_which_somebody_else_speaks_do_not_count() -> None:
    """A listener's mouth is no example of what is heard."""
    heard = heard_source()
    analysis = seen_face(heard)
    listener = CastMember(0, TIMES < 5.0)
    assert refit_cast(analysis, [listener], heard, TIMES, IN_STEP) == {}


def test_a_mouth_without_correction_gets_what_was_heard() -> None:
    """Bit for bit: it is the same motion."""
    motion = heard_source().motion
    assert motion is not None
    assert as_this_mouth(motion, {}, 0) is motion
