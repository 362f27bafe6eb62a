"""A score as numbers, rows and a page."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from lipwright.analysis.sync_judge import LAGS
from lipwright.scoring.result import Curves, Picture, Score, Steadiness, shown_offset
from lipwright.scoring.silence import SilenceFigures
from lipwright.scoring.sync import SyncFigures

NAN = float("nan")

R_BY_LAG = tuple((0.9 * np.exp(-(((LAGS - 0.04) / 0.05) ** 2))).tolist())
LAGS_AND_R = tuple(LAGS.tolist()), R_BY_LAG, R_BY_LAG
SYNC = SyncFigures(0.8, 0.9, 0.04, *LAGS_AND_R, (1.0, 2.0), (0.8, NAN), 10.0)
SCORE = Score(
    video=Path("<b>talk & more.mp4"),
    audio=Path("voice.wav"),
    reference=None,
    picture=Picture(640, 480, "30000/1001", 3, 0.1, 1, 1.0),
    sync=SYNC,
    silence=SilenceFigures(2, 1.0, 0.5, 0.5),
    steadiness=Steadiness(120.0, 0.2, 3.0),
    curves=Curves([0.0, 0.03, 0.07], [0.1, None, 2.0], [0.0, 1.0, None], [(0.0, 0.03)]),
)
UNKNOWN = replace(
    SCORE,
    sync=SyncFigures(NAN, NAN, NAN, tuple(LAGS.tolist()), (NAN,) * len(LAGS), (NAN,) * len(LAGS), (), ()),
    silence=SilenceFigures(0, NAN, NAN, NAN),
    steadiness=Steadiness(NAN, NAN, NAN, NAN, NAN, NAN),
    curves=Curves([0.0], [None], [None], []),
)


@pytest.mark.parametrize("score", [SCORE, UNKNOWN], ids=["measured", "not measurable"])
def test_page_is_well_formed_and_stands_alone(score: Score, tmp_path: Path) -> None:
    """No script, nothing from elsewhere, and a file name is only text."""
    score.write_html(tmp_path / "score.html")
    made = (tmp_path / "score.html").read_text(encoding="utf-8")
    root = ElementTree.fromstring(made.removeprefix("<!DOCTYPE html>\n"))
    assert re.search(r"(?:<script|src=|href=|url\(|https?:)", made) is None
    assert root.findtext("head/title") == "Lip-sync score of <b>talk & more.mp4 · Lipwright"
    assert ">nan" not in made


@pytest.mark.parametrize("score", [SCORE, UNKNOWN], ids=["measured", "not measurable"])
def test_json_knows_no_nan(score: Score, tmp_path: Path) -> None:
    score.write_json(tmp_path / "score.json")
    text = (tmp_path / "score.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=pytest.fail)
    assert found["sync"]["r"] == (0.8 if score is SCORE else None)
    assert found["sync"]["verdict"] == ("in sync" if score is SCORE else "cannot tell")
    assert found["sync"]["in_step_share"] == (1.0 if score is SCORE else None)


def test_rows_say_what_could_not_be_measured() -> None:
    rows, unknown = ({name: value for name, value, _ in score.rows()} for score in (SCORE, UNKNOWN))
    assert (rows["sync"], rows["best lag"]) == ("in sync", "+40 ms (sound late)")
    assert (unknown["sync"], unknown["best lag"]) == ("cannot tell", "not measurable")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "0 ms"), (0.12, "+120 ms (sound late)"), (-0.04, "-40 ms (mouth late)")]
)
def test_offsets_say_who_is_late(seconds: float, said: str) -> None:
    assert shown_offset(seconds) == said
