from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwright.errors import UsageError
from lipwright.media.frame_clock import FrameClock
from lipwright.render.timing import Direction, SyncMode, chunks, plan_timeline, spans

FPS = st.sampled_from(
    [Fraction(25), Fraction(30000, 1001), Fraction(24000, 1001), Fraction(60), Fraction(7, 2)]
)
MODES = st.sampled_from(SyncMode)
SECONDS = st.fractions(Fraction(1, 100), Fraction(20), max_denominator=48000)


@st.composite
def clocks(draw: st.DrawFn) -> FrameClock:
    n_frames = draw(st.integers(1, 120))
    if draw(st.booleans()):
        return FrameClock.constant(draw(FPS), n_frames)
    steps = draw(st.lists(st.integers(300, 9000), min_size=n_frames, max_size=n_frames))
    stamps = np.cumsum([0, *steps[:-1]]).astype(np.int64)
    return FrameClock.variable(stamps, Fraction(1, 90000), steps[-1])


@pytest.mark.parametrize(
    ("video", "audio", "mode", "expected"),
    [
        # The worked examples of the documented API: 4.00 s video with 8.64 s audio, 10.00 s with 1.74 s.
        ("4", "8.64", SyncMode.BOUNCE, "8.64"),
        ("4", "8.64", SyncMode.LOOP, "8.64"),
        ("4", "8.64", SyncMode.REMAP, "8.64"),
        ("4", "8.64", SyncMode.SILENCE, "8.64"),
        ("4", "8.64", SyncMode.CUT_OFF, "4"),
        ("10", "1.74", SyncMode.BOUNCE, "1.76"),  # 1.74 s ends in the middle of frame 43 at 25 fps
        ("10", "1.74", SyncMode.LOOP, "1.76"),
        ("10", "1.74", SyncMode.CUT_OFF, "1.76"),
        ("10", "1.74", SyncMode.REMAP, "1.76"),
        ("10", "1.74", SyncMode.SILENCE, "10"),
    ],
)
def test_outputs_last_as_long_as_documented(video: str, audio: str, mode: SyncMode, expected: str) -> None:
    """The frames cover the documented length; the last one may reach beyond it."""
    timeline = plan_timeline(FrameClock.constant(Fraction(25), int(video) * 25), Fraction(audio), mode)
    assert timeline.duration == Fraction(expected)
    if mode is SyncMode.SILENCE:
        assert timeline.audio_duration == max(Fraction(video), Fraction(audio))
    elif mode is SyncMode.CUT_OFF:
        assert timeline.audio_duration == min(Fraction(video), Fraction(audio))
    else:
        assert timeline.audio_duration == Fraction(audio)


@given(clocks(), MODES, st.fractions(-1, 1, max_denominator=1000))
def test_lengths_that_agree_to_a_frame_are_left_alone(
    source: FrameClock, mode: SyncMode, frames: Fraction
) -> None:
    """Every source frame once, at its own time, with the whole voice."""
    audio = source.duration + frames / source.fps
    if audio <= 0:
        return
    timeline = plan_timeline(source, audio, mode)
    assert np.array_equal(timeline.source_frames, np.arange(source.n_frames))
    assert np.array_equal(timeline.clock.ticks(), source.ticks())
    assert timeline.audio_duration_used == audio
    assert timeline.pad_audio == 0


@given(clocks(), SECONDS, MODES)
def test_the_picture_always_covers_the_sound(source: FrameClock, audio: Fraction, mode: SyncMode) -> None:
    """No sound is heard after the last frame, and no frame starts after the sound has ended."""
    timeline = plan_timeline(source, audio, mode)
    clock, one_frame = timeline.clock, 1 / source.fps
    assert len(timeline.source_frames) == timeline.n_frames
    assert timeline.source_frames.min() >= 0
    assert timeline.source_frames.max() < source.n_frames
    assert clock.duration >= timeline.audio_duration - one_frame
    if abs(audio - source.duration) > one_frame:
        assert clock.duration >= timeline.audio_duration
        assert timeline.n_frames == 1 or clock.seconds(timeline.n_frames - 1) < timeline.audio_duration


@given(clocks(), SECONDS)
def test_bounce_moves_one_frame_at_a_time_and_mirrors_durations(source: FrameClock, audio: Fraction) -> None:
    """Forward and backward, two frames follow at the distance they have in the source; none is doubled."""
    timeline = plan_timeline(source, audio, SyncMode.BOUNCE)
    if source.n_frames == 1:
        return
    output, shown = timeline.clock.ticks(), source.ticks()
    for i, (a, b) in enumerate(pairwise(timeline.source_frames)):
        assert abs(a - b) == 1
        assert output[i + 1] - output[i] == abs(shown[a] - shown[b])


