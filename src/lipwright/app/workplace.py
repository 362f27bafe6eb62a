"""The folder that each job works in, on the machine that works on it; gone when the job has ended."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lipwright.app.code_version import code_version
from lipwright.app.compute import MEASURED, PREPARED, REPORT, VIDEO, ComputeJob, part_record
from lipwright.app.settings import Settings
from lipwright.engines.options import ModelOptions
from lipwright.store.records import VOICE_NAMES, Generation

_VERSION = "version"
"""Name in the folder, of which code works there."""


class Workplace:
    """Where the folders are.

    Args:
        settings: names the data directory, and what plans allow.
    """

    def __init__(self, settings: Settings) -> None:
        self._root = settings.data_dir / "work"
        self._settings = settings

    def job(self, generation: Generation, plan: str) -> ComputeJob:
        """What is to be done for a generation, in its folder, which is there then."""
        folder = self._folder(generation.id)
        folder.mkdir(parents=True, exist_ok=True)
        params = generation.params
        return ComputeJob(
            folder=str(folder),
            model=generation.model,
            sync_mode=params.get("sync_mode") or "bounce",
            output_format=params.get("output_format") or "mp4",
            max_face_resolution=params.get("max_face_resolution"),
            seed=params.get("seed") or 0,
            idle_motion=params.get("idle_motion") is not False,
            model_mode=params.get("model_mode") or ModelOptions.model_mode,
            prompt=params.get("prompt"),
            face_choice=params.get("face_choice") or {"auto_detect": bool(params.get("synergize"))},
            max_seconds=self._settings.plan(plan).max_seconds,
            segments=params.get("segments") or [],
        )

    def remove(self, generation_id: str) -> None:
        """Removes the folder of a job, if there is one."""
        shutil.rmtree(self._folder(generation_id), ignore_errors=True)

    def keep_video(self, generation_id: str) -> None:
        """Removes the folder of a job but for its video, which is all that measuring the result needs."""
        if self._folder(generation_id).is_dir():
            for path in self._folder(generation_id).iterdir():
                if path.name != VIDEO:
                    path.unlink(missing_ok=True)

    def generation_ids(self) -> Iterator[str]:
        """Of which there are folders."""
        if self._root.is_dir():
            for folder in self._root.iterdir():
                yield folder.name

    def _folder(self, generation_id: str) -> Path:
        return self._root / generation_id


def input_path(job: ComputeJob, medium: str) -> Path:
    """Where the video or a voice of a job lies."""
    assert medium in (VIDEO, *VOICE_NAMES)
    return Path(job.folder, medium)


def renew(job: ComputeJob) -> None:
    """Keeps of a job's folder only its inputs, if another version of the code was at work on them.

    Plans and chunks of two versions cannot be told apart by reading them, and do not fit together.
    """
    folder, version = Path(job.folder), code_version()
    mark = folder / _VERSION
    if mark.exists() and mark.read_text(encoding="ascii") == version:
        return
    for path in folder.iterdir():
        if path.name not in (VIDEO, *VOICE_NAMES):
            path.unlink(missing_ok=True)
    scratch = folder / f"new-{os.getpid()}-{_VERSION}"
    scratch.write_text(version, encoding="ascii")
    scratch.replace(mark)


def prepared_chunks(job: ComputeJob) -> int | None:
    """How many chunks there are; None when the job was not prepared on this machine."""
    prepared = _read(Path(job.folder, PREPARED))
    return None if prepared is None else int(prepared["n_chunks"])


def rendered_frames(job: ComputeJob, chunk: int) -> int | None:
    """How many frames a chunk has that is rendered; None when it is not."""
    record = _read(part_record(job, chunk))
    return None if record is None else int(record["n_frames"])


def measured_path(job: ComputeJob) -> Path:
    """Where the report of a result that was measured lies."""
    return Path(job.folder, MEASURED)


def report_path(job: ComputeJob) -> Path:
    """Where the report of a job that is done lies."""
    return Path(job.folder, REPORT)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return found
