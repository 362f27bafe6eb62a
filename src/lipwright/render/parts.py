"""Who draws the chunks of a plan: this process, one after another, unless a job is done with a crew."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from lipwright.media.source import open_source
from lipwright.render.chunk import ChunkResult, part_name, render_chunk
from lipwright.render.plan import RenderPlan


class PartListener(Protocol):
    """Is told of chunks that are being drawn, from the thread that wants them; may raise to stop it."""

    def on_frames(self, n_more: int) -> None:
        """So many more frames are drawn."""

    def on_part(self, number: int, part: ChunkResult) -> None:
        """A chunk is finished, in any order; all its frames were told of before."""


PartMaker = Callable[[RenderPlan, Path, Sequence[int], PartListener], None]
"""Draws the chunks with these numbers into files of a folder, named by ``part_name``; returns when all are
there. Whoever does it, the bytes are the same."""


def make_parts_here(plan: RenderPlan, folder: Path, numbers: Sequence[int], listener: PartListener) -> None:
    """The PartMaker that needs nobody else."""
    with open_source(plan.job.video) as reader:
        for number in numbers:
            path = folder / part_name(plan, number)
            part = render_chunk(plan, reader, plan.chunks[number], path, lambda: listener.on_frames(1))
            listener.on_part(number, part)
