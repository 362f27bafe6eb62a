"""Segments on the time line of the output."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwright.errors import SegmentError
from lipwright.media.frame_clock import FrameClock
from lipwright.render.layout import Layout, lay_out, lay_out_still
from lipwright.render.segment import Segment

CLOCK = FrameClock.constant(Fraction(25), 100)
UNEVEN = FrameClock.variable(np.cumsum(np.tile([3, 5], 50)), Fraction(1, 100), 4)


def heard(layout: Layout) -> list[tuple[float, float, float]]:
    """The source's own sound: from, how long, when."""
    return [(float(own.start), float(own.duration), float(own.at)) for own in layout.own_sounds]


def test_without_a_mode_the_video_stays_as_it_is() -> None:
    """A longer voice is cut, a shorter one followed by silence; between them the source is heard."""
    layout = lay_out(CLOCK, [Segment(1, 2), Segment(3, 3.5)], [Fraction(5), Fraction(1, 5)])
    assert (layout.timeline.source_frames == np.arange(100)).all()
    long, short = layout.stretches
    assert (long.source_frames, long.voice_at, long.voice_duration, long.until) == (range(25, 50), 1, 1, 2)
    assert (short.source_frames, short.voice_duration, short.until) == (range(75, 88), Fraction(1, 5), 3.5)
    assert heard(layout) == [(0, 1, 0), (2, 1, 2), (3.5, 0.5, 3.5)]


def test_segments_of_two_faces_may_overlap() -> None:
    """The source is heard again when the last one has ended."""
    layout = lay_out(CLOCK, [Segment(2, 3), Segment(1, 4), Segment(1, 2)], [Fraction(1)] * 3)
    assert [stretch.number for stretch in layout.stretches] == [2, 1, 0]
    assert heard(layout) == [(0, 1, 0)]


@pytest.mark.parametrize(
    ("mode", "voice", "length"),
    [
        ("bounce", 2.0, 2.0),
        ("loop", 2.0, 2.0),
        ("remap", 2.0, 2.0),
        ("remap", 0.4, 0.4),
        ("bounce", 0.4, 0.4),
        ("cut_off", 2.0, 1.0),
        ("cut_off", 0.4, 0.4),
        ("silence", 2.0, 2.0),
        ("silence", 0.4, 1.0),
    ],
)
@pytest.mark.parametrize("clock", [CLOCK, UNEVEN], ids=["even", "uneven"])
def test_a_mode_changes_the_length_of_its_segment(
    clock: FrameClock, mode: str, voice: float, length: float
) -> None:
    """What follows is shifted as a whole, its sound with its pictures."""
    one, other = Segment(1, 2, sync_mode=mode), Segment(3, 3.5)
    layout = lay_out(clock, [one, other], [Fraction(str(voice)), Fraction(1)])
    shift = layout.timeline.duration - clock.duration
    assert float(shift) == pytest.approx(length - 1.0, abs=0.1)
    first, second = layout.stretches
    assert first.voice_at == 1
    assert second.voice_at == 3 + shift
    frames, seconds = layout.timeline.source_frames, layout.timeline.clock
    row = int(np.flatnonzero(frames == second.source_frames.start)[-1])
    assert seconds.seconds(row) == clock.seconds(second.source_frames.start) + shift
    before, between, after = layout.own_sounds
    assert (before.start, before.at, before.duration) == (0, 0, 1)
    assert between.at - between.start == after.at - after.start == shift
    assert between.at == first.until
    assert set(frames.tolist()) >= set(range(25)) | set(range(60, 100))


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=5),
    st.sampled_from([None, "bounce", "loop", "remap", "cut_off", "silence"]),
)
def test_all_of_the_output_is_said_by_somebody(gaps: list[tuple[int, int]], mode: str | None) -> None:
    """Segments and the source's own sound follow one another without a hole, to the end."""
    segments, at = [], 0
    for before, length in gaps:
        at += before
        segments.append(Segment(at / 100, (at + length + 4) / 100, sync_mode=mode))
        at += length + 4
    layout = lay_out(CLOCK, segments, [Fraction(1, 4)] * len(segments))
    spans = [(own.at, own.at + own.duration) for own in layout.own_sounds]
    spans += [(stretch.voice_at, stretch.until) for stretch in layout.stretches]
    ends = [Fraction(0)]
    for start, stop in sorted(spans):
        assert ends[-1] - Fraction(1, 25) < start <= ends[-1]  # a retimed segment ends with its last frame
        ends.append(max(stop, ends[-1]))
    assert ends[-1] == layout.timeline.duration


def test_a_segment_between_two_frames_is_refused() -> None:
    with pytest.raises(SegmentError, match=r"segments\[1\]: expected a stretch in which a frame begins"):
        lay_out(CLOCK, [Segment(0, 1), Segment(1.01, 1.02)], [Fraction(1)] * 2)


def test_a_still_is_shown_until_its_last_segment_ends() -> None:
    """Its one frame is that of all segments: each says which frames of the output are its own."""
    layout = lay_out_still(Fraction(25), [Segment(1, 3), Segment(0, 1.5)], [Fraction(5), Fraction(1)])
    assert layout.timeline.n_frames == 75
    assert not layout.timeline.source_frames.any()
    first, second = layout.stretches
    assert (first.number, first.output_frames, first.voice_duration) == (1, range(38), 1)
    assert (second.number, second.output_frames, second.voice_at) == (0, range(25, 75), 1)
    assert (second.voice_duration, second.until, layout.own_sounds) == (2, 3, ())


def test_a_segment_of_a_still_has_a_frame() -> None:
    with pytest.raises(SegmentError, match=r"segments\[0\]: expected a stretch in which a frame begins"):
        lay_out_still(Fraction(25), [Segment(1.01, 1.02), Segment(0, 2)], [Fraction(1)] * 2)
