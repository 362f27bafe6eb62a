"""What a compute child does with one job's folder: prepare, render a chunk, join, measure the result.

``python -m lipwright.app.compute`` is the child. The folder holds ``video`` and ``audio`` when it begins (and
``audio_1`` ..., where segments have more voices), and ``output.…`` and ``report.json`` when the job is done.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.app.blame import blamed_on, told_to_users
from lipwright.app.left_out import left_out
from lipwright.app.measure import measured
from lipwright.engines import registry
from lipwright.engines.options import ModelOptions
from lipwright.errors import InstallationError, MediaError, NoFaceError, UsageError
from lipwright.jobs.child_side import Message, serve
from lipwright.jobs.child_side import Report as Tell
from lipwright.jobs.ports import JobError
from lipwright.media.probe import MediaInfo, probe
from lipwright.media.sound_track import ContainerName
from lipwright.media.source import PictureSource, open_source, probe_source
from lipwright.render.chunk import ChunkResult, part_name, render_chunk
from lipwright.render.job import RenderJob, probe_inputs, timeline_of
from lipwright.render.join import join
from lipwright.render.plan import RenderPlan, load_plan
from lipwright.render.prepare import prepare
from lipwright.render.progress import Listener, Progress, ignore
from lipwright.render.report import Report
from lipwright.render.segment import Segment
from lipwright.render.summary import summarize
from lipwright.render.timing import SyncMode

VIDEO, AUDIO, PLAN, PREPARED, REPORT = "video", "audio", "plan.bin", "prepared.json", "report.json"
MEASURED = "measured.json"
"""Names in the folder. A plan can be very large: what others need of it is in a file of its own."""

FORGET = {"command": "forget"}
"""Asks a child to close the files of its last job, and to give its memory back."""


@dataclass(frozen=True)
class ComputeJob:
    """What is to be done with the files in a folder; crosses to the child as JSON."""

    folder: str
    model: str
    sync_mode: str
    output_format: str
    max_face_resolution: int | None
    model_mode: str
    prompt: str | None
    max_seconds: float
    """Of output, that the account's plan allows."""
    seed: int = 0
    idle_motion: bool = True
    """Of a still."""
    face_choice: dict[str, Any] = field(default_factory=dict)
    """``asdict`` of a FaceChoice; empty for the likeliest speaker of each shot."""
    segments: list[dict[str, Any]] = field(default_factory=list)
    """``Segment.to_dict`` of each, whose voice is the name of a file in the folder."""

    def to_render(self) -> RenderJob:
        """The job as the engine knows it."""
        folder = Path(self.folder)
        container: ContainerName = "webm" if self.output_format == "webm" else "mp4"
        return RenderJob(
            folder / VIDEO,
            folder / AUDIO,
            self.output,
            registry.engine(self.model, self.options),
            SyncMode(self.sync_mode),
            container,
            self.max_face_resolution,
            self.seed,
            self.idle_motion,
            FaceChoice.from_dict(self.face_choice),
            tuple(
                Segment.from_dict({**segment, "audio": folder / segment["audio"]})
                for segment in self.segments
            ),
        )

    @property
    def options(self) -> ModelOptions:
        """What is asked of the model."""
        return ModelOptions(self.model_mode, self.prompt)

    @property
    def output(self) -> Path:
        """Where the result appears."""
        return Path(self.folder, f"output.{self.output_format}")

    def request(self, command: str, **more: int) -> Message:
        """What the child is asked."""
        return {"command": command, "job": asdict(self), **more}


def handle(request: Message, tell: Tell) -> Message:
    """Does a request.

    Raises:
        JobError: the job cannot be done; the message names no path.
    """
    if request == FORGET:
        _close()
        return {}
    job = ComputeJob(**request["job"])
    with told_to_users(job.folder):
        match request["command"]:
            case "prepare":
                return _prepare(job, _listener(tell))
            case "render":
                return _render(job, request["chunk"], _listener(tell))
            case "join":
                return _join(job, _listener(tell))
            case "measure":
                return _measure(job, _listener(tell))
            case command:
                raise UsageError(f"expected prepare, render, join or measure, got {command!r}")


def part_record(job: ComputeJob, chunk: int) -> Path:
    """The file that says that a chunk is done."""
    return Path(job.folder, f"{chunk:05}.json")


def _prepare(job: ComputeJob, listener: Listener) -> Message:
    folder = Path(job.folder)
    if not (folder / PLAN).exists():
        _check_inputs(job)
        _planned(job, listener).save(folder / PLAN)
    plan = _open(job).plan
    prepared = {"n_chunks": len(plan.chunks), "n_frames": plan.timeline.n_frames}
    _write(folder / PREPARED, prepared)
    return prepared


def _planned(job: ComputeJob, listener: Listener) -> RenderPlan:
    try:
        return prepare(job.to_render(), listener)
    except NoFaceError as error:
        raise JobError(f"{VIDEO}: {error}", "generation_input_video_invalid") from error


