"""Joins the chunks of a job and adds the voice: the output appears, complete."""

from lipwright.media.mux import mux
from lipwright.media.sound_track import SoundTrack
from lipwright.render.chunk import ChunkResult
from lipwright.render.plan import RenderPlan


def join(plan: RenderPlan, parts: list[ChunkResult]) -> None:
    """Writes the output of a plan.

    Args:
        parts: one per chunk of the plan, in order.

    Raises:
        OutputError: it cannot be written; nothing is left behind.
    """
    sound = SoundTrack(plan.job.audio, plan.timeline.audio_duration, plan.inputs.voice_start)
    mux(
        [part.path for part in parts],
        sound,
        plan.job.output,
        clock=plan.timeline.clock,
        container=plan.job.container,
    )
