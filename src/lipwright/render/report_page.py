"""The page of a report: what a job did, drawn, and said in plain words."""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from lipwright.pages.markup import Child, Markup, join
from lipwright.pages.page import page
from lipwright.pages.parts import Card, bullets, cards, facts, section, shares, table, timeline
from lipwright.pages.plot import Plot, Series, line_plot

if TYPE_CHECKING:
    from lipwright.render.report import Curve, Report

_FOOTER = "Written by lipwright sync. The file holds everything it shows and loads nothing."


def report_page(report: "Report") -> str:
    """The whole HTML document; it needs no other file and runs no script."""
    subtitle = f"{report.model}, {report.width} × {report.height}, {_rate(report)} frames/s"
    parts = [cards(_cards(report))]
    if notes := [*report.notes, *_measuring_note(report)]:
        parts.append(section("Good to know", "", bullets(notes)))
    parts += [_touched_section(report), *_curve_sections(report), *_figure_sections(report)]
    parts.append(_face_section(report))
    if report.stage_seconds:
        parts.append(_stage_section(report))
    parts.append(_fact_section(report))
    return page(f"Lip-sync of {report.output.name}", subtitle, parts, footer=_FOOTER)


def _measuring_note(report: "Report") -> list[str]:
    match report.measured.status:
        case "pending":
            return [f"The result is not measured yet: {report.measured.why}."]
        case "failed":
            return [f"The result could not be measured: {report.measured.why}."]
    return []


def _cards(report: "Report") -> list[Card]:
    speakers = sum(face.is_speaker for face in report.faces)
    share = report.frames_touched / report.n_frames if report.n_frames else 0.0
    seconds = sum(report.stage_seconds.values())
    return [
        Card("Length", f"{report.duration:.2f}", "s", f"{report.n_frames} frames, exactly as asked for."),
        Card(
            "Frames changed",
            f"{share:.0%}",
            "",
            f"{report.frames_touched} frames got another mouth; all others are the source's own.",
        ),
        Card("Faces", str(len(report.faces)), "", f"{speakers} of them were given the voice."),
        Card("Work", f"{seconds:.1f}", "s", "From first to last stage, on this machine."),
    ]


def _touched_section(report: "Report") -> Markup:
    runs = [run for curve in report.curves for run in _runs(curve, report)]
    said = "Where along the video a mouth was drawn. What is left empty was not touched at all."
    return section("Where frames were changed", said, timeline(runs, report.duration))


def _runs(curve: "Curve", report: "Report") -> Iterator[tuple[float, float, float]]:
    """Stretches of frames that were drawn, and how strongly on the whole."""
    step = report.duration / report.n_frames if report.n_frames else 0.0
    rows = list(zip(curve.seconds, curve.strength, strict=True))
    for is_drawn, group in groupby(rows, key=lambda row: row[1] > 0):
        stretch = list(group)
        if is_drawn:
            strength = sum(row[1] for row in stretch) / len(stretch)
            yield stretch[0][0], stretch[-1][0] + step, 0.35 + 0.65 * strength


def _curve_sections(report: "Report") -> list[Markup]:
    drawn: list[Markup] = []
    for track_id in dict.fromkeys(curve.track_id for curve in report.curves):
        parts = [curve for curve in report.curves if curve.track_id == track_id]
        source: list[tuple[float, float | None]] = []
        wanted: list[tuple[float, float | None]] = []
        for curve in parts:
            source += [*zip(curve.seconds, curve.source_gap_mm), (curve.seconds[-1], None)]
            wanted += [*zip(curve.seconds, curve.wanted_gap_mm), (curve.seconds[-1], None)]
        series = [
            Series(f"face {track_id}: its own mouth in the source", source, "b", is_dashed=True),
            Series(f"face {track_id}: what the voice asked for", wanted, "a"),
            *_rendered(track_id, parts),
        ]
        drawn.append(line_plot(Plot(series, "seconds", "opening, mm")))
    if not drawn:
        return []
    said = (
        "The gap between the inner lips, on a face of average size: what the new voice asked for, and what "
        "the mouth did before."
    )
    if any(_is_measured(curve) for curve in report.curves):
        said += " The third line was measured on the finished video: it should follow what was asked for."
    return [section("What the voice asked of the mouth", said, join(drawn))]


def _rendered(track_id: int, parts: "list[Curve]") -> list[Series]:
    """What was measured of a face in the output; none when it was not measured, or not found again."""
    shown: list[tuple[float, float | None]] = []
    for curve in filter(_is_measured, parts):
        shown += [*zip(curve.seconds, curve.rendered_gap_mm, strict=True), (curve.seconds[-1], None)]
    return [Series(f"face {track_id}: measured on the result", shown, "c")] if shown else []


def _is_measured(curve: "Curve") -> bool:
    return any(gap is not None for gap in curve.rendered_gap_mm)


def _figure_sections(report: "Report") -> list[Markup]:
    if not report.figures:
        return []
    rows: list[list[Child]] = [[one.name, one.shown, one.good] for one in report.figures]
    said = "What was counted and measured, with what is good."
    return [section("Figures", said, table(["figure", "value", "what is good"], rows))]


def _face_section(report: "Report") -> Markup:
    head = ["face", "voice", "source frames", "frames changed", "mouths re-used"]
    rows: list[list[Child]] = [
        [
            f"face {face.track_id}",
            "given" if face.is_speaker else "not given",
            f"{face.first_frame} to {face.last_frame}",
            face.frames_touched,
            face.donors_used,
        ]
        for face in report.faces
    ]
    said = "One line for every person and shot. Mouths re-used: source frames whose mouths were drawn."
    return section("Faces", said, table(head, rows))


def _stage_section(report: "Report") -> Markup:
    said = "How the time was spent. Decoding and encoding are part of render."
    return section("Work", said, shares(list(report.stage_seconds.items())))


def _fact_section(report: "Report") -> Markup:
    rows = [
        ("output", str(report.output)),
        ("model", report.model),
        ("sync mode", str(report.sync_mode)),
        ("size", f"{report.width} × {report.height} pixels"),
        ("frame rate", f"{report.fps} frames/s"),
        ("frames", str(report.n_frames)),
        ("duration", f"{report.duration:.3f} s"),
        ("measured", report.measured.status),
    ]
    return section("Settings and facts", "", facts(rows))


def _rate(report: "Report") -> str:
    top, _, bottom = report.fps.partition("/")
    return f"{float(top) / float(bottom or 1):.3f}".rstrip("0").rstrip(".")
