"""Joins the chunks of a job and adds the sound: the output appears, complete."""

from fractions import Fraction

from lipwright.media.mux import mux
from lipwright.media.sound_mix import EDGE_SECONDS, SoundMix, SoundPiece
from lipwright.media.sound_track import SoundTrack
from lipwright.render.chunk import ChunkResult
from lipwright.render.layout import Layout
from lipwright.render.plan import RenderPlan
from lipwright.render.segment_fit import part_of_voice


def join(plan: RenderPlan, parts: list[ChunkResult]) -> None:
    """Writes the output of a plan.

    Args:
        parts: one per chunk of the plan, in order.

    Raises:
        OutputError: it cannot be written; nothing is left behind.
    """
    mux(
        [part.path for part in parts],
        _sound(plan),
        plan.job.output,
        clock=plan.timeline.clock,
        container=plan.job.container,
    )


def _sound(plan: RenderPlan) -> SoundTrack | SoundMix:
    if plan.layout is not None:
        return _mix(plan, plan.layout)
    voice = plan.job.voice
    return SoundTrack(voice, plan.timeline.audio_duration, plan.inputs.voices[voice].start)


def _mix(plan: RenderPlan, layout: Layout) -> SoundMix:
    """The source's own sound between the segments, and in them their voices; they change places in them."""
    pieces = []
    if plan.inputs.source.audio is not None:
        for own in layout.own_sounds:
            lead = EDGE_SECONDS if own.at >= EDGE_SECONDS else Fraction(0)
            start = plan.inputs.video.start_seconds + own.start - lead
            pieces.append(
                SoundPiece(plan.job.video, start, own.duration + lead + EDGE_SECONDS, own.at - lead)
            )
    for stretch in layout.stretches:
        path = plan.job.voice_of(stretch.number)
        part, _ = part_of_voice(plan.job.segments[stretch.number], plan.inputs.voices[path].duration)
        start = plan.inputs.voices[path].start + part
        pieces.append(SoundPiece(path, start, stretch.voice_duration, stretch.voice_at))
    return SoundMix(tuple(pieces), layout.timeline.clock.duration)
