"""Frames of a video in order, from any frame on, forward or backward, in bounded memory."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType

import av
import av.container
from av.video.stream import VideoStream

from lipwright.errors import MediaError, UsageError
from lipwright.media.container import demux, main_video, open_container
from lipwright.media.decoded_frame import to_picture
from lipwright.media.picture import Picture
from lipwright.media.probe import VideoInfo, survey_video

BLOCK_FRAMES = 32
"""Pictures held at once when reading backward: 100 MB at 1080p."""

VideoPackets = Iterator["av.Packet[VideoStream]"]


class VideoReader:
    """Reads pictures of one file; several readings may run side by side.

    Exactly ``info.n_frames`` pictures exist. One that cannot be decoded repeats the picture before it (at
    the very start, the first one that decodes).
    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        """Surveys the file.

        Args:
            threads: of the decoder; 0 takes one per core.

        Raises:
            MediaError: see ``probe``; also when there is no video.
        """
        self.path = path
        self._threads = threads
        self._survey = survey_video(path)

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
        with open_container(self.path) as container:
            stream = main_video(container)
            assert stream is not None
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = self._threads
            packets = chain(self._packets_from(start, container, stream), [None])
            for frame in self._in_place(_decoded(packets, stream), start, stop):
                yield to_picture(frame, self._survey.layout)

    def _in_place(self, frames: Iterator[av.VideoFrame], start: int, stop: int) -> Iterator[av.VideoFrame]:
        """The frame to show at each place; one that is missing is replaced by the one before it."""
        place, latest = start, None
        for frame in frames:
            frame_index = self._frame_index(frame, place)
            if frame_index is not None and frame_index >= place:
                while place < min(frame_index, stop):
                    yield latest or frame
                    place += 1
                if place < stop:
                    yield frame
                    place += 1
                if place == stop:
                    return
            latest = frame
        if latest is None:
            raise MediaError(
                f"no frame from frame {start} on can be decoded; the file is damaged: {self.path}"
            )
        for _ in range(place, stop):
            yield latest

    def _frame_index(self, frame: av.VideoFrame, place: int) -> int | None:
        return place if frame.pts is None else self._survey.index.frame_of(frame.pts)

    def _packets_from(
        self, start: int, container: av.container.InputContainer, stream: VideoStream
    ) -> VideoPackets:
        """Packets from a key frame at or before the wanted frame, or from the start of the file.

        Seeking is checked against the index: some containers land later than they were asked to.
        """
        index = self._survey.index
        for entry in index.entry_points(start):
            if entry == index.entry_points(0)[-1]:
                break
            container.seek(int(index.packets[entry]), stream=stream)
            packets = demux(container, stream)
            first = next(packets, None)
            place = None if first is None or first.pts is None else index.place_of(first.pts)
            if first is not None and place is not None and place <= entry:
                return chain([first], packets)
        container.seek(0)
        return demux(container, stream)


def _decoded(
    packets: Iterator["av.Packet[VideoStream] | None"], stream: VideoStream
) -> Iterator[av.VideoFrame]:
    for packet in packets:
        try:
            frames = stream.codec_context.decode(packet)
        except av.FFmpegError:  # a damaged frame is data: the one before it is shown instead
            continue
        yield from frames
