"""``lipwright demo``: the whole way once, with a presenter and voices made on the spot."""

from pathlib import Path
from typing import Annotated

import typer

from lipwright.app.generate import lipsync
from lipwright.app.score import score as measure
from lipwright.cli import console
from lipwright.cli.options import Verbose
from lipwright.cli.progress_view import ProgressView
from lipwright.cli.score import COLUMNS, STAGES
from lipwright.cli.sync import write_report
from lipwright.samples import make_sample


def demo(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="Folder to write to.")] = Path(
        "lipwright-demo"
    ),
    verbose: Verbose = False,  # noqa: ARG001 (read by main, wherever it stands)
) -> None:
    """Draw a presenter, speak a line in another voice, lip-sync the two, and score the result."""
    sample = make_sample(directory)
    console.say(f"presenter  {sample.video}")
    console.say(f"new voice  {sample.audio}")
    result = directory / "lipsynced.mp4"
    with ProgressView(console.stderr()) as view:
        report = lipsync(sample.video, sample.audio, result, measure=True, progress=view)
    with ProgressView(console.stderr(), stages=STAGES) as view:
        score = measure(result, reference=sample.video, progress=view)
    write_report(report, directory / "report.html")
    console.say(f"result     {result}")
    console.say(f"report     {directory / 'report.html'}")
    console.say_table("Score of the result", COLUMNS, score.rows())
