"""What a process does that draws chunks for ``lipsync``: it asks for nothing and tells how it went.

The folder holds ``plan.bin``, the plan, and ``now.bin``, the job as it is named by this run and its probed
inputs: a plan that was kept may have been made when the files had other names.
"""

import os
import pickle
from dataclasses import dataclass
from pathlib import Path

from lipwright.errors import LipwrightError, NoRoomError
from lipwright.jobs.child_side import Message, Report, serve
from lipwright.jobs.ports import JobError
from lipwright.media.source import PictureSource, open_source
from lipwright.render.chunk import part_name, render_chunk
from lipwright.render.plan import RenderPlan, load_plan
from lipwright.render.unfinished import PLAN

_NOW = "now.bin"


def write_now(plan: RenderPlan, folder: Path) -> None:
    """Readies a folder for ``main``; a plan that it holds already is the same one."""
    if not (folder / PLAN).exists():
        plan.save(folder / PLAN)
    (folder / _NOW).write_bytes(pickle.dumps((plan.job, plan.inputs)))


def main() -> None:
    """Draws what the parent asks for until the parent is gone."""
    serve(_Drawer().draw, niceness=0)


@dataclass(frozen=True)
class _Opened:
    plan: RenderPlan
    reader: PictureSource


class _Drawer:
    """Keeps the job at hand: all requests are of one."""

    def __init__(self) -> None:
        self._opened: _Opened | None = None

    def draw(self, request: Message, report: Report) -> Message:
        """Draws a chunk.

        Raises:
            JobError: it cannot be done; the code is the name of the error's class.
            NoRoomError: the disk is full.
        """
        try:
            return self._draw(Path(request["folder"]), request["number"], report)
        except NoRoomError:
            raise
        except LipwrightError as error:
            raise JobError(str(error), type(error).__name__) from error

    def _draw(self, folder: Path, number: int, report: Report) -> Message:
        if self._opened is None:
            plan = load_plan(folder / PLAN)
            plan.job, plan.inputs = pickle.loads((folder / _NOW).read_bytes())  # noqa: S301 (our own)
            self._opened = _Opened(plan, open_source(plan.job.video))
        plan, name = self._opened.plan, part_name(self._opened.plan, number)
        scratch = folder / f"new-{os.getpid()}-{name}"  # of a run that was killed another may still be at it
        n_done = 0

        def on_frame() -> None:
            nonlocal n_done
            n_done += 1
            report({"n_done": n_done})

        part = render_chunk(plan, self._opened.reader, plan.chunks[number], scratch, on_frame)
        scratch.replace(folder / name)
        return {"n_frames": part.n_frames, "touched": list(part.touched)}
