"""One lip-sync job in one process, from files to file: prepare, draw the chunks, join them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lipwright.errors import OutputError
from lipwright.media.source import open_source
from lipwright.render.chunk import ChunkResult, part_name, render_chunk
from lipwright.render.job import RenderJob
from lipwright.render.join import join
from lipwright.render.plan import RenderPlan
from lipwright.render.prepare import prepare
from lipwright.render.progress import Listener, Progress, ignore
from lipwright.render.report import Report
from lipwright.render.stopwatch import Stopwatch
from lipwright.render.summary import summarize


def run_job(job: RenderJob, listener: Listener = ignore) -> Report:
    """Does a job; the output appears when it is complete, or not at all.

    Raises:
        MediaError: the video or the voice cannot be read.
        NoFaceError: no face anywhere in the frames that are used.
        OutputError: the output cannot be written.
        UsageError: the result would be longer than the model allows.
    """
    plan = prepare(job, listener)
    watch = Stopwatch(listener)
    with _folder_of_parts() as folder:
        with watch.stage("render", plan.timeline.n_frames):
            parts = _render(plan, folder, listener)
        with watch.stage("mux"):
            join(plan, parts)
    return summarize(plan, parts, watch.seconds)


@contextmanager
def _folder_of_parts() -> Iterator[Path]:
    try:
        made = tempfile.TemporaryDirectory(prefix="lipwright-", ignore_cleanup_errors=True)
    except OSError as error:
        message = (
            f"expected a folder for temporary files: {error.strerror or error}; set TMPDIR to one with room"
        )
        raise OutputError(message) from error
    with made as name:
        yield Path(name)


def _render(plan: RenderPlan, scratch: Path, listener: Listener) -> list[ChunkResult]:
    done = 0

    def on_frame() -> None:
        nonlocal done
        done += 1
        listener(Progress("render", done, plan.timeline.n_frames))

    with open_source(plan.job.video) as reader:
        return [
            render_chunk(plan, reader, frames, scratch / part_name(plan, number), on_frame)
            for number, frames in enumerate(plan.chunks)
        ]
