"""What is to be done, and what was found out about the files before doing it."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.engines.base import Engine
from lipwright.errors import MediaError, UsageError
from lipwright.media.probe import MediaInfo, VideoInfo, probe
from lipwright.media.sound_track import ContainerName
from lipwright.media.source import probe_source
from lipwright.render.timing import SyncMode, Timeline, plan_timeline, still_timeline

_MIN_AUDIO_SECONDS = Fraction(1, 25)


@dataclass(frozen=True)
class RenderJob:
    """One video to be lip-synced to one voice."""

    video: Path
    """A video, or a still picture."""
    audio: Path
    """Any file with sound, a video's too."""
    output: Path
    engine: Engine
    sync_mode: SyncMode = SyncMode.BOUNCE
    container: ContainerName = "mp4"
    max_face_resolution: int | None = None
    seed: int = 0
    """Of everything left to chance: when a still blinks and how its head moves."""
    idle_motion: bool = True
    """Whether a still blinks and moves its head."""
    face_choice: FaceChoice = field(default_factory=FaceChoice)
    """Who is given the voice."""


@dataclass(frozen=True)
class Inputs:
    """The files of a job, probed."""

    source: MediaInfo
    video: VideoInfo
    """The source's."""
    voice_start: Fraction
    """Where on its file's time line the voice begins for us, seconds."""
    voice_duration: Fraction
    """Seconds from there on."""


def probe_inputs(job: RenderJob) -> Inputs:
    """Looks at both files.

    Raises:
        MediaError: one of them cannot be read as what it should be, or the voice is next to nothing.
        UsageError: the model takes no stills, and this is one.
        FaceChoiceError: the choice of faces does not fit the video.
    """
    source = probe_source(job.video)
    video = source.need_video()
    job.face_choice.check_video(video.n_frames, video.width, video.height)
    _check_source(job, source, video)
    audio = probe(job.audio).need_audio()
    # a video that is given its own sound keeps the offset between the two that its file has
    start = video.start_seconds if job.audio.samefile(job.video) else Fraction(0)
    duration = audio.start_seconds + audio.duration - start
    if duration < _MIN_AUDIO_SECONDS:
        raise MediaError(
            f"expected a voice of at least {float(_MIN_AUDIO_SECONDS):g} s, found {float(duration):.3f} s; "
            f"choose a longer recording: {job.audio}"
        )
    return Inputs(source, video, start, duration)


def timeline_of(job: RenderJob, inputs: Inputs) -> Timeline:
    """Which source frame is shown when; a still is shown for as long as the voice, whatever the mode."""
    if inputs.video.is_still:
        return still_timeline(inputs.video.fps, inputs.voice_duration)
    return plan_timeline(inputs.video.clock, inputs.voice_duration, job.sync_mode)


def _check_source(job: RenderJob, source: MediaInfo, video: VideoInfo) -> None:
    info = job.engine.info
    if source.container == "gif":
        raise MediaError(
            "expected a video or a still picture, found a GIF; save one frame of it as PNG, or convert it "
            f"to MP4: {job.video}"
        )
    if video.is_still and not info.takes_stills:
        raise UsageError(
            f"expected a video for {info.id}, found a still picture ({source.container}); choose the model "
            f"sync-3, which takes stills: {job.video}"
        )
