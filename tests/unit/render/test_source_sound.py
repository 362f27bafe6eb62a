"""The source's own sound: heard once, judged, and put where it belongs."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.cast import throughout
from lipwright.analysis.faces.speaker import SourceSound, cast_speakers
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.analysis.speech.filterbank import BAND_RATE
from lipwright.analysis.speech.judge import JUDGED
from lipwright.analysis.speech.motion import MOTION_RATE
from lipwright.analysis.sync_judge import SyncOpinion, Verdict
from lipwright.measures import N_MEASURES, Measure
from lipwright.render.source_sound import HeardSource, cast_in_step, hear_source
from tests.tracks import make_track
from tests.unit.analysis.speech.sounds import silence

FPS, SECONDS = 25, 10
TIMES = np.arange(FPS * SECONDS) / FPS


def gaps(seconds: NDArray[np.float64], seed: int = 0) -> NDArray[np.float32]:
    """A mouth that opens about three times a second, mm."""
    random = np.random.default_rng(seed)
    tones = [np.sin(2 * np.pi * (hertz * seconds + random.random())) for hertz in random.uniform(1, 4, 8)]
    return np.asarray(5.0 + 1.2 * np.sum(tones, axis=0), np.float32)


def heard(late: float, seed: int = 0) -> HeardSource:
    """The sound of that mouth, so many seconds late, as both networks would hear it."""
    steps = np.arange(SECONDS * MOTION_RATE) / MOTION_RATE
    measures = np.repeat(gaps(steps - late, seed)[:, None], N_MEASURES, axis=1)
    expected = measures[:: MOTION_RATE // BAND_RATE, : len(JUDGED)]
    return HeardSource(
        np.ones(len(steps), np.float32), measures[:, Measure.GAP], np.ascontiguousarray(expected)
    )


def seen(*seeds: int) -> FaceAnalysis:
    """Faces side by side, all equally large and lively."""
    tracks = {number: make_track(gaps(TIMES, seed)) for number, seed in enumerate(seeds)}
    return FaceAnalysis(len(TIMES), [0], tracks)


def stranger(seed: int) -> FaceTrack:
    """Somebody larger and just as lively, each of whose measures does something else."""
    track = make_track(gaps(TIMES, seed))
    moves = [gaps(TIMES, 100 * seed + number) for number in range(N_MEASURES)]
    return replace(track, measures=np.stack(moves, axis=1).astype(np.float32), scales=3 * track.scales)


def cast_of(analysis: FaceAnalysis, sound: HeardSource | None) -> tuple[list[int], SyncOpinion | None]:
    """The numbers of the faces that are given the voice, and how far the sound is off."""

    def choose(heard: SourceSound | None):
        return [throughout(number, analysis.tracks[number]) for number in cast_speakers(analysis, heard)]

    cast, said = cast_in_step(choose, analysis, sound, TIMES)
    return [member.track_id for member in cast], said


@pytest.mark.parametrize("late", [-0.2, 0.16])
def test_an_offset_is_found_and_told(late: float) -> None:
    """Within a frame, and with the sign that says what is late."""
    cast, sync = cast_of(seen(0), heard(late))
    assert cast == [0]
    assert sync is not None
    assert sync.verdict is Verdict.OFF
    assert sync.av_offset == pytest.approx(late, abs=1 / FPS)


def test_the_speaker_is_found_although_the_sound_is_late() -> None:
    """The second face made this sound."""
    cast, sync = cast_of(seen(3, 0), heard(0.2))
    assert cast == [1]
    assert sync is not None
    assert sync.av_offset == pytest.approx(0.2, abs=1 / FPS)


@pytest.mark.parametrize("late", [-0.5, -0.36, 0.4, 0.5])
def test_the_speaker_is_found_although_the_sound_is_far_off(late: float) -> None:
    """Beyond the lags at which faces are compared: the sound is tried on each of them."""
    tracks = {0: stranger(3), 1: stranger(4), 2: make_track(gaps(TIMES, 0)), 3: stranger(5)}
    cast, sync = cast_of(FaceAnalysis(len(TIMES), [0], tracks), heard(late))
    assert cast == [2]
    assert sync is not None
    assert sync.verdict is Verdict.OFF
    assert sync.av_offset == pytest.approx(late, abs=1 / FPS)


def test_faces_of_other_shots_are_each_tried_in_their_own_frames() -> None:
    """The speaker is seen for half of the time, and the others of a long video are never beside him."""
    half = len(TIMES) // 2
    tracks = {number: _part(stranger(number + 3), 0, half) for number in range(3)}
    tracks |= {
        3: _part(make_track(gaps(TIMES, 0)), half, len(TIMES)),
        4: _part(stranger(7), half, len(TIMES)),
    }
    cast, sync = cast_of(FaceAnalysis(len(TIMES), [0, half], tracks), heard(0.4))
    assert 3 in cast
    assert 4 not in cast
    assert sync is not None
    assert (sync.verdict, sync.av_offset) == (Verdict.OFF, pytest.approx(0.4, abs=1 / FPS))


def _part(track: FaceTrack, start: int, stop: int) -> FaceTrack:
    """A face that is seen in some frames only."""
    shown = slice(start, stop)
    parts = {
        name: values[shown]
        for name, values in vars(track).items()
        if isinstance(values, np.ndarray) and len(values) == len(track.is_tracked)
    }
    return replace(track, start=start, **parts)


def test_a_sound_of_nobody_moves_nothing() -> None:
    """Somebody out of the picture speaks: of ten faces none is taken for an offset that fits by chance."""
    analysis = FaceAnalysis(len(TIMES), [0], {number: stranger(number) for number in range(1, 11)})
    sound = heard(0.0, 50)
    cast, sync = cast_of(analysis, sound)
    assert cast == cast_speakers(analysis, sound.at(TIMES))
    assert sync is not None
    assert sync.verdict is Verdict.CANNOT_TELL


def test_sound_is_put_where_it_belongs() -> None:
    """Moved back by its offset, it is what was heard while the picture was shown."""
    late, straight = heard(0.2).at(TIMES, 0.2), heard(0.0).at(TIMES)
    assert late.gap is not None
    assert straight.gap is not None
    np.testing.assert_allclose(late.gap[:-6], straight.gap[:-6], atol=0.1)


def test_foreign_sound_is_left_where_it_is() -> None:
    """Each measure is expected to do something else than this mouth does."""
    steps = np.arange(SECONDS * BAND_RATE) / BAND_RATE
    foreign = np.stack([gaps(steps, seed) for seed in range(20, 20 + len(JUDGED))], axis=1)
    cast, sync = cast_of(seen(0), replace(heard(0.0), expected=foreign))
    assert cast == [0]
    assert sync is not None
    assert sync.verdict is Verdict.CANNOT_TELL


def test_without_sound_nothing_is_said() -> None:
    assert cast_of(seen(0), None) == ([0], None)
    assert hear_source(silence(0.0)) is None


def test_silence_fits_any_mouth() -> None:
    found = hear_source(silence(3.0))
    assert found is not None
    _, sync = cast_of(seen(0), found)
    assert sync is not None
    assert sync.verdict is Verdict.CANNOT_TELL
