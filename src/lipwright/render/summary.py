"""Writes the report of a finished job."""

import numpy as np

from lipwright.analysis.sync_judge import Verdict
from lipwright.engines.base import MouthPlan
from lipwright.measures import Measure
from lipwright.render.chunk import ChunkResult
from lipwright.render.figures import planned_figures
from lipwright.render.left_alone import covered_notes
from lipwright.render.plan import RenderPlan
from lipwright.render.report import Curve, FaceReport, Report, SegmentReport

_QUIET_MM = 4.0
"""Speech opens the lips wider than this."""


def summarize(plan: RenderPlan, parts: list[ChunkResult], stage_seconds: dict[str, float]) -> Report:
    """The report of a job whose output is there.

    Args:
        parts: one per chunk of the plan, in order.
        stage_seconds: of the stages after planning; the plan knows the others.
    """
    job, video = plan.job, plan.inputs.video
    timeline = plan.timeline
    faces, curves = _faces(plan), [_curve(plan, mouth) for mouth in plan.mouths]
    n_touched = sum(len(part.touched) for part in parts)
    return Report(
        output=job.output,
        model=job.engine.info.id,
        sync_mode="segments" if job.segments else job.sync_mode,
        width=video.width,
        height=video.height,
        fps=str(timeline.clock.fps),
        n_frames=timeline.n_frames,
        duration=float(timeline.duration),
        frames_touched=n_touched,
        faces=faces,
        curves=curves,
        stage_seconds={**plan.stage_seconds, **stage_seconds},
        notes=_notes(plan),
        figures=planned_figures(plan, faces, curves, n_touched),
        segments=_segments(plan),
    )


def _segments(plan: RenderPlan) -> list[SegmentReport]:
    stretches = () if plan.layout is None else plan.layout.stretches
    return [
        SegmentReport(
            float(plan.job.segments[stretch.number].start),
            float(plan.job.segments[stretch.number].end),
            round(float(stretch.voice_at), 4),
            round(float(stretch.until), 4),
            round(float(stretch.voice_duration), 4),
            plan.segment_faces[stretch.number],
        )
        for stretch in sorted(stretches, key=lambda one: one.number)
    ]


def _faces(plan: RenderPlan) -> list[FaceReport]:
    reports = []
    for number, track in plan.scene.analysis.tracks.items():
        mouths = [mouth for mouth in plan.mouths if mouth.order.track_id == number]
        used = [mouth.donors[mouth.weights > 0] for mouth in mouths]
        reports.append(
            FaceReport(
                track_id=number,
                first_frame=track.start,
                last_frame=track.stop - 1,
                is_speaker=bool(mouths),
                frames_touched=sum(int((mouth.order.strength > 0).sum()) for mouth in mouths),
                donors_used=len(np.unique(np.concatenate(used))) if used else 0,
            )
        )
    return reports


def _curve(plan: RenderPlan, mouth: MouthPlan) -> Curve:
    order = mouth.order
    track = plan.scene.analysis.tracks[order.track_id]
    rows = order.source_frames - track.start
    own = track.measures[rows, Measure.GAP]
    clock = plan.timeline.clock
    seconds = clock.ticks()[order.output_frames] * float(clock.time_base)
    return Curve(
        track_id=order.track_id,
        seconds=[round(float(value), 4) for value in seconds],
        wanted_gap_mm=[round(float(value), 3) for value in order.measures[:, Measure.GAP]],
        source_gap_mm=[None if np.isnan(value) else round(float(value), 3) for value in own],
        strength=[round(float(value), 3) for value in order.strength],
        places=[
            None if np.isnan(x) else (round(float(x), 1), round(float(y), 1))
            for x, y in track.translations[rows, :2]
        ],
    )


def _quiet_faces(plan: RenderPlan) -> list[int]:
    """Tracks that were given the voice and mouths of their own although they show no open one."""
    tracks = plan.scene.analysis.tracks
    given = sorted({mouth.order.track_id for mouth in plan.mouths if not mouth.is_made_up})
    openings = {n: tracks[n].measures[tracks[n].is_tracked, Measure.GAP] for n in given}
    return [n for n, gap in openings.items() if np.quantile(gap, 0.98) < _QUIET_MM]


def _cut_voices(plan: RenderPlan) -> list[str]:
    """Uploads that broke off are mostly found out by nobody."""
    voices = plan.inputs.voices
    return [
        f"the voice {path.name if len(voices) > 1 else ''}".rstrip()
        + f" was cut short: {float(voice.missing_seconds):.1f} of the "
        f"{float(voice.duration + voice.missing_seconds):.1f} s that it announces are not in the file; "
        "send it again if that is a mistake"
        for path, voice in voices.items()
        if voice.missing_seconds
    ]


def _notes(plan: RenderPlan) -> list[str]:
    video, notes = plan.inputs.video, []
    if not any(mouth.order.strength.any() for mouth in plan.mouths):
        notes.append(
            "no mouth was changed: every face is too small, turned away, covered, cut off by the edge of the "
            "picture or chosen for moments too short to fade to it and back, or the voice is silent"
        )
    silent = [str(number) for number, faces in sorted(plan.segment_faces.items()) if not faces]
    if silent:
        notes.append(
            f"no face is seen in segment {', '.join(silent)} (from 0): its voice is heard all the same"
        )
    if plan.source_sync is not None and plan.source_sync.verdict is Verdict.OFF:
        notes.append(
            f"{plan.source_sync.sentence('source sound')} relative to its picture; it was moved by so much "
            "to find out who speaks"
        )
    notes += [
        f"what was heard was fitted to how face {number} speaks in {correction.seconds:.0f} s of the source: "
        f"on parts held back, r of its mouth with the sound rose by {correction.gain:.3f}"
        for number, correction in sorted(plan.refits.items())
    ]
    notes += covered_notes(plan.scene.analysis.tracks, [mouth.order for mouth in plan.mouths])
    quiet = [str(number) for number in _quiet_faces(plan)]
    if quiet:
        notes.append(
            f"face {', '.join(quiet)} hardly opens its mouth in the source: there is nothing to take an open "
            "mouth from, so it moves less than the voice asks for; choose footage in which the person "
            "speaks, or the model sync-3, which makes up what is not there"
        )
    made_up = sorted({str(mouth.order.track_id) for mouth in plan.mouths if mouth.is_made_up})
    if made_up:
        notes.append(
            f"face {', '.join(made_up)} does not open its mouth as far as the voice asks for: its lips were "
            "parted and what is between them was made up"
        )
    if video.scaled_from is not None:
        width, height = video.scaled_from
        notes.append(f"the picture of {width}x{height} was scaled down to {video.width}x{video.height}")
    if video.n_missing:
        notes.append(
            f"the source was cut short: {video.n_missing} of the frames it announces are not in the file"
        )
    notes += _cut_voices(plan)
    if plan.n_concealed:
        notes.append(
            f"{plan.n_concealed} frames of the source are damaged or missing and repeat the frame before them"
        )
    is_odd = video.width % 2 or video.height % 2
    if is_odd and plan.job.container == "mp4":
        notes.append(
            f"H.264 holds even sizes only: {video.width}x{video.height} was padded by repeating its last line"
        )
    return notes
