"""Jobs that know only the first half of a clip: its mouths, its speaker's style, what the ear is fitted to.

The second half is drawn from it with the clip's own sound, so that what was drawn can be held against what
the mouth really did.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.clips import Case
from benchmarks.guard import GuardedEngine
from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.analysis.sync_judge import Verdict
from lipwright.engines.base import Engine, MouthOrder, Scene
from lipwright.media.audio_reader import read_audio
from lipwright.media.picture import Picture
from lipwright.media.video_reader import VideoReader
from lipwright.render.adapt import refit_cast
from lipwright.render.casting import cast_faces
from lipwright.render.chunk import render_chunk
from lipwright.render.job import Inputs, RenderJob, probe_inputs
from lipwright.render.orders import write_orders
from lipwright.render.plan import RenderPlan
from lipwright.render.progress import ignore
from lipwright.render.see import see
from lipwright.render.source_sound import cast_in_step, hear_source
from lipwright.render.timing import SyncMode, Timeline, plan_timeline
from lipwright.synthesis.mouth_bank import MouthBank

Float32Array = NDArray[np.float32]


@dataclass(eq=False)
class FirstHalfEngine(GuardedEngine):
    """An engine whose bank is shown no mouth from frame ``half`` on."""

    half: int = 0

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """See ``Engine.new_bank``."""
        bank = self.engine.new_bank(max_face_resolution)
        setattr(bank, "keep", _until(self.half, bank.keep))  # noqa: B010 (a bank is what the engine says it is)
        return bank


@dataclass(frozen=True, eq=False)
class HalvedClip:
    """A clip as it was seen, and as a job may know it."""

    job: RenderJob
    inputs: Inputs
    timeline: Timeline
    half: int
    """The first frame that is drawn."""
    seen: FaceAnalysis
    """All that was seen."""
    scene: Scene
    """The same without any measure, or any mouth in the bank, from ``half`` on."""
    cast: list[CastMember]
    samples: Float32Array
    """The clip's own sound, float32, 16 kHz, moved to where its picture is."""

    @property
    def seconds(self) -> NDArray[np.float64]:
        """When each frame is shown."""
        return self.timeline.clock.ticks() * float(self.timeline.clock.time_base)


def halve(case: Case, engine: Engine, most_seconds: float, folder: Path) -> HalvedClip:
    """Looks at a clip, or its first seconds.

    The sound is moved by what the sync judge is sure that it is late or early by, as heard over the whole
    clip: where picture and sound are apart, the truth is too.

    Raises:
        MediaError: the clip cannot be read.
    """
    guarded = FirstHalfEngine(engine)
    job = RenderJob(case.video, case.voice, folder / "unused.mp4", guarded)
    inputs = probe_inputs(job)
    clock = inputs.video.clock
    clock = clock.part(0, min(clock.n_frames, max(2, int(most_seconds * clock.fps))))
    guarded.half = clock.n_frames // 2
    with VideoReader(case.video, threads=1) as reader:
        scene = see(reader, guarded, clock.n_frames, None, ignore, folder)
    seconds = clock.ticks() * float(clock.time_base)
    choose = partial(cast_faces, FaceChoice(), scene, frames_per_second=float(clock.fps))
    sound = read_audio(case.voice, start=inputs.voices[case.voice].start)
    sound = sound[: int(float(clock.duration) * SAMPLE_RATE)]
    cast, said = cast_in_step(choose, scene.analysis, hear_source(sound), seconds)
    if said is not None and said.verdict is not Verdict.CANNOT_TELL:
        sound = moved(sound, said.av_offset)
    timeline = plan_timeline(clock, clock.duration, SyncMode.BOUNCE)
    blind = Scene(blinded(scene.analysis, guarded.half), scene.bank, scene.geometries)
    return HalvedClip(job, inputs, timeline, guarded.half, scene.analysis, blind, cast, sound)


def heard_orders(clip: HalvedClip, weights: Path | None) -> list[MouthOrder]:
    """The mouths that the sound of the second half asks for, heard with some weights of the ear."""
    motion = articulate(clip.samples, weights=weights)
    source = hear_source(clip.samples)
    refits = {}
    if source is not None:
        _, said = cast_in_step(lambda _: clip.cast, clip.scene.analysis, source, clip.seconds)
        heard = replace(source, motion=motion)
        refits = refit_cast(clip.scene.analysis, clip.cast, heard, clip.seconds, said)
    orders = write_orders(clip.scene, clip.cast, clip.timeline, motion, None, refits)
    return [part for order in orders if (part := _from(order, clip.half)) is not None]


def true_orders(clip: HalvedClip, orders: list[MouthOrder]) -> list[MouthOrder]:
    """The same orders for what the mouth really did, as far as it was seen."""
    found = []
    for order in orders:
        track = clip.seen.tracks[order.track_id]
        true = track.measures[order.source_frames - track.start]
        is_known = np.isfinite(true).all(axis=1, keepdims=True)
        found.append(replace(order, measures=np.where(is_known, true, order.measures)))
    return found


def still_orders(clip: HalvedClip, orders: list[MouthOrder]) -> list[MouthOrder]:
    """The same orders for a mouth that keeps the mean pose of the first half."""
    found = []
    for order in orders:
        mean = np.nanmean(clip.scene.analysis.tracks[order.track_id].measures, axis=0)
        held = np.broadcast_to(mean, order.measures.shape).astype(np.float32)
        found.append(replace(order, measures=held))
    return found


def draw(clip: HalvedClip, orders: list[MouthOrder], path: Path, start: int = 0) -> Path:
    """Writes output frames from ``start`` on with the ordered mouths; without sound."""
    mouths = [clip.job.engine.plan(clip.scene, order) for order in orders]
    plan = RenderPlan(clip.job, clip.inputs, clip.scene, clip.timeline, mouths)
    with VideoReader(clip.job.video, threads=1) as reader:
        render_chunk(plan, reader, range(start, clip.timeline.n_frames), path, lambda: None)
    return path


def blinded(analysis: FaceAnalysis, half: int) -> FaceAnalysis:
    """What was seen, with every measure from frame ``half`` on unknown."""
    tracks = {}
    for number, track in analysis.tracks.items():
        measures = track.measures.copy()
        measures[max(0, half - track.start) :] = np.nan
        tracks[number] = replace(track, measures=measures)
    return replace(analysis, tracks=tracks)


def moved(samples: Float32Array, late_seconds: float) -> Float32Array:
    """The same sound so much earlier (later if below 0), as long as before; the gap is silent."""
    shift = round(late_seconds * SAMPLE_RATE)
    kept = samples[max(0, shift) : len(samples) + min(0, shift)]
    return np.pad(kept, (max(0, -shift), max(0, shift)))


def _from(order: MouthOrder, half: int) -> MouthOrder | None:
    rows = order.output_frames >= half
    if not rows.any():
        return None
    return MouthOrder(
        order.track_id,
        order.output_frames[rows],
        order.source_frames[rows],
        order.measures[rows],
        order.strength[rows],
    )


_Keep = Callable[[Picture, FaceObservation], None]


def _until(half: int, keep: _Keep) -> _Keep:
    def keep_first(picture: Picture, observation: FaceObservation) -> None:
        if observation.frame_index < half:
            keep(picture, observation)

    return keep_first
