from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lipwright.timebase import frame_at, frame_count, frame_seconds, nearest_frame

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
