"""The report of a job whose result was looked at once more."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwright.app.compute import ComputeJob, handle
from lipwright.app.generate import lipsync
from lipwright.app.measure import measured
from lipwright.app.reports import report_html
from lipwright.media.video_reader import VideoReader
from lipwright.render.progress import Progress
from lipwright.render.report import Report
from lipwright.samples.clip import write_clip
from lipwright.samples.phones import LINES
from lipwright.samples.speech import speak
from tests.footage import Footage

N_PLANNED, N_MEASURED = 5, 9


@pytest.fixture(scope="module")
def report(footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> Report:
    seen: list[Progress] = []
    output = tmp_path_factory.mktemp("measured") / "out.mp4"
    made = lipsync(footage.video, footage.audio, output, measure=True, progress=seen.append)
    assert seen[-1] == Progress("measure", 1, 1)
    return made


def _figures(report: Report) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in report.figures}


def test_what_was_rendered_is_measured(report: Report) -> None:
    """The presenter does what was asked of her, and the sync judge, who knows no presenter, hears it."""
    found = _figures(report)
    assert len(found) == N_PLANNED + N_MEASURED
    (curve,) = report.curves
    assert len(curve.rendered_gap_mm) == report.n_frames
    assert (found["does what was asked"] or 0) > 0.9
    assert (found["follows the voice"] or 0) > 0.2
    assert (found["closures asked for"] or 0) > 0
    assert (found["closures hit"] or 0) > 50


def test_every_figure_says_what_is_good(report: Report) -> None:
    assert all(figure.good.endswith(".") for figure in report.figures)


def test_the_page_is_made_from_json_and_shows_everything(report: Report) -> None:
    """What the server keeps is JSON; an older report has no figures."""
    kept = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    made = report_html(kept)
    for text in ("measured on the result", "closures hit", "What was counted and measured", "× source"):
        assert text in made
    older = {key: value for key, value in kept.items() if key != "figures"}
    assert "closures hit" not in report_html(older)


def test_the_page_of_an_older_report_is_made(report: Report) -> None:
    """It held one mouth for all faces: that is not drawn beside any."""
    kept = json.loads(json.dumps(report.to_dict()))
    for curve in kept["curves"]:
        del curve["rendered_gap_mm"], curve["places"]
    made = report_html({**kept, "rendered": {"seconds": [0.0], "gap_mm": [1.0]}})
    assert "closures hit" in made
    assert "measured on the result" not in made


def test_a_result_without_a_face_is_not_measured(report: Report, footage: Footage, tmp_path: Path) -> None:
    """The work is done and paid for: the report says so, and nothing fails."""
    with VideoReader(footage.video) as reader:
        size = (reader.info.height, reader.info.width, 3)
    blank = tmp_path / "blank.mp4"
    write_clip(blank, [np.full(size, 90, np.uint8)] * 8, Fraction(25), speak(LINES["hello"]))
    found = measured(replace(report, figures=[]), footage.video, blank)
    assert found.figures == []
    assert "could not be measured" in found.notes[-1]


def test_a_still_has_no_frames_to_compare_with(report: Report, tmp_path: Path) -> None:
    """Sync is measured all the same; sharpness and flicker have nothing to be a ratio to."""
    picture = tmp_path / "portrait.png"
    cv2.imwrite(str(picture), np.full((360, 480, 3), 90, np.uint8))
    found = _figures(measured(replace(report, figures=[]), picture, report.output))
    assert found["mouth sharpness"] is None
    assert found["follows the voice"] is not None


def test_a_server_measures_what_it_joined(footage: Footage, tmp_path: Path) -> None:
    """In a step of its own, also where the source is no longer there: then nothing is compared with it."""
    for name, path in (("video", footage.video), ("audio", footage.audio)):
        (tmp_path / name).symlink_to(path)
    job = ComputeJob(str(tmp_path), "lipsync-1.9", "cut_off", "mp4", None, "face", None, 60.0)
    n_chunks = handle(job.request("prepare"), lambda _: None)["n_chunks"]
    for chunk in range(n_chunks):
        handle(job.request("render", chunk=chunk), lambda _: None)
    handle(job.request("join"), lambda _: None)
    kept = json.loads((tmp_path / "report.json").read_bytes())
    assert (len(kept["figures"]), kept["measured"]["status"]) == (N_PLANNED, "off")
    (tmp_path / "video").unlink()
    handle(job.request("measure"), lambda _: None)
    found = json.loads((tmp_path / "measured.json").read_bytes())
    assert len(found["figures"]) == N_PLANNED + N_MEASURED
    assert found["measured"] == {"status": "done", "why": None}
    assert any(gap is not None for gap in found["curves"][0]["rendered_gap_mm"])
    assert "could not be had" in found["notes"][-1]
    figures = {figure["name"]: figure["value"] for figure in found["figures"]}
    assert figures["mouth sharpness"] is None
    assert figures["follows the voice"] is not None
