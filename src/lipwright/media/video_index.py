"""Which frames a video stream presents, and when, found by demuxing alone."""

from dataclasses import dataclass
from fractions import Fraction

import av.container
import numpy as np
from av.video.stream import VideoStream

from lipwright.media.container import demux
from lipwright.media.frame_clock import FrameClock, Int64Array

USUAL_RATES = tuple(
    Fraction(rate)
    for rate in (
        "25", "30", "30000/1001", "24", "24000/1001", "50", "60", "60000/1001", "15", "20", "10", "12",
        "25/2", "15000/1001", "48", "48000/1001", "100", "120", "120000/1001", "8", "5", "1",
    )
)  # fmt: skip
STAMP_NOISE_SECONDS = Fraction(1, 1000)
"""Stamps that stay this close to an even grid are a constant rate: muxers round them to milliseconds."""


@dataclass(frozen=True, eq=False)
class VideoIndex:
    """The frames of one stream: presented ones by rank of their stamp, all packets in decoding order."""

    presented: Int64Array
    """int64, shape (n_frames,): stream stamps of the frames that are shown, rising."""
    packets: Int64Array
    """int64, shape (n_packets,): stream stamps of all packets, in decoding order."""
    is_key: "np.typing.NDArray[np.bool_]"
    """bool, shape (n_packets,): decoding can start here."""
    clock: FrameClock

    def frame_of(self, pts: int) -> int | None:
        """The index of the frame with this stream stamp; None for one that is not presented."""
        place = int(np.searchsorted(self.presented, pts))
        found = place < len(self.presented) and self.presented[place] == pts
        return place if found else None

    def entry_points(self, frame_index: int) -> list[int]:
        """Places in ``packets`` from which a frame can be decoded, nearest first."""
        usable = self.is_key & (self.packets <= self.presented[frame_index])
        return [int(place) for place in np.flatnonzero(usable)[::-1]]

    def place_of(self, pts: int) -> int | None:
        """Where the packet with this stamp stands in decoding order."""
        places = np.flatnonzero(self.packets == pts)
        return int(places[0]) if len(places) else None


def index_video(container: av.container.InputContainer, stream: VideoStream) -> VideoIndex | None:
    """Reads every packet of the stream from where the container stands; None when it holds no frame."""
    stamps: list[int] = []
    keys: list[bool] = []
    shown: list[bool] = []
    duration = 0
    for packet in demux(container, stream):
        pts = packet.pts if packet.pts is not None else packet.dts
        if pts is None:  # no clock at all: count on from the last
            pts = stamps[-1] + (packet.duration or 1) if stamps else 0
        stamps.append(pts)
        keys.append(packet.is_keyframe)
        shown.append(not packet.is_discard and not _is_hidden(packet, stream))
        if pts == max(stamps[-1], pts):
            duration = packet.duration or 0
    packets = np.array(stamps, dtype=np.int64)
    presented = np.unique(packets[np.array(shown, dtype=bool)])
    if len(presented) == 0:
        return None
    assert stream.time_base is not None
    clock = make_clock(presented, stream.time_base, duration, declared=stream.average_rate)
    return VideoIndex(presented, packets, np.array(keys, dtype=bool), clock)


def make_clock(
    stamps: Int64Array, time_base: Fraction, last_ticks: int, *, declared: Fraction | None
) -> FrameClock:
    """The constant clock that explains the stamps, if one does; else a variable one.

    Args:
        stamps: int64, shape (n,), rising.
        last_ticks: how long the last frame is said to last; 0 when that is not known.
        declared: the rate the container claims.
    """
    n_frames = len(stamps)
    if n_frames == 1:
        rate = declared or (1 / (last_ticks * time_base) if last_ticks > 0 else Fraction(25))
        return FrameClock.constant(rate, 1)
    for fps in _candidate_rates(stamps, time_base, declared):
        if _fits(stamps, time_base, fps):
            return FrameClock.constant(fps, n_frames)
    mean_ticks = round(int(stamps[-1] - stamps[0]) / (n_frames - 1))
    return FrameClock.variable(stamps, time_base, max(1, last_ticks or mean_ticks))


def _candidate_rates(stamps: Int64Array, time_base: Fraction, declared: Fraction | None) -> list[Fraction]:
    step = int(stamps[1] - stamps[0])
    exact = [1 / (step * time_base)] if time_base < STAMP_NOISE_SECONDS and step > 0 else []
    told = [declared] if declared else []
    usual = [rate for rate in told if rate in USUAL_RATES]
    measured = Fraction(len(stamps) - 1) / (int(stamps[-1] - stamps[0]) * time_base)
    return [*exact, *usual, *USUAL_RATES, *told, measured.limit_denominator(1001)]


def _fits(stamps: Int64Array, time_base: Fraction, fps: Fraction) -> bool:
    """Whether the stamps leave an even grid by no more than rounding does."""
    span = int(stamps[-1] - stamps[0]) * time_base
    tolerance = max(time_base, STAMP_NOISE_SECONDS)
    if abs(span - (len(stamps) - 1) / fps) > tolerance:
        return False
    step = 1 / (fps * time_base)
    grid = np.arange(len(stamps), dtype=np.int64) * step.numerator
    error = (stamps - stamps[0]) * step.denominator - grid  # exact: in ticks / denominator
    return bool(int(error.max() - error.min()) <= tolerance / time_base * step.denominator)


def _is_hidden(packet: "av.Packet[VideoStream]", stream: VideoStream) -> bool:
    """VP8 keeps reference pictures that are never shown in packets of their own (RFC 6386, 9.1)."""
    return stream.codec_context.name.startswith(("vp8", "libvpx")) and not memoryview(packet)[0] >> 4 & 1
