"""Times the stages of a job and tells the listener where each begins and ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lipwright.render.progress import Listener, Progress, Stage


@dataclass(eq=False)
class Stopwatch:
    """Wall-clock seconds by stage."""

    listener: Listener
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, stage: Stage, total: int = 1) -> Iterator[None]:
        """Times what is done inside the ``with``; ``total`` is the stage's number of steps."""
        self.listener(Progress(stage, 0, total))
        started = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - started
        self.listener(Progress(stage, total, total))
