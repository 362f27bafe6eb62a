"""Where the segments of a job lie on the time line of its output, and what is heard when."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lipwright.errors import SegmentError
from lipwright.media.frame_clock import FrameClock, Int64Array
from lipwright.render.segment import Segment
from lipwright.render.timing import SyncMode, Timeline, plan_timeline, still_timeline


@dataclass(frozen=True)
class Stretch:
    """One segment, laid out."""

    number: int
    """Of the segment, in the client's order."""
    source_frames: range
    """Frames of the source that it may change."""
    voice_at: Fraction
    """Seconds of the output at which its part of the voice begins."""
    voice_duration: Fraction
    """Seconds of it that are heard."""
    until: Fraction
    """Seconds of the output at which the segment ends; from the end of the voice on it is silent."""
    output_frames: range | None = None
    """Frames of the output that it may change; None for those that show its frames of the source."""


@dataclass(frozen=True)
class OwnSound:
    """A part of the source's own sound that stays."""

    start: Fraction
    """Seconds of the source."""
    duration: Fraction
    at: Fraction
    """Seconds of the output."""


@dataclass(frozen=True, eq=False)
class Layout:
    """A whole output with segments."""

    timeline: Timeline
    stretches: tuple[Stretch, ...]
    """By the times of their beginnings."""
    own_sounds: tuple[OwnSound, ...]
    """In order."""


def lay_out(clock: FrameClock, segments: Sequence[Segment], voice_seconds: Sequence[Fraction]) -> Layout:
    """Lays segments that passed ``check_segments`` along a video.

    Args:
        clock: of the source.
        segments: they end by the end of the video.
        voice_seconds: how long the part of the voice of each is, above 0.

    Raises:
        SegmentError: no frame of the video begins within a segment.
    """
    table = _Table(clock)
    order = sorted(range(len(segments)), key=lambda number: segments[number].span)
    for number in order:
        table.add(number, segments[number], voice_seconds[number])
    return table.finished()


def lay_out_still(fps: Fraction, segments: Sequence[Segment], voice_seconds: Sequence[Fraction]) -> Layout:
    """Lays segments along a still picture, which is shown until the last of them ends.

    It has no length that a sync mode could change.

    Args:
        fps: frames per second of the output.
        segments: at least one, that passed ``check_segments``.
        voice_seconds: how long the part of the voice of each is, above 0.

    Raises:
        SegmentError: no frame begins within a segment.
    """
    timeline = still_timeline(fps, max(segment.span[1] for segment in segments))
    stretches = []
    for number in sorted(range(len(segments)), key=lambda number: segments[number].span):
        start, end = segments[number].span
        frames = range(_first_from(timeline.clock, start), _first_from(timeline.clock, end))
        if not frames:
            raise _too_short(number, start, end)
        heard = min(voice_seconds[number], end - start)
        stretches.append(Stretch(number, range(1), start, heard, end, frames))
    return Layout(timeline, tuple(stretches), ())


class _Table:
    """The output as far as it is laid out."""

    def __init__(self, clock: FrameClock) -> None:
        self._clock = clock
        self._parts: list[tuple[Int64Array, FrameClock]] = []
        self._next_frame = 0
        self._own_from = Fraction(0)
        self._shift = Fraction(0)
        """Time of the output minus time of the source, here."""
        self._stretches: list[Stretch] = []
        self._own_sounds: list[OwnSound] = []

    def add(self, number: int, segment: Segment, voice: Fraction) -> None:
        start, end = segment.span
        end = min(end, self._clock.duration)
        frames = range(_first_from(self._clock, start), _first_from(self._clock, end))
        if not frames:
            raise _too_short(number, start, end)
        self._keep_sound(start)
        if segment.sync_mode is None:
            at, until = start + self._shift, end + self._shift
            self._own_from = max(self._own_from, end)
        else:
            at, until = self._retime(frames, start, voice, SyncMode(segment.sync_mode))
        self._stretches.append(Stretch(number, frames, at, min(voice, until - at), until))

    def _retime(
        self, frames: range, start: Fraction, voice: Fraction, mode: SyncMode
    ) -> tuple[Fraction, Fraction]:
        """Lays frames out as long as the mode says; when the voice begins and the stretch ends."""
        clock = self._clock
        part = clock.part(frames.start, frames.stop)
        planned = plan_timeline(part, voice, mode)
        laid = _in_ticks_of(clock, planned.clock)
        self._pass(frames.start)
        self._parts.append((frames.start + planned.source_frames, laid))
        self._next_frame = frames.stop
        begins = clock.seconds(frames.start) + self._shift
        at, until = start + self._shift, begins + laid.duration
        self._shift += laid.duration - part.duration
        self._own_from = until - self._shift
        return at, until

    def _pass(self, stop: int) -> None:
        """Takes frames over as they are."""
        if stop > self._next_frame:
            frames = np.arange(self._next_frame, stop, dtype=np.int64)
            self._parts.append((frames, self._clock.part(self._next_frame, stop)))
            self._next_frame = stop

    def _keep_sound(self, until: Fraction) -> None:
        if until > self._own_from:
            at = self._own_from + self._shift
            self._own_sounds.append(OwnSound(self._own_from, until - self._own_from, at))
            self._own_from = until

    def finished(self) -> Layout:
        self._keep_sound(self._clock.duration)
        if not self._parts:
            frames, clock = np.arange(self._clock.n_frames, dtype=np.int64), self._clock
        else:
            self._pass(self._clock.n_frames)
            frames = np.concatenate([part for part, _ in self._parts])
            clock = _joined(self._clock, [clock for _, clock in self._parts])
        timeline = Timeline(frames, clock, clock.duration, Fraction(0))
        return Layout(timeline, tuple(self._stretches), tuple(self._own_sounds))


def _too_short(number: int, start: Fraction, end: Fraction) -> SegmentError:
    return SegmentError(
        f"segments[{number}]: expected a stretch in which a frame begins, found none between "
        f"{float(start):g} and {float(end):g} s; make it longer"
    )


def _first_from(clock: FrameClock, seconds: Fraction) -> int:
    """The first frame that begins at a time or later; past the end, the number of frames."""
    tick = -int(-seconds / clock.time_base // 1)
    return int(np.searchsorted(clock.ticks(), tick, side="left"))


def _in_ticks_of(source: FrameClock, part: FrameClock) -> FrameClock:
    """A clock in the ticks of the source's, if those vary: remapped frames follow at a rate of their own."""
    if not source.is_variable or part.time_base == source.time_base:
        return part
    scale = part.time_base / source.time_base
    stamps = np.array([round(int(tick) * scale) for tick in part.ticks()], np.int64)
    return FrameClock.variable(
        stamps, source.time_base, max(1, round(part.duration_ticks * scale) - int(stamps[-1]))
    )


def _joined(source: FrameClock, parts: list[FrameClock]) -> FrameClock:
    """Clocks one after another."""
    if not source.is_variable:
        return FrameClock.constant(source.fps, sum(part.n_frames for part in parts))
    begins = np.cumsum([0, *(part.duration_ticks for part in parts)])
    stamps = [begin + part.ticks() for begin, part in zip(begins[:-1], parts, strict=True)]
    return FrameClock.variable(np.concatenate(stamps), source.time_base, parts[-1].last_ticks)
