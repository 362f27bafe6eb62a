"""From the files of a job to its plan: see, hear, decide."""

from fractions import Fraction
from pathlib import Path

from lipwright.engines.base import ModelInfo, Scene
from lipwright.errors import NoFaceError, UsageError
from lipwright.heap import give_back
from lipwright.media.probe import VideoInfo
from lipwright.media.source import open_source
from lipwright.render.give_voice import Seen, give_voice, give_voices, hear
from lipwright.render.idle import IdleMotion, plan_idle
from lipwright.render.job import RenderJob, layout_of, probe_inputs, timeline_of
from lipwright.render.plan import RenderPlan
from lipwright.render.progress import Listener
from lipwright.render.see import see
from lipwright.render.stopwatch import Stopwatch
from lipwright.render.strength import MIN_FACE_PIXELS
from lipwright.render.timing import Timeline

_MIN_SEEN_SECONDS = 20
"""Of the source, as far as it goes, mouths are gathered from this much even for a shorter voice."""


def prepare(job: RenderJob, listener: Listener) -> RenderPlan:
    """Takes every decision of a job.

    Raises:
        MediaError: the video or the voice cannot be read.
        NoFaceError: no face anywhere in the frames that are used.
        FaceChoiceError: there is no face where the choice says.
        SegmentError: the segments do not fit the video, the voices, or one another.
        UsageError: the result would be longer than the model allows.
    """
    inputs = probe_inputs(job)
    layout = layout_of(job, inputs)
    timeline = timeline_of(job, inputs) if layout is None else layout.timeline
    check_length(job.engine.info, timeline.duration)
    watch = Stopwatch(listener)
    n_seen = _frames_to_see(inputs.video, timeline, _pointed_at(job))
    with watch.stage("analyse", n_seen), open_source(job.video) as reader:
        scene = see(reader, job.engine, n_seen, job.max_face_resolution, listener, job.output.parent)
        n_concealed = reader.n_concealed
    _check_faces(scene, inputs.video, job.video)
    seen = Seen(job, inputs, scene, timeline, n_seen)
    with watch.stage("hear"):
        heard = hear(seen, layout)
    with watch.stage("plan"):
        given = give_voice(seen, heard) if layout is None else give_voices(seen, layout, heard)
        is_expressive = job.engine.info.is_expressive
        give_back()  # of long curves, before networks are loaded for the audition
        wanted = [order for order in given.orders if is_expressive or order.strength.any()]
        mouths = [job.engine.plan(scene, order) for order in wanted]
        idle = _idle_motion(job, inputs.video, scene, timeline)
    give_back()
    return RenderPlan(
        job,
        inputs,
        scene,
        timeline,
        mouths,
        n_concealed,
        watch.seconds,
        idle,
        given.source_sync,
        given.quiet_share,
        layout,
        given.segment_faces,
        given.refits,
    )


def _pointed_at(job: RenderJob) -> int | None:
    """The last frame in which a client shows a face."""
    choices = (job.face_choice, *(segment.face_choice for segment in job.segments))
    return max((choice.frame_number for choice in choices if choice.frame_number is not None), default=None)


def _idle_motion(job: RenderJob, video: VideoInfo, scene: Scene, timeline: Timeline) -> IdleMotion | None:
    if not (video.is_still and job.idle_motion):
        return None
    with open_source(job.video) as reader:
        return plan_idle(scene, next(reader.read()), timeline, job.seed)


def check_length(info: ModelInfo, duration: Fraction) -> None:
    """Refuses output that a model makes nowhere; what a server makes is the server's to say.

    Raises:
        UsageError: it would be too long.
    """
    if info.is_short_only and duration > info.max_seconds:
        raise UsageError(
            f"expected at most {info.max_seconds} s of output for {info.id}, this would be "
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
