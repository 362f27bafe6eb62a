"""One lip-sync job, from files to file: prepare, have the chunks drawn, join them."""

from dataclasses import replace
from pathlib import Path

from lipwright.render.chunk import ChunkResult
from lipwright.render.job import RenderJob
from lipwright.render.join import join
from lipwright.render.parts import PartMaker, make_parts_here
from lipwright.render.plan import RenderPlan
from lipwright.render.prepare import prepare
from lipwright.render.progress import Listener, Progress, ignore
from lipwright.render.report import Report
from lipwright.render.stopwatch import Stopwatch
from lipwright.render.summary import summarize
from lipwright.render.unfinished import Keep, Unfinished, unfinished_work
from lipwright.scratch_folder import scratch_folder


def run_job(
    job: RenderJob,
    listener: Listener = ignore,
    *,
    keep: Keep | None = None,
    make_parts: PartMaker = make_parts_here,
) -> Report:
    """Does a job; the output appears when it is complete, or not at all.

    Args:
        job: what to do.
        listener: told of every step; may raise to stop.
        keep: where plan and finished chunks are kept until the job is done, so that a run that was stopped
            can be gone on with; None keeps nothing.
        make_parts: draws the chunks.

    Raises:
        MediaError: the video or the voice cannot be read.
        NoFaceError: no face anywhere in the frames that are used.
        OutputError: the output cannot be written.
        UsageError: the result would be longer than the model allows, or another run uses the folder.
    """
    if keep is None:
        with scratch_folder() as folder:
            parts = _Parts(prepare(job, listener), folder, listener)
            return _finished(parts, make_parts)
    with unfinished_work(keep, job) as work:
        plan = work.plan() or _planned(work, listener)
        report = _finished(_Parts(plan, work.folder, listener, work), make_parts)
    return report if work.note is None else replace(report, notes=[work.note, *report.notes])


def _planned(work: Unfinished, listener: Listener) -> RenderPlan:
    work.keep_plan(prepare(work.job, listener))
    plan = work.plan()
    assert plan is not None
    return plan


def _finished(parts: "_Parts", make_parts: PartMaker) -> Report:
    plan, watch = parts.plan, Stopwatch(parts.listener)
    with watch.stage("render", plan.timeline.n_frames):
        made = parts.all(make_parts)
    with watch.stage("mux"):
        join(plan, made)
    return summarize(plan, made, watch.seconds)


class _Parts:
    """The chunks of a plan: those that an earlier run finished, and those that are drawn now."""

    def __init__(
        self, plan: RenderPlan, folder: Path, listener: Listener, work: Unfinished | None = None
    ) -> None:
        self.plan, self.listener = plan, listener
        self._folder, self._work = folder, work
        self._made = {n: part for n in range(len(plan.chunks)) if work and (part := work.chunk(plan, n))}
        self._n_drawn = sum(part.n_frames for part in self._made.values())

    def all(self, make_parts: PartMaker) -> list[ChunkResult]:
        """One for each chunk, in order; those that are missing are made."""
        missing = [number for number in range(len(self.plan.chunks)) if number not in self._made]
        if missing:
            make_parts(self.plan, self._folder, missing, self)
        return [self._made[number] for number in sorted(self._made)]

    def on_frames(self, n_more: int) -> None:
        """Tells the job's listener."""
        self._n_drawn += n_more
        self.listener(Progress("render", self._n_drawn, self.plan.timeline.n_frames))

    def on_part(self, number: int, part: ChunkResult) -> None:
        """Remembers it."""
        self._made[number] = part
        if self._work is not None:
            self._work.keep_chunk(number, part)
