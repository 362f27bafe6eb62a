"""Figures of a report that cost nothing: they follow from what was planned and drawn."""

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from lipwright.analysis.sync_judge import Verdict
from lipwright.measures import CLOSED_GAP_MM

if TYPE_CHECKING:
    from lipwright.render.plan import RenderPlan
    from lipwright.render.report import Curve, FaceReport

_LONGEST_CLOSURE_SECONDS = 0.3
"""Lips that are asked to be shut for longer rest in a pause; they shut for no sound of speech."""


@dataclass(frozen=True)
class Figure:
    """One figure of a report, with all that is needed to read it."""

    name: str
    value: float | None
    """None where it could not be measured or does not apply."""
    unit: str
    """Of the value; empty for counts and correlations."""
    good: str
    """One sentence: what is good."""

    @property
    def shown(self) -> str:
        """Value and unit for people."""
        if self.value is None:
            return "-"
        digits = 0 if self.unit in ("%", "ms") or self.value == int(self.value) else 2
        return f"{self.value:.{digits}f} {self.unit}".rstrip()


def figure(name: str, value: float, unit: str, good: str) -> Figure:
    """A figure, rounded to four places; a value that is not finite is unknown."""
    return Figure(name, round(value, 4) if math.isfinite(value) else None, unit, good)


def planned_figures(
    plan: "RenderPlan", faces: "list[FaceReport]", curves: "list[Curve]", n_touched: int
) -> list[Figure]:
    """What can be said without looking at the output."""
    asked = sum(len(closures(curve)) for curve in curves)
    return [
        figure(
            "frames changed",
            100.0 * n_touched / max(plan.timeline.n_frames, 1),
            "%",
            "Near 100 while somebody speaks; frames that need no change are better left alone.",
        ),
        figure(
            "voice silent",
            100.0 * plan.quiet_share,
            "%",
            "A fact about the voice: in these frames the lips should be shut and still.",
        ),
        figure("closures asked for", asked, "", "About 2 to 3 a second of speech, as p, b and m are common."),
        figure(
            "mouths re-used",
            sum(face.donors_used for face in faces),
            "",
            "The more the better: few mouths for many frames mean that the source shows few shapes.",
        ),
        _source_offset(plan),
    ]


def closures(curve: "Curve") -> list[tuple[int, int]]:
    """First and past-the-last row of each short stretch in which the lips are asked to be shut."""
    found, row = [], 0
    step = (curve.seconds[-1] - curve.seconds[0]) / (len(curve.seconds) - 1) if len(curve.seconds) > 1 else 0
    for is_shut, group in groupby(curve.wanted_gap_mm, key=lambda gap: gap < CLOSED_GAP_MM):
        n_rows = len(list(group))
        if is_shut and n_rows * step <= _LONGEST_CLOSURE_SECONDS:
            found.append((row, row + n_rows))
        row += n_rows
    return found


def _source_offset(plan: "RenderPlan") -> Figure:
    sync = plan.source_sync
    known = sync is not None and sync.verdict is not Verdict.CANNOT_TELL
    return figure(
        "source's own offset",
        1000.0 * sync.av_offset if known and sync is not None else math.nan,
        "ms",
        "Within 50 of 0; + means that the source's sound is late. Where that sound is used it is moved back.",
    )
