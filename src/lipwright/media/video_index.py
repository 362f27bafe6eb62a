"""Which frames a video stream presents, and when, found by demuxing alone."""

from dataclasses import dataclass
from fractions import Fraction

import av.container
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

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


UNSTAMPED_FORMATS = frozenset({"avi", "h264", "hevc", "m4v", "mpegvideo", "obu"})
"""These store no presentation stamps; FFmpeg derives some, right for MPEG-4 but not for H.264."""


@dataclass(frozen=True, eq=False)
class PacketTable:
    """The packets of a stream in decoding order; every array has shape (n_packets,)."""

    stamps: Int64Array
    """int64: presentation stamps."""
    places: Int64Array
    """int64, shape (n_packets, 2): byte position in the file (-1 if unknown) and size."""
    is_key: NDArray[np.bool_]
    """bool: decoding can start here."""

    def find(self, packet: "av.Packet[VideoStream]") -> int | None:
        """Where a key packet stands, told by place and size: stamps are unreliable after seeking in MPEG-PS.

        None when the packet is no key packet, is unknown, or looks like another one.
        """
        if not packet.is_keyframe:
            return None
        found = np.flatnonzero(self.is_key & np.all(self.places == _place(packet), axis=1))
        return int(found[0]) if len(found) == 1 else None


@dataclass(frozen=True, eq=False)
class VideoIndex:
    """The frames of one stream by rank of their stamp, and the packets they come from."""

    presented: Int64Array
    """int64, shape (n_frames,): stream stamps of the frames that are shown, rising."""
    packets: PacketTable
    clock: FrameClock
    has_stamps: bool
    """Whether stamps tell which frame a packet holds; if not, only the order of decoded frames does."""

    def frame_of(self, pts: int) -> int | None:
        """The index of the frame with this stream stamp; None for one that is not presented."""
        place = int(np.searchsorted(self.presented, pts))
        found = place < len(self.presented) and self.presented[place] == pts
        return place if found else None

    def entry_points(self, frame_index: int) -> list[int]:
        """Packets after the first from which a frame can be decoded, nearest first."""
        if not self.has_stamps:
            return []
        usable = self.packets.is_key & (self.packets.stamps <= self.presented[frame_index])
        return [int(entry) for entry in np.flatnonzero(usable)[::-1] if entry > 0]


def index_video(container: av.container.InputContainer, stream: VideoStream) -> VideoIndex | None:
    """Reads every packet of the stream from where the container stands; None when it holds no frame."""
    stamps: list[int] = []
    places: list[tuple[int, int]] = []
    keys: list[bool] = []
    shown: list[bool] = []
    latest, last_duration, has_stamps = -(2**63), 0, True
    for packet in demux(container, stream):
        pts = packet.pts
        if pts is None:
            has_stamps = False
            pts = stamps[-1] + (packet.duration or 1) if stamps else 0
        if pts >= latest:
            latest, last_duration = pts, packet.duration or 0
        stamps.append(pts)
        places.append(_place(packet))
        keys.append(packet.is_keyframe)
        shown.append(not packet.is_discard and not _is_hidden(packet, stream))
    table = PacketTable(np.array(stamps, np.int64), np.array(places, np.int64), np.array(keys, np.bool_))
    presented = np.unique(table.stamps[np.array(shown, np.bool_)])
    if len(presented) == 0:
        return None
    assert stream.time_base is not None
    clock = make_clock(presented, stream.time_base, last_duration, declared=stream.average_rate)
    is_derived = container.format.name in UNSTAMPED_FORMATS and stream.codec_context.name in ("h264", "hevc")
    return VideoIndex(presented, table, clock, has_stamps and not is_derived)


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
    near = [rate] if (rate := measured.limit_denominator(1001)) else []  # a frame in an hour is near none
    return [*exact, *usual, *USUAL_RATES, *told, *near]


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


def _place(packet: "av.Packet[VideoStream]") -> tuple[int, int]:
    return (-1 if packet.pos is None else packet.pos), packet.size


def _is_hidden(packet: "av.Packet[VideoStream]", stream: VideoStream) -> bool:
    """VP8 keeps reference pictures that are never shown in packets of their own (RFC 6386, 9.1)."""
    return stream.codec_context.name.startswith(("vp8", "libvpx")) and not memoryview(packet)[0] >> 4 & 1
