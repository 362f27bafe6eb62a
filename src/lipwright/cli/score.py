"""``lipwright score``: how well the mouth in a video follows its sound."""

from pathlib import Path
from typing import Annotated

import typer

from lipwright.app.score import score as measure
from lipwright.cli import console
from lipwright.cli.options import Json, Verbose
from lipwright.cli.progress_view import ProgressView
from lipwright.cli.sync import check_report_path
from lipwright.errors import OutputError
from lipwright.render.progress import Stage

STAGES: tuple[Stage, ...] = ("hear", "analyse")
COLUMNS = ("measure", "value", "to compare")


def score(
    video: Annotated[
        Path, typer.Argument(metavar="VIDEO", help="Video of someone talking.", show_default=False)
    ],
    audio: Annotated[
        Path | None,
        typer.Option(help="Sound to compare with. Default: the video's own.", show_default=False),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            help="The video it was made from: sharpness and flicker as ratios to it.", show_default=False
        ),
    ] = None,
    json: Json = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with plots to this .html file.", show_default=False)
    ] = None,
    verbose: Verbose = False,  # noqa: ARG001 (read by main, wherever it stands)
) -> None:
    """Measure how well the mouth in VIDEO follows its sound."""
    check_report_path(html, suffixes=(".html",))
    with ProgressView(console.stderr(), stages=STAGES, is_quiet=json) as view:
        result = measure(video, audio, reference=reference, progress=view)
    if html is not None:
        try:
            result.write_html(html)
        except OSError as error:
            raise OutputError(f"cannot write {html}: {error.strerror}; choose another place") from error
    if json:
        console.say_json(result.to_dict())
    else:
        console.say_table(f"Score of {video}", COLUMNS, result.rows())
