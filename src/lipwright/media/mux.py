"""Encoded parts and sound joined into one finished file."""

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TypeAlias

import av
import av.container
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from lipwright.errors import MediaError, OutputError, UsageError
from lipwright.media.container import BITEXACT, demux, main_video, open_container
from lipwright.media.frame_clock import FrameClock, Int64Array
from lipwright.media.sound_mix import SoundMix
from lipwright.media.sound_track import ContainerName, SoundTrack, add_sound

AnyPacket: TypeAlias = "av.Packet[VideoStream] | av.Packet[AudioStream]"

VIDEO_CODECS: dict[ContainerName, frozenset[str]] = {
    "mp4": frozenset({"h264", "vp9"}),
    "webm": frozenset({"vp9"}),
}
MUXER_OPTIONS: dict[ContainerName, dict[str, str]] = {
    "mp4": {"movflags": "+faststart", "movie_timescale": "90000"},
    "webm": {},
}


def mux(
    video_parts: Sequence[Path],
    sound: SoundTrack | SoundMix | None,
    output: Path,
    *,
    clock: FrameClock,
    container: ContainerName = "mp4",
) -> None:
    """Joins the parts without re-encoding, adds the sound, and lets the finished file appear at once.

    Args:
        video_parts: files of ``VideoWriter``, encoded alike, whose frames follow one another.
        sound: None for a silent file.
        output: replaced if it exists.
        clock: when each frame is shown; the stamps inside the parts only give their order.

    Raises:
        UsageError: the parts do not fit one another, the clock or the container.
        MediaError: a part or the sound cannot be read.
        OutputError: the output cannot be written; nothing is left behind.
    """
    if not video_parts:
        raise UsageError("expected at least one encoded part to join, got none")
    order = _decoding_order(video_parts, clock, container)
    with _appearing(output) as scratch:
        options = MUXER_OPTIONS[container]
        with av.open(f"file:{scratch}", "w", format=container, container_options=options) as target:
            target.flags |= BITEXACT
            _write(target, video_parts, order, clock, sound, container)


def _write(
    target: av.container.OutputContainer,
    video_parts: Sequence[Path],
    order: Int64Array,
    clock: FrameClock,
    sound: SoundTrack | SoundMix | None,
    container: ContainerName,
) -> None:
    with open_container(video_parts[0]) as first:
        template = main_video(first)
        assert template is not None
        stream = target.add_stream_from_template(template, opaque=True)
    stream.time_base = clock.time_base
    streams: list[Iterator[AnyPacket]] = [_video_packets(video_parts, stream, order, clock)]
    if sound is not None:
        streams.append(add_sound(target, sound, container))
    for packet in merge(*streams, key=_packet_seconds):  # interleaved, so that the muxer holds little back
        target.mux_one(packet)


def _video_packets(
    video_parts: Sequence[Path], stream: VideoStream, order: Int64Array, clock: FrameClock
) -> Iterator[AnyPacket]:
    """The packets of all parts with the clock's stamps; decoding stamps rise evenly below them."""
    ticks = clock.ticks()
    delay = max(0, int((np.arange(len(order)) - order).max()))
    step = max(1, clock.duration_ticks // clock.n_frames)
    ends = np.append(ticks[1:], clock.duration_ticks)
    i = 0
    for part in video_parts:
        for packet in _part_packets(part):
            packet.pts = int(ticks[order[i]])
            packet.dts = int(ticks[i - delay]) if i >= delay else (i - delay) * step
            packet.duration = int(ends[order[i]]) - packet.pts
            packet.time_base = clock.time_base
            packet.stream = stream
            yield packet
            i += 1


def _part_packets(part: Path) -> Iterator["av.Packet[VideoStream]"]:
    with open_container(part) as container:
        stream = main_video(container)
        if stream is None:
            raise MediaError(f"expected an encoded part, found no video in it; render it again: {part}")
        yield from demux(container, stream)


def _packet_seconds(packet: AnyPacket) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base


def _decoding_order(video_parts: Sequence[Path], clock: FrameClock, container: ContainerName) -> Int64Array:
    """The frame index of every packet, in decoding order; checks that the parts belong together."""
    header, order = None, [np.zeros(0, np.int64)]
    for part in video_parts:
        found, stamps = _header_and_stamps(part)
        header = header or found
        if found != header:
            raise UsageError(f"expected all parts to be encoded alike, found another header in {part}")
        order.append(np.argsort(np.argsort(stamps)) + sum(map(len, order)))
    assert header is not None
    if header.codec not in VIDEO_CODECS[container]:
        raise UsageError(f"a {container} file cannot hold {header.codec}; encode the parts differently")
    joined = np.concatenate(order)
    if len(joined) != clock.n_frames:
        raise MediaError(f"expected {clock.n_frames} frames in the parts, found {len(joined)}")
    return joined


@dataclass(frozen=True)
class _Header:
    codec: str
    width: int
    height: int
    extradata: bytes


def _header_and_stamps(part: Path) -> tuple[_Header, Int64Array]:
    with open_container(part) as container:
        stream = main_video(container)
        if stream is None:
            raise MediaError(f"expected an encoded part, found no video in it; render it again: {part}")
        context = stream.codec_context
        header = _Header(
            context.codec.canonical_name, context.width, context.height, context.extradata or b""
        )
        return header, np.array([packet.pts for packet in demux(container, stream)], dtype=np.int64)


def check_place(output: Path) -> None:
    """Refuses an output that is no file: renaming onto a device such as ``/dev/null`` would replace it.

    Raises:
        OutputError: it is a directory or a device, its name is one that no file can have, or nothing can be
            written into its folder.
    """
    try:
        is_other = output.exists() and not output.is_file()
    except OSError as error:
        raise OutputError(f"cannot write {output}: {error.strerror}; name another file") from error
    if is_other:
        raise OutputError(f"cannot write {output}: it is a directory or a device; name a file")
    if not os.access(output.parent, os.W_OK):
        raise OutputError(f"cannot write {output}: its folder is read-only; choose another place")


@contextmanager
def _appearing(output: Path) -> Iterator[Path]:
    """A scratch name beside the output that becomes it on success and disappears on failure."""
    if not output.parent.is_dir():
        raise OutputError(f"cannot write {output}: its directory does not exist; create it first")
    check_place(output)
    # not the output's name with more to it: that may be as long as names can be
    scratch = output.with_name(f".lipwright-{uuid.uuid4().hex[:8]}.part")
    try:
        yield scratch
        scratch.replace(output)
    except (av.FFmpegError, OSError) as error:
        raise OutputError(f"cannot write {output}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # a file system that became read-only says so even of what is not there
            scratch.unlink()