def test_bounce_shows_the_turning_frames_once_a_turn() -> None:
    """0 1 2 3 2 1 0 1 2 ..."""
    timeline = plan_timeline(FrameClock.constant(Fraction(1), 4), Fraction(9), SyncMode.BOUNCE)
    assert timeline.source_frames.tolist() == [0, 1, 2, 3, 2, 1, 0, 1, 2]


def test_loop_starts_again_from_the_first_frame() -> None:
    """The last frame keeps its length before the next round starts."""
    source = FrameClock.variable(np.array([0, 100, 250]), Fraction(1, 1000), 400)
    timeline = plan_timeline(source, Fraction("1.5"), SyncMode.LOOP)
    assert timeline.source_frames.tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    assert timeline.clock.ticks().tolist() == [0, 100, 250, 650, 750, 900, 1300, 1400]


def test_silence_holds_the_last_frame_under_a_longer_voice() -> None:
    """The mouth still moves on held frames, so they come at the frame rate."""
    timeline = plan_timeline(FrameClock.constant(Fraction(10), 3), Fraction("0.75"), SyncMode.SILENCE)
    assert timeline.source_frames.tolist() == [0, 1, 2, 2, 2, 2, 2, 2]
    assert timeline.pad_audio == 0


def test_silence_pads_a_shorter_voice() -> None:
    """All of the video is kept."""
    timeline = plan_timeline(FrameClock.constant(Fraction(10), 30), Fraction(1), SyncMode.SILENCE)
    assert (timeline.n_frames, timeline.audio_duration_used, timeline.pad_audio) == (30, 1, 2)


@given(clocks(), SECONDS)
def test_remap_runs_evenly_from_the_first_to_the_last_frame(source: FrameClock, audio: Fraction) -> None:
    """Source frames never go back; slowed down, every frame is shown; the output rate is constant."""
    timeline = plan_timeline(source, audio, SyncMode.REMAP)
    steps = np.diff(timeline.source_frames)
    assert np.all(steps >= 0)
    if timeline.n_frames > source.n_frames and not source.is_variable:
        assert np.all(steps <= 1)
        assert timeline.source_frames[0] == 0
        assert timeline.source_frames[-1] == source.n_frames - 1


def test_an_hour_at_the_ntsc_rate_does_not_drift() -> None:
    """A 10 s clip looped under an hour of voice: the last frame is where arithmetic puts it."""
    fps = Fraction(30000, 1001)
    timeline = plan_timeline(FrameClock.constant(fps, 300), Fraction(3600), SyncMode.LOOP)
    assert timeline.n_frames == 107_893
    assert timeline.source_frames[-1] == 107_892 % 300
    assert timeline.clock.seconds(107_892) == 107_892 / fps


@given(clocks(), SECONDS, MODES, st.data())
def test_spans_cover_a_range_in_readable_runs(
    source: FrameClock, audio: Fraction, mode: SyncMode, data: st.DataObject
) -> None:
    """Put together they are the range; within each, source frames go one way."""
    timeline = plan_timeline(source, audio, mode)
    start = data.draw(st.integers(0, timeline.n_frames))
    stop = data.draw(st.integers(start, timeline.n_frames))
    runs = spans(timeline, start, stop)
    assert [i for run in runs for i in range(run.start, run.stop)] == list(range(start, stop))
    for run in runs:
        steps = np.diff(timeline.source_frames[run.start : run.stop])
        allowed = {
            Direction.FORWARD: np.all(steps >= 0),
            Direction.BACKWARD: np.all(steps <= 0),
            Direction.HELD: np.all(steps == 0),
        }
        assert allowed[run.direction]


def test_a_bounce_splits_at_its_turns() -> None:
    """0 1 2 3 | 2 1 0 | 1 2 3 | ..."""
    timeline = plan_timeline(FrameClock.constant(Fraction(1), 4), Fraction(10), SyncMode.BOUNCE)
    assert [(run.start, run.stop, run.direction) for run in spans(timeline, 0, 10)] == [
        (0, 4, Direction.FORWARD),
        (4, 7, Direction.BACKWARD),
        (7, 10, Direction.FORWARD),
    ]


@given(st.integers(1, 10**6), FPS)
def test_chunks_are_even_and_short_enough(n_frames: int, fps: Fraction) -> None:
    """They follow one another, differ by a frame at most, and none lasts over 10 s."""
    parts = chunks(n_frames, fps)
    assert parts[0].start == 0
    assert parts[-1].stop == n_frames
    assert all(a.stop == b.start for a, b in pairwise(parts))
    lengths = {len(part) for part in parts}
    assert max(lengths) - min(lengths) <= 1
    assert max(lengths) / fps <= 10


@pytest.mark.parametrize("seconds", ["0", "-1"])
def test_a_voice_without_length_is_refused(seconds: str) -> None:
    """There is nothing to say."""
    with pytest.raises(UsageError, match="longer than 0 s"):
        plan_timeline(FrameClock.constant(Fraction(25), 10), Fraction(seconds), SyncMode.BOUNCE)
