"""A job with every decision taken: what is left is to draw its chunks, in any order, anywhere."""

import pickle
from dataclasses import dataclass, field
from pathlib import Path

from lipwright.analysis.speech.refit import Refit
from lipwright.analysis.sync_judge import SyncOpinion
from lipwright.engines.base import MouthPlan, Scene
from lipwright.errors import InstallationError
from lipwright.render.idle import IdleMotion
from lipwright.render.job import Inputs, RenderJob
from lipwright.render.layout import Layout
from lipwright.render.plan_file import read_with_arrays, write_with_arrays
from lipwright.render.timing import Timeline, chunks


@dataclass(eq=False)
class RenderPlan:
    """All that drawing needs besides the source file."""

    job: RenderJob
    inputs: Inputs
    scene: Scene
    timeline: Timeline
    mouths: list[MouthPlan]
    n_concealed: int = 0
    """Frames of the source that could not be decoded."""
    stage_seconds: dict[str, float] = field(default_factory=dict)
    """Wall-clock seconds of the stages so far."""
    idle: IdleMotion | None = None
    """What a still does besides speaking."""
    source_sync: SyncOpinion | None = None
    """Whether the source's own sound is in step with its picture; None when it has none."""
    quiet_share: float = 0.0
    """Share of the output frames in which the new voice is silent, 0 to 1; of those of segments, if any."""
    layout: Layout | None = None
    """Where the segments lie; None when the voice is for the whole video."""
    segment_faces: dict[int, list[int]] = field(default_factory=dict)
    """Tracks that say each segment, by its number."""
    refits: dict[int, Refit] = field(default_factory=dict)
    """How what was heard was corrected for a mouth, by track; only where that helps."""

    @property
    def chunks(self) -> list[range]:
        """Output frames of each chunk, at most 10 s each."""
        return chunks(self.timeline.n_frames, self.timeline.clock.fps)

    def rows_of(self, output_frame: int) -> list[tuple[MouthPlan, int]]:
        """The plans, with the row, that draw into an output frame."""
        found = []
        for plan in self.mouths:
            row = output_frame - int(plan.order.output_frames[0])
            if 0 <= row < len(plan.order.output_frames):
                found.append((plan, row))
        return found

    def save(self, path: Path) -> None:
        """Writes the plan for another process of the same installation; it appears complete or not at all."""
        scratch = path.with_name(path.name + ".part")
        with scratch.open("wb") as file:
            write_with_arrays(self, file)
        scratch.replace(path)


def load_plan(path: Path) -> RenderPlan:
    """Reads a plan that ``RenderPlan.save`` wrote; only for files of our own scratch folders.

    What is known of each frame, and the mouths, stay in the file until they are drawn.

    Raises:
        InstallationError: the file was written by another version.
    """
    try:
        plan = read_with_arrays(path)
    except (AttributeError, ImportError, pickle.UnpicklingError, EOFError) as error:
        message = f"expected a plan of this version of lipwright, found another; plan the job again: {path}"
        raise InstallationError(message) from error
    assert isinstance(plan, RenderPlan)
    return plan
