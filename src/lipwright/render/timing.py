"""Which source frame is shown when, for a video and a voice of different lengths."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lipwright.errors import UsageError
from lipwright.media.frame_clock import FrameClock
from lipwright.timebase import frame_count

Int64Array = NDArray[np.int64]


class SyncMode(StrEnum):
    """What to do when the voice (length A) and the video (length V) differ by more than one frame."""

    BOUNCE = "bounce"
    """A > V: the video plays forward, backward, forward ...; the turning frames are shown once per turn,
    not twice. V > A: the video is trimmed."""
    LOOP = "loop"
    """A > V: the video starts again from frame 0. V > A: the video is trimmed."""
    CUT_OFF = "cut_off"
    """A > V: the voice is cut at the end of the video. V > A: the video is trimmed."""
    SILENCE = "silence"
    """A > V: the last frame is held. V > A: silence is added to the voice."""
    REMAP = "remap"
    """The video is played slower or faster, at the same frame rate, so that it lasts A."""


class Direction(Enum):
    """How source frames follow one another within a span."""

    FORWARD = "forward"
    BACKWARD = "backward"
    HELD = "held"


@dataclass(frozen=True, eq=False)
class Timeline:
    """For every output frame, its source frame and its time."""

    source_frames: Int64Array
    """int64, shape (n_frames,): source frame index of each output frame."""
    clock: FrameClock
    """When each output frame is shown, in ticks of ``clock.time_base``."""
    audio_duration_used: Fraction
    """Seconds of the voice that are heard, from its start."""
    pad_audio: Fraction
    """Seconds of silence that follow it."""

    @property
    def n_frames(self) -> int:
        """Output frames."""
        return self.clock.n_frames

    @property
    def duration(self) -> Fraction:
        """Seconds the output video lasts; up to one frame more than the sound, whose last frame it ends."""
        return self.clock.duration

    @property
    def audio_duration(self) -> Fraction:
        """Seconds of sound in the output, silence included."""
        return self.audio_duration_used + self.pad_audio


@dataclass(frozen=True)
class Span:
    """Output frames ``start <= i < stop`` whose source frames can be read in one direction.

    Forward: no frame is before the one it follows (it may repeat it or skip some). Backward: none is after.
    Held: all are the same frame.
    """

    start: int
    stop: int
    direction: Direction


def plan_timeline(source: FrameClock, audio_duration: Fraction, mode: SyncMode) -> Timeline:
    """Brings a video to the length of a voice.

    Lengths that agree to within one frame are left alone: all source frames once, all of the voice. Where
    the voice decides, the output has as many frames as cover it (the last may be covered in part). A
    variable-rate source keeps its stamps, mirrored when it plays backward; held and remapped frames of one
    follow at its mean rate.

    Args:
        audio_duration: seconds, above 0.
    """
    if audio_duration <= 0:
        raise UsageError(f"expected a voice longer than 0 s, got {float(audio_duration):g} s")
    excess = audio_duration - source.duration
    if abs(excess) <= 1 / source.fps:
        return _as_is(source, audio_duration)
    if mode is SyncMode.REMAP:
        return _remapped(source, audio_duration)
    return _extended(source, audio_duration, mode) if excess > 0 else _shortened(source, audio_duration, mode)


def still_timeline(fps: Fraction, audio_duration: Fraction) -> Timeline:
    """Shows one picture for as long as a voice, in whole frames that cover it.

    Args:
        fps: frames per second of the output.
        audio_duration: seconds, above 0.
    """
    n_frames = max(1, frame_count(audio_duration, fps))
    clock = FrameClock.constant(fps, n_frames)
    return Timeline(np.zeros(n_frames, dtype=np.int64), clock, audio_duration, Fraction(0))


def spans(timeline: Timeline, start: int, stop: int) -> list[Span]:
    """Splits output frames ``start <= i < stop`` into the fewest runs that read in one direction."""
    if not 0 <= start <= stop <= timeline.n_frames:
        raise UsageError(f"expected frames within 0 to {timeline.n_frames}, got {start} to {stop}")
    steps = np.sign(np.diff(timeline.source_frames[start:stop]))
    runs, first = [], start
    while first < stop:
        last, direction = _run(steps, first - start)
        runs.append(Span(first, start + last + 1, direction))
        first = start + last + 1
    return runs


def chunks(n_frames: int, fps: Fraction, *, max_seconds: Fraction = Fraction(10)) -> list[range]:
    """Splits output frames into runs of nearly equal length, none longer than ``max_seconds``."""
    if n_frames < 1:
        raise UsageError(f"expected at least one frame to render, got {n_frames}")
    most = max(1, int(max_seconds * fps // 1))
    n_chunks = -(-n_frames // most)
    edges = [n_frames * k // n_chunks for k in range(n_chunks + 1)]
    return [range(start, stop) for start, stop in pairwise(edges)]


def _as_is(source: FrameClock, used: Fraction, *, pad_audio: Fraction = Fraction(0)) -> Timeline:
    return Timeline(np.arange(source.n_frames, dtype=np.int64), source, used, pad_audio)


def _extended(source: FrameClock, audio_duration: Fraction, mode: SyncMode) -> Timeline:
    if mode is SyncMode.CUT_OFF:
        return _as_is(source, source.duration)
    if mode is SyncMode.SILENCE:
        return _held(source, audio_duration)
    cycle = _loop_cycle(source) if mode is SyncMode.LOOP else _bounce_cycle(source)
    return _repeated(cycle, source, audio_duration)


def _shortened(source: FrameClock, audio_duration: Fraction, mode: SyncMode) -> Timeline:
    if mode is SyncMode.SILENCE:
        return _as_is(source, audio_duration, pad_audio=source.duration - audio_duration)
    n_frames = _count_before(source.ticks(), source.time_base, audio_duration)
    return Timeline(
        np.arange(n_frames, dtype=np.int64), source.part(0, n_frames), audio_duration, Fraction(0)
    )


def _held(source: FrameClock, audio_duration: Fraction) -> Timeline:
    if not source.is_variable:
        clock = FrameClock.constant(source.fps, frame_count(audio_duration, source.fps))
    else:
        step = max(1, round(1 / (source.fps * source.time_base)))
        end = -int(-audio_duration / source.time_base // 1)
        held = np.arange(source.duration_ticks, end, step, dtype=np.int64)
        stamps = np.concatenate([source.ticks(), held])
        clock = FrameClock.variable(stamps, source.time_base, step)
    frames = np.minimum(np.arange(clock.n_frames, dtype=np.int64), source.n_frames - 1)
    return Timeline(frames, clock, audio_duration, Fraction(0))


def _remapped(source: FrameClock, audio_duration: Fraction) -> Timeline:
    """The middle of every output frame looks up the source, stretched from V to A."""
    fps = source.fps.limit_denominator(1001) if source.is_variable else source.fps
    n_frames = frame_count(audio_duration, fps)
    twice_middle = 2 * np.arange(n_frames, dtype=np.int64) + 1
    ticks = twice_middle * source.duration_ticks // (2 * n_frames)
    frames = np.searchsorted(source.ticks(), ticks, side="right") - 1
    return Timeline(frames.astype(np.int64), FrameClock.constant(fps, n_frames), audio_duration, Fraction(0))


@dataclass(frozen=True, eq=False)
class _Cycle:
    """Source frames that repeat for ever: their order and when each one of a round starts."""

    frames: Int64Array
    stamps: Int64Array
    period_ticks: int


def _loop_cycle(source: FrameClock) -> _Cycle:
    return _Cycle(np.arange(source.n_frames, dtype=np.int64), source.ticks(), source.duration_ticks)


def _bounce_cycle(source: FrameClock) -> _Cycle:
    """0, 1 ... n-1, n-2 ... 1: backward, two frames follow at the distance they have forward."""
    last = source.n_frames - 1
    if last == 0:
        return _loop_cycle(source)
    frames = np.concatenate([np.arange(last + 1), np.arange(last - 1, 0, -1)]).astype(np.int64)
    ticks = source.ticks()
    stamps = np.concatenate([ticks, 2 * ticks[last] - ticks[last - 1 : 0 : -1]])
    return _Cycle(frames, stamps, 2 * int(ticks[last]))


def _repeated(cycle: _Cycle, source: FrameClock, audio_duration: Fraction) -> Timeline:
    n_rounds = frame_count(audio_duration, 1 / (cycle.period_ticks * source.time_base))
    rounds = np.arange(n_rounds + 1, dtype=np.int64)[:, None] * cycle.period_ticks
    stamps = (rounds + cycle.stamps).reshape(-1)
    n_frames = _count_before(stamps, source.time_base, audio_duration)
    frames = np.resize(cycle.frames, n_frames)
    if not source.is_variable:
        clock = FrameClock.constant(source.fps, n_frames)
    else:
        last_ticks = int(stamps[n_frames] - stamps[n_frames - 1])
        clock = FrameClock.variable(stamps[:n_frames], source.time_base, last_ticks)
    return Timeline(frames, clock, audio_duration, Fraction(0))


def _count_before(stamps: Int64Array, time_base: Fraction, seconds: Fraction) -> int:
    """How many frames start before a time: those needed to cover it; at least one."""
    ticks = -int(-seconds / time_base // 1)  # ceils: a stamp is before the time if it is below this tick
    return max(1, int(np.searchsorted(stamps, ticks, side="left")))


def _run(steps: NDArray[np.int64], first: int) -> tuple[int, Direction]:
    """The last frame of the longest one-way run from ``first``; steps[i] leads from frame i to i + 1."""
    rest = steps[first:]
    moves = np.flatnonzero(rest)
    if len(moves) == 0:
        return first + len(rest), Direction.HELD
    sign = rest[moves[0]]
    turns = np.flatnonzero(rest == -sign)
    last = first + (int(turns[0]) if len(turns) else len(rest))
    return last, Direction.FORWARD if sign > 0 else Direction.BACKWARD
