"""Stand-ins for what the command line calls, so that it is tested without lip-syncing anything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lipwright.errors import LipwrightError
from lipwright.render.progress import JOB_STAGES, STAGES, Progress
from lipwright.render.report import FaceReport, Report


@dataclass
class FakeLipsync:
    """Remembers what it was asked for, reports every stage, and writes a small file."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    error: BaseException | None = None

    def __call__(self, video: Path, audio: Path, output: Path, **options: Any) -> Report:
        self.calls.append({"video": video, "audio": audio, "output": output, **options})
        if self.error is not None:
            raise self.error
        for stage in STAGES if options.get("measure") else JOB_STAGES:
            for done in range(4):
                options["progress"](Progress(stage, done, 3))
        Path(output).write_bytes(b"video")
        face = FaceReport(0, 0, 49, is_speaker=True, frames_touched=40, donors_used=30)
        return Report(
            Path(output),
            options.get("model") or "lipsync-2",
            options.get("sync_mode") or "bounce",
            640,
            480,
            "25",
            50,
            2.0,
            40,
            [face],
            [],
            notes=["one face was too small"],
        )


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


def failing(error: LipwrightError, cause: str = "the deeper reason") -> LipwrightError:
    """The error as it is raised somewhere below, with a cause."""
    error.__cause__ = ValueError(cause)
    return error
