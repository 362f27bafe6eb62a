"""The table of the models: medians over clips, one line per model."""

from benchmarks.models import Row, table
from benchmarks.quality import Result


def _row(model: str, sharpness: float, cost: float) -> Row:
    return Row(model, Result("real_a.mp4", "own", "a.wav", sharpness=sharpness, r=0.98), cost)


def test_every_model_has_a_line_with_medians_over_its_clips() -> None:
    rows = [_row("lipsync-2", 0.9, 1.0), _row("lipsync-2", 1.0, 1.4), _row("lipsync-2-pro", 1.1, 2.0)]
    head, rule, first, second = table(rows).splitlines()
    assert "sharpness" in head
    assert rule.count("---") == head.count("|") - 1
    assert first.startswith("| `lipsync-2` | 0.05 | 0.95 |")
    assert first.endswith("| 1.20 |")
    assert second.startswith("| `lipsync-2-pro` | 0.083 | 1.10 |")


def test_a_figure_that_nobody_has_is_a_dash() -> None:
    assert "| - |" in table([_row("lipsync-2", 0.9, 1.0)])
