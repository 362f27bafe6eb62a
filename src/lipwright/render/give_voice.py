"""Hears what is to be said and gives it to faces."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.analysis.speech.prosody import Prosody, measure_prosody
from lipwright.analysis.speech.refit import Refit
from lipwright.analysis.speech.streaming import CONTEXT_SECONDS, articulate_long
from lipwright.analysis.sync_judge import SyncOpinion, Verdict
from lipwright.engines.base import MouthOrder, Scene
from lipwright.media.audio_reader import read_audio_blocks
from lipwright.render import segment_orders
from lipwright.render.adapt import refit_cast
from lipwright.render.casting import cast_faces
from lipwright.render.job import Inputs, RenderJob
from lipwright.render.layout import Layout, Stretch
from lipwright.render.orders import quiet_share, write_orders
from lipwright.render.segment_cast import Hearing, cast_segment
from lipwright.render.segment_fit import part_of_voice
from lipwright.render.segment_orders import VoicedStretch, write_segment_orders
from lipwright.render.source_sound import HeardSource, cast_in_step, hear_source
from lipwright.render.timing import Timeline
from lipwright.scratch import ScratchFile, StoredArray

_LAST_FRAME_SECONDS = 1
"""What is heard beyond the used part: the last frame may begin in it and end after it."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A job as far as its pictures go."""

    job: RenderJob
    inputs: Inputs
    scene: Scene
    timeline: Timeline
    n_seen: int
    """Frames of the source that were looked at."""

    @property
    def frames_per_second(self) -> float:
        """Of the source."""
        return float(self.inputs.video.fps)

    @property
    def seconds(self) -> NDArray[np.float64]:
        """When each frame that was seen is shown in the source, float64, shape (n_seen,)."""
        clock = self.inputs.video.clock
        return clock.ticks()[: self.n_seen] * float(clock.time_base)

    @property
    def end(self) -> Fraction:
        """Where in the source the last frame that was seen ends, seconds."""
        return self.inputs.video.clock.part(0, self.n_seen).duration

    @property
    def is_expressive(self) -> bool:
        """Whether the engine wants to know how things are said."""
        return self.job.engine.info.is_expressive


@dataclass(frozen=True, eq=False)
class Heard:
    """What is to be said, and what the source says."""

    parts: list[tuple[MouthMotion, Prosody | None]]
    """Of the one voice, or of every stretch of a layout."""
    source: HeardSource | None
    """None when it has no sound."""


@dataclass(frozen=True, eq=False)
class Given:
    """Who shall say what."""

    orders: list[MouthOrder]
    source_sync: SyncOpinion | None
    quiet_share: float
    segment_faces: dict[int, list[int]] = field(default_factory=dict)
    """Tracks by the number of the segment."""
    refits: dict[int, Refit] = field(default_factory=dict)
    """How what was heard was corrected, by track."""


def hear(seen: Seen, layout: Layout | None) -> Heard:
    """Hears the voice, or the parts that segments have of theirs, and the source.

    Raises:
        MediaError: a voice, or the source's sound, cannot be read.
    """
    job = seen.job
    if layout is None:
        parts = [_hear_voice(seen)]
    else:
        voices = {path: _sound(job, path, seen.inputs.voices[path].start) for path in job.voices}
        parts = [_hear(seen, stretch, voices) for stretch in layout.stretches]
    return Heard(parts, source_sound(job, seen.inputs, seen.end))


def give_voice(seen: Seen, heard: Heard) -> Given:
    """One voice for the whole video.

    Raises:
        FaceChoiceError: there is no face where the choice says.
    """
    scene, timeline = seen.scene, seen.timeline
    choose = partial(cast_faces, seen.job.face_choice, scene, frames_per_second=seen.frames_per_second)
    cast, source_sync = cast_in_step(choose, scene.analysis, heard.source, seen.seconds)
    ((motion, prosody),) = heard.parts
    refits = refit_cast(scene.analysis, cast, heard.source, seen.seconds, source_sync)
    orders = write_orders(scene, cast, timeline, motion, prosody, refits)
    return Given(orders, source_sync, quiet_share(motion, timeline), refits=refits)


