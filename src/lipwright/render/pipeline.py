"""One lip-sync job in one process, from files to file: prepare, draw the chunks, join them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
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
from lipwright.render.unfinished import Keep, Unfinished, unfinished_work


def run_job(job: RenderJob, listener: Listener = ignore, *, keep: Keep | None = None) -> Report:
    """Does a job; the output appears when it is complete, or not at all.

    Args:
        job: what to do.
        listener: told of every step; may raise to stop.
        keep: where plan and finished chunks are kept until the job is done, so that a run that was stopped
            can be gone on with; None keeps nothing.

    Raises:
        MediaError: the video or the voice cannot be read.
        NoFaceError: no face anywhere in the frames that are used.
        OutputError: the output cannot be written.
        UsageError: the result would be longer than the model allows, or another run uses the folder.
    """
    if keep is None:
        with _folder_of_parts() as folder:
            plan = prepare(job, listener)
            return _finished(plan, folder, listener, None)
    with unfinished_work(keep, job) as work:
        plan = work.plan() or _planned(work, listener)
        report = _finished(plan, work.folder, listener, work)
    return report if work.note is None else replace(report, notes=[work.note, *report.notes])


def _planned(work: Unfinished, listener: Listener) -> RenderPlan:
    work.keep_plan(prepare(work.job, listener))
    plan = work.plan()
    assert plan is not None
    return plan


def _finished(plan: RenderPlan, folder: Path, listener: Listener, work: Unfinished | None) -> Report:
    watch = Stopwatch(listener)
    with watch.stage("render", plan.timeline.n_frames):
        parts = _render(plan, folder, listener, work)
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


def _render(plan: RenderPlan, folder: Path, listener: Listener, work: Unfinished | None) -> list[ChunkResult]:
    """Renders every chunk that is not there."""
    parts = {n: part for n in range(len(plan.chunks)) if work and (part := work.chunk(plan, n))}
    done = sum(part.n_frames for part in parts.values())

    def on_frame() -> None:
        nonlocal done
        done += 1
        listener(Progress("render", done, plan.timeline.n_frames))

    with open_source(plan.job.video) as reader:
        for number, frames in enumerate(plan.chunks):
            if number in parts:
                continue
            parts[number] = render_chunk(plan, reader, frames, folder / part_name(plan, number), on_frame)
            if work is not None:
                work.keep_chunk(number, parts[number])
    return [parts[number] for number in sorted(parts)]
