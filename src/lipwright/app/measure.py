"""Looks at a finished output once more and adds to its report what only pictures can tell."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from lipwright.analysis.sync_judge import Verdict
from lipwright.app.rendered import with_rendered
from lipwright.app.score import Score, score_and_watch
from lipwright.errors import NoFaceError
from lipwright.measures import CLOSED_GAP_MM
from lipwright.media.still import is_still
from lipwright.render.figures import Figure, closures, figure
from lipwright.render.progress import Listener, Progress, ignore
from lipwright.render.report import Curve, Measured, Report
from lipwright.scoring.sync import correlation

_FULL_STRENGTH = 0.999
_SOURCE_IS_GONE = (
    "the source could not be had any more when the result was measured; sharpness and flicker are not known"
)


def measured(report: Report, source: Path | None, output: Path, listener: Listener = ignore) -> Report:
    """The report with the mouth that was rendered and figures of it.

    Every frame of source and output is looked at once more, and each mouth in it several times; a job looks
    less closely, and draws only what it changes, so that this can be more work than the job was.

    Args:
        report: of a finished job.
        source: the video or picture it was made from; sharpness and flicker are compared with a video.
            None where it is no longer there.
        output: the finished file.
        listener: told of the stage ``measure``.

    Raises:
        MediaError: one of the files cannot be read.
    """

    def tell(step: Progress) -> None:
        if step.stage == "analyse":
            listener(Progress("measure", step.done, step.total))

    try:
        found, watched = score_and_watch(output, reference=_moving(source), progress=tell)
    except NoFaceError:
        why = "its faces are too small or turned too far to be followed"
        note = f"the result could not be measured: {why}"
        return replace(report, notes=[*report.notes, note], measured=Measured("failed", why))
    finally:
        listener(Progress("measure", 1, 1))
    curves = with_rendered(report.curves, watched)
    figures = [*report.figures, *_sync_figures(found), *_mouth_figures(curves), *_looks(found)]
    notes = [*report.notes, *_unmeasured(curves), *([] if source else [_SOURCE_IS_GONE])]
    return replace(report, figures=figures, curves=curves, notes=notes, measured=Measured("done", None))


def _unmeasured(curves: list[Curve]) -> list[str]:
    """A note on the faces that were drawn and not found again, if any."""
    drawn = {curve.track_id for curve in curves if any(curve.strength)}
    seen = {curve.track_id for curve in curves if any(gap is not None for gap in curve.rendered_gap_mm)}
    lost = ", ".join(str(number) for number in sorted(drawn - seen))
    return [f"face {lost} could not be measured in the result; no figure counts it"] if lost else []


def _moving(source: Path | None) -> Path | None:
    """The source if frames of it can be compared with the output's; a still has but one."""
    return None if source is None or is_still(source) else source


def _sync_figures(found: Score) -> list[Figure]:
    said = found.sync.opinion
    is_known = said.verdict is not Verdict.CANNOT_TELL
    return [
        figure(
            "follows the voice",
            said.r,
            "",
            "0.3 or more: recordings of people reach 0.3 to 0.7 with the sync judge, other words about 0.",
        ),
        figure(
            "sync offset",
            1000.0 * said.av_offset if is_known else math.nan,
            "ms",
            "Within 50 of 0; + means that the sound is late. Empty where the judge cannot tell.",
        ),
        figure(
            "confidence of the offset",
            100.0 * said.confidence,
            "%",
            "99 or more: fewer than one in a hundred pairs of a mouth and a foreign voice look so clear.",
        ),
    ]


def _mouth_figures(curves: list[Curve]) -> list[Figure]:
    """Of all faces together, each beside what was asked of itself."""
    shown, wanted = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    n_hit = n_asked = 0
    for curve in curves:
        gaps = np.array(curve.rendered_gap_mm, np.float32)
        is_full = np.array(curve.strength) >= _FULL_STRENGTH
        shown.append(gaps[is_full])
        wanted.append(np.array(curve.wanted_gap_mm, np.float32)[is_full])
        for start, stop in closures(curve):
            reach = gaps[max(0, start - 1) : stop + 1]
            if is_full[start:stop].all() and np.isfinite(reach).any():
                n_asked += 1
                n_hit += bool(np.nanmin(reach) < CLOSED_GAP_MM)
    return [
        figure(
            "does what was asked",
            correlation(np.concatenate(shown), np.concatenate(wanted)),
            "",
            "0.9 or more: correlation of the rendered opening with the wanted one, in fully replaced mouths.",
        ),
        figure(
            "closures hit",
            100.0 * n_hit / n_asked if n_asked else math.nan,
            "%",
            "95 or more: of the short closures that were asked for, how many show shut lips within a frame.",
        ),
    ]


def _looks(found: Score) -> list[Figure]:
    steady = found.steadiness
    return [
        figure(
            "rest in silence",
            100.0 * found.silence.rest_share,
            "%",
            "97 or more: of the frames in which nobody speaks, how many show lips that are shut and still.",
        ),
        figure(
            "mouth sharpness",
            _known(steady.sharpness_ratio),
            "× source",
            "0.9 or more, beside mouths of the source that are open as far.",
        ),
        figure(
            "lip flicker",
            _known(steady.lip_flicker_ratio),
            "× source",
            "1.5 or less, beside lips of the source that move as far.",
        ),
        figure("skin flicker", _known(steady.skin_flicker_ratio), "× source", "1.2 or less."),
    ]


def _known(ratio: float | None) -> float:
    return math.nan if ratio is None else ratio
