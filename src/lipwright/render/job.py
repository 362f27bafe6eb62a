"""What is to be done, and what was found out about the files before doing it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.engines.base import Engine
from lipwright.errors import MediaError, SegmentError, UsageError
from lipwright.media.probe import MediaInfo, VideoInfo, probe
from lipwright.media.sound_track import ContainerName
from lipwright.media.source import probe_source
from lipwright.render.layout import Layout, lay_out, lay_out_still
from lipwright.render.segment import Segment, check_segments
from lipwright.render.segment_fit import MIN_VOICE_SECONDS, fit_segments, part_of_voice
from lipwright.render.timing import SyncMode, Timeline, plan_timeline, still_timeline


@dataclass(frozen=True)
class RenderJob:
    """One video to be lip-synced to one voice, or to several in segments."""

    video: Path
    """A video, or a still picture."""
    audio: Path | None
    """Any file with sound, a video's too; None only if every segment names its own."""
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
    segments: tuple[Segment, ...] = ()
    """Stretches with voices of their own; without them the voice is for the whole video."""

    @property
    def voice(self) -> Path:
        """The voice of the whole job."""
        if self.audio is None:
            raise UsageError("audio: expected a voice, found none; name one, or give segments with voices")
        return self.audio

    def voice_of(self, number: int) -> Path:
        """The file that a segment's voice is in."""
        own = self.segments[number].audio
        if own is None and self.audio is None:
            raise SegmentError(
                f"segments[{number}].audio: expected a voice, found none, nor one of the whole job; name one"
            )
        return self.voice if own is None else Path(own)

    @property
    def voices(self) -> tuple[Path, ...]:
        """Every file whose sound is used, once."""
        if not self.segments:
            return (self.voice,)
        return tuple(dict.fromkeys(self.voice_of(number) for number in range(len(self.segments))))


@dataclass(frozen=True)
class Voice:
    """The sound of a file."""

    start: Fraction
    """Where on its file's time line the voice begins for us, seconds."""
    duration: Fraction
    """Seconds from there on."""
    missing_seconds: Fraction = Fraction(0)
    """Of sound that the file announces and does not hold."""


@dataclass(frozen=True)
class Inputs:
    """The files of a job, probed."""

    source: MediaInfo
    video: VideoInfo
    """The source's."""
    voices: Mapping[Path, Voice]
    """By file."""


def probe_inputs(job: RenderJob) -> Inputs:
    """Looks at all files.

    Raises:
        MediaError: one of them cannot be read as what it should be, or a voice is next to nothing.
        UsageError: the model takes no stills, and this is one.
        FaceChoiceError: the choice of faces does not fit the video.
        SegmentError: the segments do not fit the video, the voices, or one another.
    """
    check_segments(job.segments)
    source = probe_source(job.video)
    video = source.need_video()
    job.face_choice.check_video(video.n_frames, video.width, video.height)
    _check_source(job, source, video)
    inputs = Inputs(source, video, {path: _probe_voice(job, video, path) for path in job.voices})
    if job.segments:
        voices = [inputs.voices[job.voice_of(n)].duration for n in _numbers(job)]
        fit_segments(job.segments, video, voices, Fraction(job.engine.info.max_seconds))
    return inputs


def _numbers(job: RenderJob) -> range:
    return range(len(job.segments))


def _probe_voice(job: RenderJob, video: VideoInfo, path: Path) -> Voice:
    audio = probe(path).need_audio()
    # a video that is given its own sound keeps the offset between the two that its file has
    start = video.start_seconds if path.samefile(job.video) else Fraction(0)
    duration = audio.start_seconds + audio.duration - start
    if duration < MIN_VOICE_SECONDS:
        raise MediaError(
            f"expected a voice of at least {float(MIN_VOICE_SECONDS):g} s, found {float(duration):.3f} s; "
            f"choose a longer recording: {path}"
        )
    return Voice(start, duration, audio.missing_seconds)


def layout_of(job: RenderJob, inputs: Inputs) -> Layout | None:
    """Where the segments lie in the output; None of a job without."""
    if not job.segments:
        return None
    lengths = []
    for number, segment in enumerate(job.segments):
        start, stop = part_of_voice(segment, inputs.voices[job.voice_of(number)].duration)
        lengths.append(stop - start)
    if inputs.video.is_still:
        return lay_out_still(inputs.video.fps, job.segments, lengths)
    return lay_out(inputs.video.clock, job.segments, lengths)


def timeline_of(job: RenderJob, inputs: Inputs) -> Timeline:
    """Which source frame is shown when; a still is shown for as long as the voice, whatever the mode."""
    layout = layout_of(job, inputs)
    if layout is not None:
        return layout.timeline
    duration = inputs.voices[job.voice].duration
    if inputs.video.is_still:
        return still_timeline(inputs.video.fps, duration)
    return plan_timeline(inputs.video.clock, duration, job.sync_mode)


def _check_source(job: RenderJob, source: MediaInfo, video: VideoInfo) -> None:
    info = job.engine.info
    if video.is_still and not info.takes_stills:
        raise UsageError(
            f"expected a video for {info.id}, found a still picture ({source.container}); choose the model "
            f"sync-3, which takes stills: {job.video}"
        )
