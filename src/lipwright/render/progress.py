"""How far a job has come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["analyse", "hear", "plan", "render", "mux", "measure"]

JOB_STAGES: tuple[Stage, ...] = ("analyse", "hear", "plan", "render", "mux")
"""In the order in which they happen."""
STAGES: tuple[Stage, ...] = (*JOB_STAGES, "measure")
"""The last only where the result is to be measured."""


@dataclass(frozen=True)
class Progress:
    """One step forward."""

    stage: Stage
    done: int
    """Units of this stage that are done: frames for analyse, render and measure."""
    total: int
    """Units of this stage; at least 1."""


Listener = Callable[[Progress], None]
"""Called often, from the thread that runs the job; may raise to stop it."""


def ignore(progress: Progress) -> None:
    """The listener that nobody is behind."""
