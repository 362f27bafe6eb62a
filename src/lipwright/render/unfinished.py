"""Work on a job that is kept in a folder until the job is done, so that another run can go on with it."""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lipwright.errors import InstallationError, MediaError, OutputError, UsageError
from lipwright.render.chunk import ChunkResult, part_name
from lipwright.render.job import RenderJob, probe_inputs
from lipwright.render.plan import RenderPlan, load_plan

PLAN = "plan.bin"
"""The name of the plan's file in the folder."""
_JOB, _LOCK = "job.json", "lock"
_HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Keep:
    """Where unfinished work is kept."""

    folder: Path
    version: str
    """Of Lipwright: work of another one is of no use."""


@dataclass
class Unfinished:
    """The folder of one job; it is ours alone."""

    folder: Path
    job: RenderJob
    note: str | None = None
    """What a user should know of how this run began."""

    def plan(self) -> RenderPlan | None:
        """The plan of an earlier run; None if that did not get so far."""
        path = self.folder / PLAN
        if not path.exists():
            return None
        try:
            plan = load_plan(path)
        except InstallationError:
            return None
        # the same files may have other names now, or be named from another folder
        plan.job, plan.inputs = self.job, probe_inputs(self.job)
        return plan

    def keep_plan(self, plan: RenderPlan) -> None:
        """Writes the plan, for runs to come."""
        with _told(self.folder):
            plan.save(self.folder / PLAN)

    def chunk(self, plan: RenderPlan, number: int) -> ChunkResult | None:
        """A chunk that an earlier run finished."""
        record, path = self._record(number), self.folder / part_name(plan, number)
        if not (record.exists() and path.exists()):
            return None
        said = json.loads(record.read_bytes())
        return ChunkResult(path, said["n_frames"], tuple(said["touched"]))

    def keep_chunk(self, number: int, result: ChunkResult) -> None:
        """Remembers that a chunk is finished."""
        with _told(self.folder):
            _write(self._record(number), {"n_frames": result.n_frames, "touched": list(result.touched)})

    def _record(self, number: int) -> Path:
        return self.folder / f"{number:05}.json"


@contextmanager
def unfinished_work(keep: Keep, job: RenderJob) -> Iterator[Unfinished]:
    """The work on a job that is in a folder, or none yet; the folder is gone when the job is done.

    Work on another job, on other inputs, or by another version is thrown away, with a note.

    Raises:
        OutputError: the folder cannot be made.
        UsageError: another run uses it, or it holds something else.
        MediaError: an input cannot be read.
    """
    folder, wanted = keep.folder, {"version": keep.version, **_identity(job)}
    with _told(folder):
        _make(folder)
        lock = (folder / _LOCK).open("wb")
    with lock:
        _take(lock, folder)
        with _told(folder):
            note = _begin(folder, wanted)
        yield Unfinished(folder, job, note)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"expected to keep unfinished work in {folder}: {error.strerror or error}; free some space or "
            "choose another place for the output"
        ) from error


def _make(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _LOCK).exists():
        raise UsageError(f"expected a folder for unfinished work, found one that holds other files: {folder}")
    folder.mkdir(exist_ok=True)


def _take(lock: BinaryIO, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(
            f"expected unfinished work that nobody is at, found another run at it; wait for its end: {folder}"
        ) from error


def _begin(folder: Path, wanted: dict[str, Any]) -> str | None:
    """Readies the folder; what is to be said of it."""
    path = folder / _JOB
    found = _read(path)
    if found == wanted:
        n_chunks = len(list(folder.glob("[0-9]*.json")))
        got = f"its {n_chunks} finished chunks were taken over" if n_chunks else "no chunk was finished"
        return f"an earlier run was gone on with: {got}"
    for old in folder.iterdir():
        if old.name != _LOCK:
            old.unlink()
    _write(path, wanted)
    if found is None:
        return None
    other = ", ".join(name for name in wanted if found.get(name) != wanted[name])
    return f"the work of an earlier run was of no use and thrown away, as this differs: {other}"


def _identity(job: RenderJob) -> dict[str, Any]:
    """Equal for jobs whose results are equal; in words, so that differences can be told."""
    engine = job.engine
    options = {name: value for name, value in vars(engine).items() if isinstance(value, str)}
    segments = [{**segment.to_dict(), "audio": None} for segment in job.segments]
    said: dict[str, Any] = {
        "video": _digest(job.video),
        "voices": [_digest(path) for path in job.voices],
        "model": [engine.info.id, sorted(options.items())],
        "sync mode": job.sync_mode,
        "output format": job.container,
        "face resolution": job.max_face_resolution,
        "seed": job.seed,
        "idle motion": job.idle_motion,
        "face choice": asdict(job.face_choice),
        "segments": [segments, [str(job.voices.index(job.voice_of(n))) for n in range(len(segments))]],
    }
    return json.loads(json.dumps(said))  # type: ignore[no-any-return]  # as it is read again


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while data := file.read(_HASHED_AT_ONCE):
                digest.update(data)
    except OSError as error:
        raise MediaError(f"cannot read the file: {error.strerror}; check its name: {path}") from error
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, value: dict[str, Any]) -> None:
    """The file appears complete or not at all."""
    scratch = path.with_name(path.name + ".part")
    scratch.write_text(json.dumps(value), encoding="utf-8")
    scratch.replace(path)
