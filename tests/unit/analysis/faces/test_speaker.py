from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import MEAN_FACE, N_VERTICES
from lipwright.analysis.faces.speaker import SourceSound, cast_speakers, follows_sound, rank_speakers
from lipwright.analysis.faces.track import N_COVER_BYTES, FaceAnalysis, FaceTrack
from lipwright.measures import Measure

FloatArray = NDArray[np.floating[Any]]


def track(gap: FloatArray, start: int = 0, pixels_per_mm: float = 1.0) -> FaceTrack:
    """A track whose mouth opens by ``gap``, mm per frame; NaN where lost."""
    n = len(gap)
    is_tracked = np.isfinite(gap)
    measures = np.zeros((n, 7), np.float32)
    measures[:, Measure.GAP] = gap
    landmarks = np.repeat(MEAN_FACE[np.newaxis] * pixels_per_mm, n, axis=0)
    landmarks[~is_tracked] = np.nan
    plain = np.zeros(n, np.float32)
    return FaceTrack(
        start=start,
        is_tracked=is_tracked,
        landmarks=landmarks,
        canonical=np.zeros((n, N_VERTICES, 3), np.float32),
        rotations=np.zeros((n, 3, 3), np.float32),
        scales=np.full(n, pixels_per_mm, np.float32),
        translations=np.zeros((n, 3), np.float32),
        measures=measures,
        yaw=plain,
        pitch=plain,
        sharpness=plain,
        occlusion=plain,
        cover_bits=np.zeros((n, N_COVER_BYTES), np.uint8),
        lips_apart=np.full(n, np.nan, np.float32),
    )


def talking(is_speech: FloatArray, seed: int = 0) -> FloatArray:
    """A gap that moves while there is speech, with a little noise all the time."""
    rng = np.random.default_rng(seed)
    syllables = 4 + 4 * np.sin(np.arange(len(is_speech)) * 1.3)
    return (is_speech * syllables + rng.normal(0, 0.2, len(is_speech))).astype(np.float32)


FIRST = np.tile(np.repeat([1.0, 0.0], 30), 3).astype(np.float32)
"""Speech of somebody who talks for a second, then listens for one."""


def test_the_face_that_moves_with_the_sound_comes_first() -> None:
    tracks = {0: track(talking(1 - FIRST)), 1: track(talking(FIRST, 1)), 2: track(talking(0 * FIRST, 2))}
    analysis = FaceAnalysis(180, [0], tracks)
    assert rank_speakers(analysis, SourceSound(FIRST))[0][0] == 1
    assert rank_speakers(analysis, SourceSound(1 - FIRST))[0][0] == 0


@pytest.mark.parametrize("lag", [-5, 5])
def test_a_source_that_is_out_of_sync_still_shows_who_speaks(lag: int) -> None:
    assert follows_sound(track(talking(FIRST)), np.roll(FIRST, lag)) > 0.7


def test_a_silent_source_gives_the_voice_to_the_busiest_mouth() -> None:
    tracks = {0: track(talking(0 * FIRST)), 1: track(talking(FIRST))}
    assert rank_speakers(FaceAnalysis(180, [0], tracks), None) == {0: [1, 0]}


def test_of_two_still_faces_the_larger_comes_first() -> None:
    still = np.zeros(60, np.float32)
    tracks = {0: track(still), 1: track(still, pixels_per_mm=3.0)}
    assert rank_speakers(FaceAnalysis(60, [0], tracks), None) == {0: [1, 0]}


def test_each_shot_has_its_own_ranking_and_an_empty_one_none() -> None:
    tracks = {4: track(np.zeros(30, np.float32)), 7: track(np.zeros(30, np.float32), start=60)}
    analysis = FaceAnalysis(90, [0, 30, 60], tracks)
    assert rank_speakers(analysis, SourceSound(np.zeros(90, np.float32))) == {0: [4], 1: [], 2: [7]}


def test_lost_frames_are_passed_over() -> None:
    gap = talking(FIRST)
    gap[40:70] = np.nan
    assert follows_sound(track(gap), FIRST) > 0.7


@pytest.mark.parametrize("n", [1, 2])
def test_a_glimpse_says_nothing(n: int) -> None:
    glimpse = FaceAnalysis(n, [0], {0: track(np.zeros(n, np.float32))})
    assert rank_speakers(glimpse, SourceSound(np.ones(n, np.float32))) == {0: [0]}


def test_of_two_busy_mouths_the_one_that_opens_as_was_heard_speaks() -> None:
    """A crowd of talkers all moves with the sound; only the speaker opens at the right syllables."""
    always = np.ones(180, np.float32)
    steps = np.arange(180)
    heard = (3 + 3 * np.sin(steps * 0.9) + np.sin(steps * 0.37)).astype(np.float32)
    other = (4 + 5 * np.sin(steps * 1.4 + 1)).astype(np.float32)
    analysis = FaceAnalysis(180, [0], {0: track(other), 1: track(np.roll(heard, 2))})
    assert rank_speakers(analysis, SourceSound(always, heard))[0] == [1, 0]


def test_one_face_at_a_time_is_cast_but_a_speaker_found_again_is_cast_again() -> None:
    """Tracks beside the speaker are left alone; those that never show beside them are the speaker again."""
    talk = talking(np.ones(60))
    tracks = {0: track(talk, 0), 1: track(0 * talk[:40], 10, 1.2), 2: track(talk, 70)}
    assert cast_speakers(FaceAnalysis(130, [0], tracks), None) == [0, 2]


def blurred(gap: FloatArray, lips_apart_mm: float) -> FaceTrack:
    """Somebody far behind the scene, with lips that looks find so far apart."""
    face = track(gap)
    face.sharpness = np.full(len(gap), 4.0, np.float32)
    face.lips_apart[:] = lips_apart_mm
    return face


def test_a_face_out_of_focus_that_cannot_be_read_does_not_speak() -> None:
    """What moves in it is the mesh: beside a face that can be seen, though it rests, it is left alone."""
    listener = track(talking(0 * FIRST))
    listener.sharpness = np.full(180, 60.0, np.float32)
    guessed = FaceAnalysis(180, [0], {0: listener, 1: blurred(talking(FIRST, 1), 6.0)})
    assert cast_speakers(guessed, SourceSound(FIRST)) == [0]
    read = FaceAnalysis(180, [0], {0: listener, 1: blurred(talking(FIRST, 1), 2.0)})
    assert cast_speakers(read, SourceSound(FIRST)) == [1]


def test_a_face_out_of_focus_speaks_where_there_is_no_other() -> None:
    """A clip that is soft throughout has a speaker too."""
    alone = FaceAnalysis(180, [0], {0: blurred(talking(FIRST), 6.0)})
    assert cast_speakers(alone, SourceSound(FIRST)) == [0]
