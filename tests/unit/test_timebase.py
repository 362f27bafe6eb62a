from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lipwright.timebase import (
    frame_at,
    frame_count,
    frame_seconds,
    nearest_frame,
    reach_frames,
    window_frames,
)

RATES = st.sampled_from(
    [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]
)


@given(st.integers(0, 10**7), RATES)
def test_a_frame_is_on_screen_from_its_start_to_the_next(frame_index: int, fps: Fraction) -> None:
    """Start is inclusive, end is exclusive, without any rounding error."""
    start = frame_seconds(frame_index, fps)
    assert frame_at(start, fps) == frame_index
    assert frame_at(start + 1 / fps - Fraction(1, 10**9), fps) == frame_index


@given(st.integers(0, 10**7), RATES)
def test_a_rounded_stamp_still_means_its_frame(frame_index: int, fps: Fraction) -> None:
    """Containers round stamps to milliseconds; the nearest frame is the one that was meant."""
    milliseconds = round(frame_seconds(frame_index, fps) * 1000)
    assert nearest_frame(milliseconds, Fraction(1, 1000), fps) == frame_index


@given(st.integers(1, 10**6), RATES)
def test_frames_cover_a_duration_and_no_more(n_frames: int, fps: Fraction) -> None:
    """An exact length needs exactly its frames; a moment more needs one more."""
    duration = n_frames / fps
    assert frame_count(duration, fps) == n_frames
    assert frame_count(duration + Fraction(1, 10**6), fps) == n_frames + 1


@given(st.floats(0.01, 3.0), RATES)
def test_a_window_has_a_middle_and_comes_near_its_time(seconds: float, fps: Fraction) -> None:
    """An odd number of frames, never one: a change over one frame is a jump."""
    n_frames = window_frames(seconds, float(fps))
    assert n_frames % 2 == 1
    assert n_frames >= 3
    assert n_frames == 3 or abs(n_frames - seconds * float(fps)) <= 1 + 1e-9


@given(st.floats(0.01, 3.0), RATES)
def test_a_reach_is_a_frame_at_least(seconds: float, fps: Fraction) -> None:
    """The nearest number of frames otherwise."""
    n_frames = reach_frames(seconds, float(fps))
    assert n_frames >= 1
    assert n_frames == 1 or abs(n_frames - seconds * float(fps)) <= 0.5 + 1e-9
