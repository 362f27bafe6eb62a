"""One lip-sync job from files to file: see, hear, plan, render in chunks, join."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.motion import MOTION_RATE
from lipwright.engines.base import Engine, MouthOrder, MouthPlan, Scene
from lipwright.errors import MediaError, NoFaceError, UsageError
from lipwright.media.audio_reader import read_audio
from lipwright.media.mux import mux
from lipwright.media.probe import MediaInfo, VideoInfo, probe
from lipwright.media.sound_track import ContainerName, SoundTrack
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter
from lipwright.render.casting import cast_speakers
from lipwright.render.chunk import ChunkResult, RenderPlan, render_chunk
from lipwright.render.orders import write_orders
from lipwright.render.progress import Listener, Progress, Stage, ignore
from lipwright.render.report import Report
from lipwright.render.see import see
from lipwright.render.summary import summarize
from lipwright.render.timing import SyncMode, Timeline, chunks, plan_timeline

Float32Array = NDArray[np.float32]

_MIN_AUDIO_SECONDS = Fraction(1, 25)
_MIN_SEEN_SECONDS = 20
"""Of the source, as far as it goes, mouths are gathered from this much even for a shorter voice."""


@dataclass(frozen=True)
class RenderJob:
    """What is to be done."""

    video: Path
    audio: Path
    """Any file with sound, a video's too."""
    output: Path
    engine: Engine
    sync_mode: SyncMode = SyncMode.BOUNCE
    container: ContainerName = "mp4"
    max_face_resolution: int | None = None


@dataclass(eq=False)
class _Clock:
    """Measures the stages of one job."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, stage: Stage, listener: Listener, total: int = 1) -> Iterator[None]:
        listener(Progress(stage, 0, total))
        started = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - started
        listener(Progress(stage, total, total))


def run_job(job: RenderJob, listener: Listener = ignore) -> Report:
    """Does a job; the output appears when it is complete, or not at all.

    Raises:
        MediaError: the video or the voice cannot be read.
        NoFaceError: no face anywhere in the frames that are used.
        OutputError: the output cannot be written.
        UsageError: the result would be longer than the model allows.
    """
    source, voice = _probe_inputs(job)
    video = source.need_video()
    timeline = plan_timeline(video.clock, voice.duration, job.sync_mode)
    _check_length(job, timeline)
    clock = _Clock()
    with VideoReader(job.video) as reader, tempfile.TemporaryDirectory(prefix="lipwright-") as scratch:
        n_seen = _frames_to_see(video, timeline)
        with clock.stage("analyse", listener, n_seen):
            scene = see(reader, job.engine, n_seen, job.max_face_resolution, listener)
        _check_faces(scene, job, timeline)
        with clock.stage("hear", listener):
            motion = articulate(read_audio(job.audio, start=voice.start))
            activity = _source_activity(job.video, source, n_seen)
        with clock.stage("plan", listener):
            cast = cast_speakers(scene.analysis, activity)
            mouths = _plan_mouths(job.engine, scene, write_orders(scene, cast, timeline, motion))
        plan = RenderPlan(job.engine, scene, timeline, mouths)
        with clock.stage("render", listener, timeline.n_frames):
            parts = _render(job, plan, reader, Path(scratch), listener)
        with clock.stage("mux", listener):
            sound = SoundTrack(job.audio, timeline.audio_duration, voice.start)
            mux(
                [part.path for part in parts],
                sound,
                job.output,
                clock=timeline.clock,
                container=job.container,
            )
    return summarize(job.output, (job.engine.info.id, job.sync_mode), video, plan, parts, clock.seconds)


def _probe_inputs(job: RenderJob) -> tuple[MediaInfo, "_Voice"]:
    source = probe(job.video)
    video = source.need_video()
    audio = probe(job.audio).need_audio()
    # a video that is given its own sound keeps the offset between the two that its file has
    start = video.start_seconds if job.audio.samefile(job.video) else Fraction(0)
    duration = audio.start_seconds + audio.duration - start
    if duration < _MIN_AUDIO_SECONDS:
        raise MediaError(
            f"expected a voice of at least {float(_MIN_AUDIO_SECONDS):g} s, found {float(duration):.3f} s; "
            f"choose a longer recording: {job.audio}"
        )
    return source, _Voice(start, duration)


@dataclass(frozen=True)
class _Voice:
    start: Fraction
    """Where on its file's time line the voice begins for us, seconds."""
    duration: Fraction
    """Seconds from there on."""


def _check_length(job: RenderJob, timeline: Timeline) -> None:
    limit = job.engine.info.max_seconds
    if timeline.duration > limit:
        raise UsageError(
            f"expected at most {limit} s of output for {job.engine.info.id}, this would be "
            f"{float(timeline.duration):.1f} s; cut the voice or choose another sync mode"
        )


def _frames_to_see(video: VideoInfo, timeline: Timeline) -> int:
    """All that are shown, and more where those are few: a bank of a few seconds knows few mouths."""
    shown = int(timeline.source_frames.max()) + 1
    return min(video.n_frames, max(shown, int(_MIN_SEEN_SECONDS * video.fps)))


def _check_faces(scene: Scene, job: RenderJob, timeline: Timeline) -> None:
    if not scene.geometries:
        seconds = float(timeline.duration)
        raise NoFaceError(
            f"expected a face, found none in the {seconds:.1f} s of video that are used; "
            f"choose a clip in which somebody faces the camera: {job.video}"
        )


def _source_activity(path: Path, source: MediaInfo, n_frames: int) -> Float32Array | None:
    """How surely the source's own sound is speech, at each of its frames; None when it is silent."""
    video = source.need_video()
    if source.audio is None:
        return None
    activity = articulate(read_audio(path, start=video.start_seconds)).activity
    if len(activity) == 0:
        return None
    ticks = video.clock.ticks()[:n_frames]
    seconds = ticks * float(video.clock.time_base)
    steps = np.arange(len(activity)) / MOTION_RATE
    return np.interp(seconds, steps, activity, right=0.0).astype(np.float32)


def _plan_mouths(engine: Engine, scene: Scene, orders: list[MouthOrder]) -> list[MouthPlan]:
    return [engine.plan(scene, order) for order in orders if order.strength.any()]


def _render(
    job: RenderJob, plan: RenderPlan, reader: VideoReader, scratch: Path, listener: Listener
) -> list[ChunkResult]:
    done = 0

    def on_frame() -> None:
        nonlocal done
        done += 1
        listener(Progress("render", done, plan.timeline.n_frames))

    def new_writer(path: Path, frames: range) -> VideoWriter:  # noqa: ARG001 (all chunks are encoded alike)
        codec: Literal["h264", "vp9"] = "vp9" if job.container == "webm" else "h264"
        return VideoWriter(path, _video_format(reader.info, plan.timeline), EncoderOptions(codec=codec))

    suffix = ".webm" if job.container == "webm" else ".mp4"
    return [
        render_chunk(plan, reader, frames, scratch / f"{number:05}{suffix}", new_writer, on_frame)
        for number, frames in enumerate(chunks(plan.timeline.n_frames, plan.timeline.clock.fps))
    ]


def _video_format(info: VideoInfo, timeline: Timeline) -> VideoFormat:
    clock = timeline.clock
    return VideoFormat(info.width, info.height, clock.fps, clock.time_base, info.color, info.sample_aspect)
