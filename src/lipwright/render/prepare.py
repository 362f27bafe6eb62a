"""From the files of a job to its plan: see, hear, decide."""

from fractions import Fraction
from functools import partial
from pathlib import Path

from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.analysis.speech.prosody import Prosody, measure_prosody
from lipwright.engines.base import Scene
from lipwright.errors import NoFaceError, UsageError
from lipwright.media.audio_reader import read_audio_blocks
from lipwright.media.probe import VideoInfo
from lipwright.media.source import open_source
from lipwright.render.casting import cast_faces
from lipwright.render.idle import IdleMotion, plan_idle
from lipwright.render.job import Inputs, RenderJob, probe_inputs, timeline_of
from lipwright.render.orders import quiet_share, write_orders
from lipwright.render.plan import RenderPlan
from lipwright.render.progress import Listener
from lipwright.render.see import see
from lipwright.render.source_sound import HeardSource, cast_in_step, hear_source
from lipwright.render.stopwatch import Stopwatch
from lipwright.render.strength import MIN_FACE_PIXELS
from lipwright.render.timing import Timeline
from lipwright.scratch import ScratchFile, StoredArray

_MIN_SEEN_SECONDS = 20
"""Of the source, as far as it goes, mouths are gathered from this much even for a shorter voice."""


def prepare(job: RenderJob, listener: Listener) -> RenderPlan:
    """Takes every decision of a job.

    Raises:
        MediaError: the video or the voice cannot be read.
        NoFaceError: no face anywhere in the frames that are used.
        FaceChoiceError: there is no face where the choice says.
        UsageError: the result would be longer than the model allows.
    """
    inputs = probe_inputs(job)
    timeline = timeline_of(job, inputs)
    _check_length(job, timeline.duration)
    watch = Stopwatch(listener)
    n_seen = _frames_to_see(inputs.video, timeline, job.face_choice.frame_number)
    with watch.stage("analyse", n_seen), open_source(job.video) as reader:
        scene = see(reader, job.engine, n_seen, job.max_face_resolution, listener, job.output.parent)
        n_concealed = reader.n_concealed
    _check_faces(scene, inputs.video, job.video)
    with watch.stage("hear"):
        motion = articulate(_sound(job, job.audio, inputs.voice_start))
        source = source_sound(job, inputs)
        is_expressive = job.engine.info.is_expressive
        prosody = _prosody(job, inputs, timeline) if is_expressive else None
    with watch.stage("plan"):
        clock, fps = inputs.video.clock, float(inputs.video.fps)
        seconds = clock.ticks()[:n_seen] * float(clock.time_base)
        choose = partial(cast_faces, job.face_choice, scene, frames_per_second=fps)
        cast, source_sync = cast_in_step(choose, scene.analysis, source, seconds)
        orders = write_orders(scene, cast, timeline, motion, prosody)
        wanted = [order for order in orders if is_expressive or order.strength.any()]
        mouths = [job.engine.plan(scene, order) for order in wanted]
        idle = _idle_motion(job, inputs.video, scene, timeline)
    return RenderPlan(
        job,
        inputs,
        scene,
        timeline,
        mouths,
        n_concealed,
        watch.seconds,
        idle,
        source_sync,
        quiet_share(motion, timeline),
    )


def _idle_motion(job: RenderJob, video: VideoInfo, scene: Scene, timeline: Timeline) -> IdleMotion | None:
    if not (video.is_still and job.idle_motion):
        return None
    with open_source(job.video) as reader:
        return plan_idle(scene, next(reader.read()), timeline, job.seed)


def _check_length(job: RenderJob, duration: Fraction) -> None:
    limit = job.engine.info.max_seconds
    if duration > limit:
        raise UsageError(
            f"expected at most {limit} s of output for {job.engine.info.id}, this would be "
            f"{float(duration):.1f} s; cut the voice or choose another sync mode"
        )


def _frames_to_see(video: VideoInfo, timeline: Timeline, pointed_at: int | None) -> int:
    """All that are shown, and more where those are few: a bank of a few seconds knows few mouths."""
    shown = max(int(timeline.source_frames.max()), pointed_at or 0) + 1
    return min(video.n_frames, max(shown, int(_MIN_SEEN_SECONDS * video.fps)))


def _check_faces(scene: Scene, video: VideoInfo, path: Path) -> None:
    if scene.geometries:
        return
    if video.is_still:
        raise NoFaceError(
            "expected a face, found none in this picture; choose one in which somebody faces the camera "
            f"and the face is {MIN_FACE_PIXELS:g} pixels high or more: {path}"
        )
    raise NoFaceError(
        f"expected a face, found none in {scene.analysis.n_frames} frames of video; "
        f"choose a clip in which somebody faces the camera: {path}"
    )


def _sound(job: RenderJob, path: Path, start: Fraction) -> StoredArray:
    """The sound of a file, in a scratch file: an hour of it is 230 MB."""
    return ScratchFile(job.output.parent).append_all(read_audio_blocks(path, start=start))


def _prosody(job: RenderJob, inputs: Inputs, timeline: Timeline) -> Prosody:
    """Of as much of the voice as is heard; models that want it are for short videos."""
    samples = _sound(job, job.audio, inputs.voice_start)
    return measure_prosody(samples[: int(timeline.audio_duration_used * SAMPLE_RATE) + 1])


def source_sound(job: RenderJob, inputs: Inputs) -> HeardSource | None:
    """What the source's own sound tells; None when it has none."""
    if inputs.source.audio is None:
        return None
    return hear_source(_sound(job, job.video, inputs.video.start_seconds))