def give_voices(seen: Seen, layout: Layout, heard: Heard) -> Given:
    """To each segment its own.

    Raises:
        FaceChoiceError: there is no face where a choice says.
        SegmentError: two segments give voices to one face at the same time.
    """
    scene, rate = seen.scene, seen.frames_per_second
    choose = partial(cast_faces, FaceChoice(), scene, frames_per_second=rate)
    speakers, source_sync = cast_in_step(choose, scene.analysis, heard.source, seen.seconds)
    is_off = source_sync is not None and source_sync.verdict is Verdict.OFF
    offset = source_sync.av_offset if source_sync is not None and is_off else 0.0
    sound = None if heard.source is None else heard.source.at(seen.seconds, offset)
    hearing, voiced = Hearing(scene.analysis, sound, rate), []
    for stretch, (motion, prosody) in zip(layout.stretches, heard.parts, strict=True):
        choice = seen.job.segments[stretch.number].face_choice
        cast = cast_segment(choice, scene, stretch, hearing)
        voiced.append(VoicedStretch(stretch, cast, motion, prosody))
    refits = refit_cast(scene.analysis, speakers, heard.source, seen.seconds, source_sync)
    orders = write_segment_orders(scene, seen.timeline, voiced, refits)
    faces = {one.stretch.number: [member.track_id for member in one.cast] for one in voiced}
    return Given(orders, source_sync, segment_orders.quiet_share(seen.timeline, voiced), faces, refits)


def source_sound(job: RenderJob, inputs: Inputs, seconds: Fraction | None = None) -> HeardSource | None:
    """What the source's own sound tells; None when it has none.

    Args:
        job: with the source.
        inputs: of the job.
        seconds: of the source, as far as its pictures are looked at; None for all of it.
    """
    if inputs.source.audio is None:
        return None
    most = None if seconds is None else seconds + CONTEXT_SECONDS
    return hear_source(_sound(job, job.video, inputs.video.start_seconds, most))


def _hear_voice(seen: Seen) -> tuple[MouthMotion, Prosody | None]:
    """What is heard of the voice as far as it is used: of four hours a short video shows seconds."""
    job, used = seen.job, seen.timeline.audio_duration_used
    heard = used + _LAST_FRAME_SECONDS
    start = seen.inputs.voices[job.voice].start
    voice = _sound(job, job.voice, start, heard + CONTEXT_SECONDS)
    return articulate_long(voice, heard), _prosody(voice, used) if seen.is_expressive else None


def _sound(job: RenderJob, path: Path, start: Fraction, most_seconds: Fraction | None = None) -> StoredArray:
    """The sound of a file, in a scratch file: an hour of it is 230 MB."""
    blocks = read_audio_blocks(path, start=start, most_seconds=most_seconds)
    return ScratchFile(job.output.parent).append_all(blocks)


def _prosody(samples: StoredArray, used: Fraction) -> Prosody:
    """Of as much of the voice as is heard; models that want it are for short videos."""
    return measure_prosody(samples[: int(used * SAMPLE_RATE) + 1])


def _hear(
    seen: Seen, stretch: Stretch, voices: dict[Path, StoredArray]
) -> tuple[MouthMotion, Prosody | None]:
    """What is heard of a segment's voice."""
    path = seen.job.voice_of(stretch.number)
    segment = seen.job.segments[stretch.number]
    start, _ = part_of_voice(segment, seen.inputs.voices[path].duration)
    first, last = round(start * SAMPLE_RATE), round((start + stretch.voice_duration) * SAMPLE_RATE)
    samples = voices[path].part(first, last)
    return articulate_long(samples), measure_prosody(samples.read()) if seen.is_expressive else None
