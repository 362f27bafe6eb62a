"""The quality table: figures beside their bars."""

import math
from dataclasses import asdict

from benchmarks.quality import Result
from benchmarks.quality_table import COLUMNS, cells, markdown, medians

GOOD = asdict(Result("real_a.mp4", "own", "a.wav", sharpness=0.95, r=0.93, lag_frames=0.0, n_frames=10))
BAD = asdict(Result("real_b.mp4", "own", "b.wav", sharpness=0.5, r=0.8, lag_frames=-2.0, outside=4))
CRASHED = asdict(Result("real_c.mp4", "own", "c.wav", error="CRASH ValueError"))


def _column(title: str) -> int:
    return next(i for i, column in enumerate(COLUMNS) if column.title == title)


def test_a_missed_bar_is_told_from_a_reached_one() -> None:
    sharpness, outside = _column("sharp ÷ src"), _column("outside ≠")
    assert cells(GOOD)[sharpness] == ("0.95", True)
    assert cells(BAD)[sharpness] == ("0.50", False)
    assert cells(BAD)[outside] == ("4", False)


def test_a_failed_case_has_no_figures_but_is_listed() -> None:
    assert all(reached is None for _, reached in cells(CRASHED))
    assert "CRASH ValueError" in markdown([GOOD, CRASHED], "lipsync-2")


def test_following_means_nothing_in_silence() -> None:
    silent = GOOD | {"kind": "silence"}
    assert math.isnan(COLUMNS[_column("r wanted")].value(silent))


def test_medians_count_how_many_reach_the_bar() -> None:
    text, _ = medians([GOOD, BAD, CRASHED])[_column("r wanted")]
    assert text.endswith("(1/2)")
