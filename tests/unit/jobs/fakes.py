"""Work that only remembers what was asked of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from lipwright.jobs.ports import JobCancelledError, JobError


@dataclass
class FakeWork:
    """Jobs of some chunks; ``refusals`` and ``accidents`` say what goes wrong, by step."""

    n_chunks: int = 2
    refusals: dict[str, JobError | JobCancelledError] = field(default_factory=dict)
    accidents: dict[str, int] = field(default_factory=dict)
    """How often a step goes wrong before it succeeds."""
    accident: Exception = field(default_factory=lambda: OSError("the cat sat on the keyboard"))
    on_render: Callable[[str, int], None] = lambda generation_id, chunk: None
    webhook_pauses: list[float | None] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    log: list[tuple[str, ...]] = field(default_factory=list)
    rendered: set[tuple[str, int]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, generation_id: str) -> None:
        self._note("fetch", generation_id)

    def prepare(self, generation_id: str) -> int:
        self._note("prepare", generation_id)
        return self.n_chunks

    def render(self, generation_id: str, n_chunks: int) -> None:
        for chunk in range(n_chunks):
            if (generation_id, chunk) not in self.rendered:
                self._note("render", generation_id, str(chunk))
                self.on_render(generation_id, chunk)
                self.rendered.add((generation_id, chunk))

    def finish(self, generation_id: str) -> None:
        self._note("finish", generation_id)

    def fail(self, generation_id: str, message: str, code: str) -> None:
        self._note("fail", generation_id, message, code)

    def abandon(self, generation_id: str) -> None:
        self._note("abandon", generation_id)

    def has_ended(self, generation_id: str) -> bool:
        return generation_id in self.ended

    def measure(self, generation_id: str) -> None:
        self._note("measure", generation_id)

    def fail_measure(self, generation_id: str, message: str) -> None:
        self._note("fail_measure", generation_id, message)

    def tidy(self) -> None:
        """Nothing lies about."""

    def send_webhook(self, delivery_id: str) -> float | None:
        self._note("send", delivery_id)
        return self.webhook_pauses.pop(0) if self.webhook_pauses else None

    def steps_of(self, generation_id: str) -> list[str]:
        with self.lock:
            return ["".join((entry[0], *entry[2:3])) for entry in self.log if entry[1] == generation_id]

    def _note(self, step: str, *details: str) -> None:
        with self.lock:
            self.log.append((step, *details))
            if self.accidents.get(step, 0) > 0:
                self.accidents[step] -= 1
                raise self.accident
        if step in self.refusals:
            raise self.refusals[step]
