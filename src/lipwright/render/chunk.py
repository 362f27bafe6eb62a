"""Renders one chunk: a run of output frames, from source file to an encoded file of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.media.picture import Picture
from lipwright.media.sound_track import ContainerName
from lipwright.media.source import PictureSource
from lipwright.media.video_writer import EncoderOptions, VideoCodec, VideoFormat, VideoWriter
from lipwright.render.overlap import Behind, ahead
from lipwright.render.plan import RenderPlan
from lipwright.render.timing import Direction, Span, Timeline, spans

_CODECS: dict[ContainerName, VideoCodec] = {"mp4": "h264", "webm": "vp9"}


@dataclass(frozen=True)
class ChunkResult:
    """What came of a chunk."""

    path: Path
    n_frames: int
    touched: tuple[int, ...]
    """Output frames in which anything was drawn."""


def part_name(plan: RenderPlan, number: int) -> str:
    """The file name of a chunk; its ending says the container."""
    return f"{number:05}.{plan.job.container}"


def render_chunk(
    plan: RenderPlan,
    reader: PictureSource,
    frames: range,
    path: Path,
    on_frame: Callable[[], None],
) -> ChunkResult:
    """Decodes, draws and encodes at the same time, a few frames in memory.

    Args:
        reader: of the plan's video.
        frames: output frames of the chunk.
        path: written anew; see ``part_name``.
        on_frame: called after each frame.
    """
    touched = []
    with _writer(plan, path) as writer:

        def write(output_frame: int, picture: Picture) -> None:
            clock = plan.timeline.clock
            writer.write(picture, clock.pts(output_frame) - clock.pts(frames.start))

        with Behind(write) as sink:
            pictures = ahead(_source_pictures(reader, plan.timeline, frames))
            for output_frame, picture in zip(frames, pictures, strict=True):
                if _draw(plan, output_frame, picture):
                    touched.append(output_frame)
                sink.put(output_frame, picture)
                on_frame()
    return ChunkResult(path, len(frames), tuple(touched))


def _writer(plan: RenderPlan, path: Path) -> VideoWriter:
    video, clock = plan.inputs.video, plan.timeline.clock
    form = VideoFormat(
        video.width, video.height, clock.fps, clock.time_base, video.color, video.sample_aspect
    )
    options = EncoderOptions(
        codec=_CODECS[plan.job.container],
        preset=plan.job.engine.encoder_preset,
        keeps_grain=video.is_still or plan.job.engine.keeps_grain,
    )
    return VideoWriter(path, form, options)


def _draw(plan: RenderPlan, output_frame: int, picture: Picture) -> bool:
    """Draws into the picture; whether anything was drawn."""
    drawings = [plan.job.engine.draw(picture, plan.scene, *place) for place in plan.rows_of(output_frame)]
    has_moved = plan.idle is not None and plan.idle.show(picture, output_frame)
    return has_moved or any(drawing is not None for drawing in drawings)


def _source_pictures(reader: PictureSource, timeline: Timeline, frames: range) -> Iterator[Picture]:
    """A picture of its own for each output frame, read in as few passes as the order allows."""
    for span in spans(timeline, frames.start, frames.stop):
        yield from _span_pictures(reader, timeline.source_frames[span.start : span.stop], span)


def _span_pictures(reader: PictureSource, wanted: NDArray[np.int64], span: Span) -> Iterator[Picture]:
    low, high = int(wanted.min()), int(wanted.max())
    is_backward = span.direction is Direction.BACKWARD
    pictures = reader.read_backwards(high + 1, low) if is_backward else reader.read(low, high + 1)
    numbers = range(high, low - 1, -1) if is_backward else range(low, high + 1)
    source = zip(numbers, pictures, strict=True)
    number, picture = next(source)
    for frame_index, following in pairwise([*wanted.tolist(), None]):
        while number != frame_index:
            number, picture = next(source)
        yield picture.copy() if following == frame_index else picture