def _check_inputs(job: ComputeJob) -> None:
    """Finds out which input is to blame, and whether the result would be too long, before the work."""
    folder = Path(job.folder)
    with blamed_on(VIDEO):
        _check_picture(job, probe_source(folder / VIDEO))
    render = job.to_render()
    with blamed_on(AUDIO):
        for voice in render.voices:
            probe(voice).need_audio()
    inputs = probe_inputs(render)
    seconds = float(timeline_of(render, inputs).duration)
    if seconds > job.max_seconds:
        raise JobError(
            f"expected at most {job.max_seconds:g} s of output on this plan, this would be {seconds:.1f} s; "
            "cut the voice or choose another sync mode",
            "generation_input_duration_greater_than_max_duration",
        )
    if seconds > render.engine.info.max_seconds:
        raise JobError(
            f"expected at most {render.engine.info.max_seconds} s of output for {job.model}, this would be "
            f"{seconds:.1f} s; cut the voice or choose another sync mode",
            "generation_model_duration_exceeded",
        )


def _check_picture(job: ComputeJob, info: MediaInfo) -> None:
    video = info.need_video()
    if video.is_still and not registry.engine(job.model).info.takes_stills:
        raise JobError(
            f"{VIDEO}: expected a video for {job.model}, found a still picture ({info.container}); "
            "choose sync-3",
            "generation_unsupported_model",
        )
    if video.n_frames < 2 and not video.is_still:
        raise MediaError(f"expected a moving picture, found a single one ({info.container})")


def _render(job: ComputeJob, chunk: int, listener: Listener) -> Message:
    record = part_record(job, chunk)
    if record.exists():
        return {"is_new": False}
    opened = _open(job)
    frames = opened.plan.chunks[chunk]
    name = part_name(opened.plan, chunk)
    scratch = Path(job.folder, f"new-{os.getpid()}-{name}")
    started, done = time.perf_counter(), 0

    def on_frame() -> None:
        nonlocal done
        done += 1
        listener(Progress("render", done, opened.plan.timeline.n_frames))

    result = render_chunk(opened.plan, opened.reader, frames, scratch, on_frame)
    scratch.replace(Path(job.folder, name))
    seconds = time.perf_counter() - started
    _write(record, {"n_frames": result.n_frames, "touched": list(result.touched), "seconds": seconds})
    return {"is_new": True}


def _join(job: ComputeJob, listener: Listener) -> Message:
    plan = _open(job).plan
    records = [json.loads(part_record(job, chunk).read_bytes()) for chunk in range(len(plan.chunks))]
    parts = [
        ChunkResult(Path(job.folder, part_name(plan, chunk)), record["n_frames"], tuple(record["touched"]))
        for chunk, record in enumerate(records)
    ]
    started = time.perf_counter()
    listener(Progress("mux", 0, 1))
    join(plan, parts)
    seconds = {
        "render": sum(record["seconds"] for record in records),
        "mux": time.perf_counter() - started,
    }
    report = summarize(plan, parts, seconds)
    report = replace(report, notes=[*report.notes, *left_out(plan.job.engine.info, job.options)])
    public = replace(report, output=Path(f"{Path(job.folder).name}.{job.output_format}"))
    _write(Path(job.folder, REPORT), public.to_dict())
    _close()
    return {"duration_seconds": report.duration, "stage_seconds": report.stage_seconds}


def _measure(job: ComputeJob, listener: Listener) -> Message:
    """Completes the report of a finished output; without the source where that is gone."""
    _close()
    folder = Path(job.folder)
    source, kept = folder / VIDEO, json.loads((folder / REPORT).read_bytes())
    found = measured(Report.from_dict(kept), source if source.exists() else None, job.output, listener)
    _write(folder / MEASURED, found.to_dict())
    return {}


def _write(path: Path, value: dict[str, Any]) -> None:
    """The file appears complete or not at all."""
    scratch = path.with_name(f"new-{os.getpid()}-{path.name}")
    scratch.write_text(json.dumps(value), encoding="utf-8")
    scratch.replace(path)


@dataclass(frozen=True)
class _Opened:
    """A job at hand: its chunks mostly come one after another."""

    folder: str
    plan: RenderPlan
    reader: PictureSource


_at_hand: list[_Opened] = []
"""None or one, of this process, which does one thing at a time."""


def _open(job: ComputeJob) -> _Opened:
    if not _at_hand or _at_hand[0].folder != job.folder:
        _close()
        plan = _load(job)
        _at_hand.append(_Opened(job.folder, plan, open_source(plan.job.video)))
    return _at_hand[0]


def _load(job: ComputeJob) -> RenderPlan:
    """The plan; made again if the server was updated since."""
    path = Path(job.folder, PLAN)
    try:
        return load_plan(path)
    except InstallationError:
        prepare(job.to_render(), ignore).save(path)
        return load_plan(path)


def _close() -> None:
    _at_hand.clear()


def _listener(tell: Tell) -> Listener:
    return lambda step: tell({"stage": step.stage, "done": step.done, "total": step.total})


if __name__ == "__main__":
    serve(handle)
