"""The page of a report."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lipwright.render.figures import Figure
from lipwright.render.report import Curve, FaceReport, Report
from lipwright.render.report_page import report_page

CURVE = Curve(0, [0.0, 0.04, 0.08, 0.12], [0.2, 5.0, 5.0, 0.2], [1.0, None, 3.0, 2.0], [0.0, 0.5, 1.0, 0.0])
REPORT = Report(
    output=Path("<i>out</i>.mp4"),
    model="lipsync-2",
    sync_mode="bounce",
    width=640,
    height=480,
    fps="30000/1001",
    n_frames=4,
    duration=0.16,
    frames_touched=2,
    faces=[FaceReport(0, 0, 3, True, 2, 1), FaceReport(1, 0, 3, False, 0, 0)],
    curves=[CURVE],
    stage_seconds={"analyse": 1.0, "render": 3.0},
    notes=["a note with <tags> & signs"],
)
BARE = replace(REPORT, faces=[], curves=[], stage_seconds={}, notes=[], frames_touched=0)


@pytest.mark.parametrize("report", [REPORT, BARE], ids=["full", "bare"])
def test_page_is_well_formed_and_stands_alone(report: Report, tmp_path: Path) -> None:
    report.write_html(tmp_path / "report.html")
    made = (tmp_path / "report.html").read_text(encoding="utf-8")
    ElementTree.fromstring(made.removeprefix("<!DOCTYPE html>\n"))
    assert re.search(r"(?:<script|src=|href=|url\(|https?:|<i>out)", made) is None


def test_notes_and_settings_are_shown() -> None:
    made = report_page(REPORT)
    for text in (
        "a note with &lt;tags&gt; &amp; signs",
        "lipsync-2",
        "bounce",
        "29.97",
        "2 frames got another",
    ):
        assert text in made


def test_only_drawn_stretches_fill_the_timeline() -> None:
    """Frames 1 and 2 of four: the middle half of the bar."""
    root = ElementTree.fromstring(report_page(REPORT).removeprefix("<!DOCTYPE html>\n"))
    bar = root.find(".//svg[@aria-label='Where frames were changed']")
    assert bar is not None
    filled = [box for box in bar.findall("rect") if box.get("fill") == "var(--a)"]
    assert [(float(box.get("x") or 0), float(box.get("width") or 0)) for box in filled] == [(250.0, 500.0)]


def test_figures_and_the_rendered_mouth_are_shown_with_what_is_good() -> None:
    figures = [Figure("closures hit", 95.0, "%", "95 or more."), Figure("rest", None, "%", "97 or more.")]
    curve = replace(CURVE, rendered_gap_mm=[0.1, None, 4.0, 0.3])
    made = report_page(replace(REPORT, figures=figures, curves=[curve]))
    for text in ("closures hit", "95 %", "95 or more.", "measured on the result"):
        assert text in made
    assert "measured on the result" not in report_page(REPORT)


def test_each_face_is_drawn_with_its_own_measured_mouth() -> None:
    """One that was not found again in the result has no third line."""
    seen = replace(CURVE, rendered_gap_mm=[0.1, None, 4.0, 0.3])
    lost = replace(CURVE, track_id=1, rendered_gap_mm=[None] * 4)
    made = report_page(replace(REPORT, curves=[seen, lost]))
    assert "face 0: measured on the result" in made
    assert "face 1: measured on the result" not in made
