"""Frames of a video in order, from any frame on, forward or backward, in bounded memory."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType

import av
import av.container
from av.video.frame import PictureType
from av.video.stream import VideoStream

from lipwright.errors import MediaError, UsageError
from lipwright.media.container import demux, main_video, open_container
from lipwright.media.decoded_frame import to_picture
from lipwright.media.frame_clock import Int64Array
from lipwright.media.picture import Picture
from lipwright.media.probe import VideoInfo, survey_video
from lipwright.media.video_index import VideoIndex

BLOCK_FRAMES = 32
"""Pictures held at once when reading backward: 100 MB at 1080p."""

MAX_SEEKS = 3
"""Entry points tried before decoding from the start."""

_ONE_THREAD_PIXELS = 1920 * 1088

VideoPackets = Iterator["av.Packet[VideoStream]"]
NumberedFrames = Iterator[tuple[int, av.VideoFrame]]


class VideoReader:
    """Reads pictures of one file; several readings may run side by side.

    Exactly ``info.n_frames`` pictures exist. One that cannot be decoded repeats the picture before it (at
    the very start, the first one that decodes).
    """

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        """Surveys the file.

        Args:
            threads: of the decoder; 0 takes one per core. None takes one for pictures up to 1080p: further
                ones cost a fifth more processor time, and what is done with the pictures takes longer anyway.

        Raises:
            MediaError: see ``probe``; also when there is no video.
        """
        self.path = path
        self._survey = survey_video(path)
        is_large = self.info.width * self.info.height > _ONE_THREAD_PIXELS
        self._threads = (0 if is_large else 1) if threads is None else threads
        self.n_concealed = 0
        """Pictures, of all that were read so far, that could not be decoded and repeat another."""

    @property
    def info(self) -> VideoInfo:
        """What the video is."""
        return self._survey.info

    def __enter__(self) -> "VideoReader":
        """The reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays open between readings: each closes its file when it ends or is dropped."""

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Picture]:
        """Pictures ``start <= i < stop`` in order; the same ones, whatever ``start`` is."""
        stop = self.info.n_frames if stop is None else stop
        if not 0 <= start <= stop <= self.info.n_frames:
            raise UsageError(f"expected frames within 0 to {self.info.n_frames}, got {start} to {stop}")
        return self._pictures(start, stop) if start < stop else iter(())

    def read_backwards(self, stop: int, start: int = 0) -> Iterator[Picture]:
        """Pictures ``stop - 1, stop - 2, ... start``, decoded in blocks of at most 32."""
        for block_stop in range(stop, start, -BLOCK_FRAMES):
            block = list(self.read(max(start, block_stop - BLOCK_FRAMES), block_stop))
            while block:
                yield block.pop()

    def _pictures(self, start: int, stop: int) -> Iterator[Picture]:
        """Decodes from the nearest point that works, at worst from the start of the file."""
        entries = self._survey.index.entry_points(start)
        for entry in (*entries[:MAX_SEEKS], None):
            with open_container(self.path) as container:
                frames = self._numbered_frames(container, entry, max(entries, default=0))
                first = next(frames, None)
                if entry is not None and (first is None or first[0] > start):
                    continue
                found = chain([] if first is None else [first], frames)
                for frame in self._in_place(found, start, stop):
                    yield to_picture(frame, self._survey.layout)
                return

    def _in_place(self, frames: NumberedFrames, start: int, stop: int) -> Iterator[av.VideoFrame]:
        """The frame to show at each place; one that is missing is replaced by the one before it."""
        place, latest = start, None
        for frame_index, frame in frames:
            if frame_index >= place:
                for _ in range(place, min(frame_index, stop)):
                    self.n_concealed += 1
                    yield latest or frame
                if frame_index < stop:
                    yield frame
                place = frame_index + 1
            if place >= stop:
                return
            latest = frame
        if latest is None:
            raise MediaError(f"no frame can be decoded; the file is empty or damaged: {self.path}")
        for _ in range(place, stop):
            self.n_concealed += 1
            yield latest

    def _numbered_frames(
        self, container: av.container.InputContainer, entry: int | None, latest: int
    ) -> NumberedFrames:
        """Decoded frames with their index, from a packet on; none if that did not work.

        Args:
            entry: the packet to seek to; None decodes from the start.
            latest: the last packet that seeking may land on.
        """
        stream = main_video(container)
        assert stream is not None
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = self._threads
        index = self._survey.index
        if entry is None:
            frames = _decoded(demux(container, stream), stream)
            return enumerate(frames) if not index.has_stamps else _numbered(frames, index)
        landed, packets = _seek(container, stream, index, entry)
        if landed is None or landed > latest:
            return iter(())
        return _numbered(_from_key_frame(_decoded(packets, stream), int(index.packets.stamps[landed])), index)


def _seek(
    container: av.container.InputContainer, stream: VideoStream, index: VideoIndex, entry: int
) -> tuple[int | None, VideoPackets]:
    """The key packet that seeking found, and the packets from it on with their stamps in the index.

    Some containers land late, in the middle of a packet, or lose count of the stamps; the index is right.
    """
    table = index.packets
    try:
        container.seek(int(table.stamps[entry]), stream=stream)
    except av.FFmpegError:  # a container without a way to seek
        return None, iter(())
    packets = demux(container, stream)
    for packet in packets:
        landed = table.find(packet)
        if landed is not None:
            return landed, _stamped(chain([packet], packets), table.stamps[landed:])
    return None, iter(())


def _stamped(packets: VideoPackets, stamps: Int64Array) -> VideoPackets:
    for packet, stamp in zip(packets, stamps, strict=False):
        packet.pts = int(stamp)
        yield packet


def _from_key_frame(frames: Iterator[av.VideoFrame], key_stamp: int) -> Iterator[av.VideoFrame]:
    """The key frame and what follows it; nothing when it is not the first that decodes.

    Leading frames of an open group lack what they refer to and are dropped. Streams with intra refresh in
    place of key frames recover only some frames later, and not exactly: they are decoded from the start.
    """
    for frame in frames:
        if frame.pts is None or frame.pts < key_stamp:
            continue
        if frame.pts == key_stamp and frame.pict_type == PictureType.I:
            yield frame
            yield from frames
        return


def _numbered(frames: Iterator[av.VideoFrame], index: VideoIndex) -> NumberedFrames:
    for frame in frames:
        frame_index = None if frame.pts is None else index.frame_of(frame.pts)
        if frame_index is not None:
            yield frame_index, frame


def _decoded(packets: VideoPackets, stream: VideoStream) -> Iterator[av.VideoFrame]:
    for packet in chain(packets, [None]):
        try:
            frames = stream.codec_context.decode(packet)
        except av.FFmpegError:  # a damaged frame is data: the one before it is shown instead
            continue
        yield from frames
