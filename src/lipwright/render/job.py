"""What is to be done, and what was found out about the files before doing it."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lipwright.engines.base import Engine
from lipwright.errors import MediaError
from lipwright.media.probe import MediaInfo, VideoInfo, probe
from lipwright.media.sound_track import ContainerName
from lipwright.render.timing import SyncMode

_MIN_AUDIO_SECONDS = Fraction(1, 25)


@dataclass(frozen=True)
class RenderJob:
    """One video to be lip-synced to one voice."""

    video: Path
    audio: Path
    """Any file with sound, a video's too."""
    output: Path
    engine: Engine
    sync_mode: SyncMode = SyncMode.BOUNCE
    container: ContainerName = "mp4"
    max_face_resolution: int | None = None


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
    """
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
    return Inputs(source, video, start, duration)
