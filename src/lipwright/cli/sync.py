"""``lipwright sync``: a video and a voice in, a lip-synced video out."""

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from lipwright.app.generate import lipsync
from lipwright.cli import console
from lipwright.cli.face_options import face_choice, named_as_options
from lipwright.cli.options import Json, Verbose
from lipwright.cli.progress_view import ProgressView
from lipwright.cli.segment_options import segments as read_segments
from lipwright.engines.options import ModelMode, Prompt
from lipwright.engines.registry import DEFAULT_MODEL, STILL_MODEL
from lipwright.errors import OutputError, UsageError
from lipwright.render.report import Report
from lipwright.render.timing import SyncMode

REPORT_SUFFIXES = (".html", ".json")


def sync(
    video: Annotated[
        Path,
        typer.Argument(
            metavar="VIDEO",
            help="Video of someone talking; for sync-3 also a still picture (PNG, JPEG, WebP).",
            show_default=False,
        ),
    ],
    audio: Annotated[
        Path | None,
        typer.Argument(
            metavar="AUDIO",
            help="The new voice: a sound file, or a video with sound. Not needed if every segment names one.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Result; an existing file is replaced. Default: VIDEO's name with .lipsync.mp4.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help=f"See `lipwright models`. Default: {DEFAULT_MODEL}; {STILL_MODEL} for a still.",
            show_default=False,
        ),
    ] = None,
    sync_mode: Annotated[
        str | None,
        typer.Option(
            help="When the lengths differ: "
            + ", ".join(mode.value for mode in SyncMode)
            + ". Default: bounce; a segment leaves the video as long as it is.",
            show_default=False,
        ),
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="START,END,AUDIO@FRAME,X,Y",
            help="Several voices: from START to END (seconds) the face at this point of this frame says "
            "AUDIO. May be repeated; AUDIO and @FRAME,X,Y may be left out.",
            show_default=False,
        ),
    ] = None,
    segments: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The same as a JSON or TOML file with a list of segments.",
            show_default=False,
        ),
    ] = None,
    max_face_resolution: Annotated[
        int | None,
        typer.Option(
            help="Keep less detail of a face than the model does: its height in pixels.", show_default=False
        ),
    ] = None,
    synergize: Annotated[
        bool,
        typer.Option("--synergize", help="Several people: follow whoever speaks within a shot too."),
    ] = False,
    face_at: Annotated[
        str | None,
        typer.Option(
            metavar="FRAME,X,Y",
            help="Give the voice to the face at this point of this frame, pixels of VIDEO.",
            show_default=False,
        ),
    ] = None,
    boxes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="Give it to the face in a box of each frame: list of \\[left, top, right, bottom] or null.",
            show_default=False,
        ),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(help="mp4 or webm. Default: what the output's name says.", show_default=False),
    ] = None,
    prompt: Annotated[
        str | None,
        typer.Option(
            help="For react-1: " + ", ".join(prompt.value for prompt in Prompt) + ".", show_default=False
        ),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            help="For react-1, what is changed: " + ", ".join(mode.value for mode in ModelMode) + "."
        ),
    ] = ModelMode.FACE.value,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Keep unfinished work beside the output, and go on with it where a run was stopped.",
        ),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that draw at once. Default: what suits the cores and the size of the picture.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal results.")] = 0,
    idle_motion: Annotated[
        bool,
        typer.Option("--idle-motion/--no-idle-motion", help="Whether a still blinks and moves its head."),
    ] = True,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Measure the result and write what was done to a .html or .json file.", show_default=False
        ),
    ] = None,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress and no summary.")] = False,
    verbose: Verbose = False,  # noqa: ARG001 (read by main, wherever it stands)
) -> None:
    """Make the mouth in VIDEO follow the voice in AUDIO, or several mouths several voices."""
    check_report_path(report)
    with named_as_options():
        choice = face_choice(synergize=synergize, face_at=face_at, boxes=boxes)
        stretches = read_segments(segment or (), segments)
    if audio is None and not stretches:
        raise UsageError("AUDIO: expected the new voice, found none; name it, or give segments with voices")
    target = output or default_output(video, output_format)
    started = time.monotonic()
    with ProgressView(console.stderr(), is_quiet=quiet or json) as view, named_as_options():
        result = lipsync(
            video,
            audio,
            target,
            model=model,
            segments=stretches,
            sync_mode=sync_mode,
            output_format=output_format,
            max_face_resolution=max_face_resolution,
            face_choice=choice,
            prompt=prompt,
            model_mode=mode,
            measure=report is not None,
            resume=resume,
            workers=workers,
            seed=seed,
            idle_motion=idle_motion,
            progress=view,
        )
    if report is not None:
        write_report(result, report)
    if json:
        console.say_json(result.to_dict())
    elif not quiet:
        for line in summary(result, time.monotonic() - started):
            console.say(line)


def default_output(video: Path, output_format: str | None) -> Path:
    """Where the result goes if nobody says: beside the video, which is never replaced."""
    return video.with_name(f"{video.stem}.lipsync.{output_format or 'mp4'}")


def check_report_path(path: Path | None, suffixes: tuple[str, ...] = REPORT_SUFFIXES) -> None:
    """Finds out before the work whether the report can be written, and that it replaces no video.

    Raises:
        UsageError: the name does not end in one of the suffixes.
        OutputError: its folder does not exist or is read-only, or the name is no file's.
    """
    if path is None:
        return
    if path.suffix not in suffixes:
        raise UsageError(f"expected a report named {' or '.join(suffixes)}, got {path.name}; rename it")
    if not path.parent.is_dir():
        raise OutputError(f"expected a folder for the report, found none; create it first: {path.parent}")
    _check_writable(path)


def _check_writable(path: Path) -> None:
    try:
        is_there = path.exists()
    except OSError as error:
        raise OutputError(f"cannot write the report {path}: {error.strerror}; name another file") from error
    if path.is_dir():
        raise OutputError(f"cannot write the report {path}: it is a folder; name a file")
    if not os.access(path if is_there else path.parent, os.W_OK):
        kind = "it" if is_there else "its folder"
        raise OutputError(f"cannot write the report {path}: {kind} is read-only; choose another place")


def write_report(report: Report, path: Path) -> None:
    """Writes the report in the form its name says."""
    try:
        if path.suffix == ".json":
            report.write_json(path)
        else:
            report.write_html(path)
    except OSError as error:
        raise OutputError(
            f"cannot write the report {path}: {error.strerror}; choose another place"
        ) from error


def summary(report: Report, seconds: float) -> list[str]:
    """What a person wants to know of a finished job, line by line."""
    speakers = sum(face.is_speaker for face in report.faces)
    pace = report.duration / seconds if seconds > 0 else 0.0
    lines = [
        f"{report.output}",
        f"  {report.width} x {report.height}, {report.n_frames} frames, {report.duration:.2f} s",
        f"  faces: {len(report.faces)} seen, {speakers} speaking; {report.frames_touched} frames changed",
        f"  {report.model}, {report.sync_mode}; took {seconds:.1f} s ({pace:.2f} x real time)",
    ]
    return lines + [f"  note: {note}" for note in report.notes]
