"""How sharply wanted lips bend beside filmed ones, over the speakers of a corpus with its layout.

    python -m benchmarks.natural_lips ../shared/corpus

Each clip's own sound is performed in its own speaker's style, at the clip's own frames; clips of 25 frames a
second whose faces are large enough. A filmed curve trembles with the mesh, which wanted ones do not.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.constraints import at_times, perform
from lipwright.analysis.speech.gates import runs
from lipwright.analysis.speech.style import measure_style
from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.scoring.flicker import second_difference, travels

FloatArray = NDArray[np.floating[Any]]

TRAVELS_MM = (1.0, 3.0, 5.0, 8.0, 12.0, 40.0)
"""Edges of the classes of how far lips go within seven frames."""
_FPS = 25.0
_LEAST_EYES_PIXELS = 60.0
"""Between the outer corners; the corpus calls faces below this coarse."""
_MOST_CLIPS_OF_ONE = 12
_LONGEST_CLOSURE, _AROUND = 5, 6
_LEAST_OPENING_MM = 3.0
_LEAST_FRAMES = 10
_OPEN_SHARE = 0.8


@dataclass(frozen=True)
class Closure:
    """Lips that shut for up to a fifth of a second between two openings."""

    excursion: float
    """Millimetres to the lower of the two openings."""
    bend: float
    """Sum of the second differences about it, in units of the excursion."""
    n_closing: int
    """Frames from four fifths of the excursion to shut lips."""
    n_opening: int


def closures(gap: FloatArray) -> list[Closure]:
    """The closures of a curve, shape (n,), mm by frame; none beside frames that are not known."""
    found = []
    for start, stop in runs(np.nan_to_num(gap, nan=np.inf) < CLOSED_GAP_MM):
        around = gap[max(0, start - _AROUND) : stop + _AROUND]
        is_whole = start >= _AROUND and stop + _AROUND <= len(gap) and np.isfinite(around).all()
        if stop - start > _LONGEST_CLOSURE or not is_whole:
            continue
        before, after = gap[start - _AROUND : start][::-1], gap[stop : stop + _AROUND]
        excursion = float(min(before[:-1].max(), after[:-1].max()))
        if excursion < _LEAST_OPENING_MM:
            continue
        bend = float(np.abs(second_difference(gap[start - 4 : stop + 4])).sum())
        ways = [int(np.argmax(way >= _OPEN_SHARE * excursion)) for way in (before, after)]
        found.append(Closure(excursion, bend / excursion, *ways))
    return found


def bend_by_travel(gap: FloatArray) -> FloatArray:
    """Mean bend of a curve divided by mean travel for each class of ``TRAVELS_MM``; NaN of rare ones."""
    bend = np.abs(second_difference(gap))
    travel = travels(gap.astype(np.float32))[1:-1]
    ratios = []
    for low, high in pairwise(TRAVELS_MM):
        rows = (travel >= low) & (travel < high) & np.isfinite(bend)
        is_known = rows.sum() >= _LEAST_FRAMES
        ratios.append(float(bend[rows].sum() / travel[rows].sum()) if is_known else np.nan)
    return np.array(ratios)


def curves(corpus: Path) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Speaker, filmed gap and wanted gap of each clip that is fit."""
    n_of: dict[str, int] = {}
    for path in sorted((corpus / "clips").glob("*.npz")):
        clip = np.load(path)
        speaker, seconds = str(clip["speaker"]), clip["t"].astype(np.float64)
        is_usual = abs(1 / np.median(np.diff(seconds)) - _FPS) < 0.6
        n_of[speaker] = n_of.get(speaker, 0) + 1
        if not is_usual or clip["iod"] < _LEAST_EYES_PIXELS or n_of[speaker] > _MOST_CLIPS_OF_ONE:
            continue
        seen = np.where(clip["ok"][:, None], clip["feat"], np.nan).astype(np.float32)
        motion = articulate(clip["audio"].astype(np.float32) / 32768)
        wanted = at_times(perform(motion, measure_style(seen)), seconds)[:, Measure.GAP]
        filmed = seen[:, Measure.GAP]
        yield speaker, filmed, np.where(np.isfinite(filmed), wanted, np.nan)


def report(corpus: Path) -> list[Table]:
    """Two tables: bend at the same travel, and closures of the same excursion."""
    of: dict[str, tuple[list[FloatArray], list[FloatArray]]] = {}
    for speaker, filmed, wanted in curves(corpus):
        both = of.setdefault(speaker, ([], []))
        both[0].append(np.append(filmed, np.nan))  # two clips are no run
        both[1].append(np.append(wanted, np.nan))
    joined = [tuple(np.concatenate(parts) for parts in both) for both in of.values()]
    ratios = np.array([bend_by_travel(wanted) / bend_by_travel(filmed) for filmed, wanted in joined])
    travel = Table("travel, mm", "speakers", "wanted ÷ filmed bend", "quartiles", title=f"{len(of)} speakers")
    for number, (low, high) in enumerate(pairwise(TRAVELS_MM)):
        known = ratios[np.isfinite(ratios[:, number]), number]
        if len(known):
            first, middle, third = np.quantile(known, (0.25, 0.5, 0.75))
            travel.add_row(
                f"{low:g} to {high:g}", str(len(known)), f"{middle:.2f}", f"{first:.2f} to {third:.2f}"
            )
    closing = Table("closures", "number", "excursion, mm", "bend ÷ excursion", "frames to shut", "to open")
    for name, place in (("filmed", 0), ("wanted", 1)):
        found = [closure for both in joined for closure in closures(both[place])]
        figures = np.array([[c.excursion, c.bend, c.n_closing, c.n_opening] for c in found]).mean(axis=0)
        closing.add_row(name, str(len(found)), *(f"{figure:.2f}" for figure in figures))
    return [travel, closing]


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description="How sharply wanted lips bend beside filmed ones.")
    parser.add_argument("corpus", type=Path)
    console = Console(width=120)
    for table in report(parser.parse_args().corpus):
        console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
