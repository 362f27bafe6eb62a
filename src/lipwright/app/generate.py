"""The main use case: lip-sync one video to one voice."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import lipwright
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.app.left_out import left_out
from lipwright.app.measure import measured
from lipwright.app.part_crew import PartCrew
from lipwright.engines import registry
from lipwright.engines.options import ModelOptions
from lipwright.errors import OutputError, UsageError
from lipwright.media.container import check_is_file
from lipwright.media.mux import check_place
from lipwright.media.sound_track import ContainerName
from lipwright.media.still import is_still
from lipwright.render.job import RenderJob
from lipwright.render.pipeline import run_job
from lipwright.render.progress import Listener, ignore
from lipwright.render.report import Report
from lipwright.render.segment import Segment, check_segments
from lipwright.render.timing import SyncMode
from lipwright.render.unfinished import Keep

_MIN_FACE_RESOLUTION = 64


def lipsync(  # noqa: PLR0913 (the public call: options are keyword-only)
    video: str | Path,
    audio: str | Path | None,
    output: str | Path,
    *,
    model: str | None = None,
    segments: Sequence[Segment] = (),
    sync_mode: str | None = None,
    output_format: str | None = None,
    max_face_resolution: int | None = None,
    face_choice: FaceChoice | None = None,
    prompt: str | None = None,
    model_mode: str = ModelOptions.model_mode,
    seed: int = 0,
    idle_motion: bool = True,
    measure: bool = False,
    resume: bool = False,
    workers: int | None = None,
    progress: Listener | None = None,
) -> Report:
    """Makes the mouth in a video follow another voice.

    Args:
        video: a file with a picture of someone talking, or a still (PNG, JPEG, WebP) for ``sync-3``.
        audio: a file with the new voice; the sound of a video will do. None if every segment names its own.
        output: written when everything is done; an existing file is replaced.
        model: see ``models()``; None takes ``lipsync-2``, and ``sync-3`` for a still.
        segments: stretches of the video with voices of their own; all else stays the source's, sound too.
            None of them: the voice is for the whole video.
        sync_mode: what to do when the lengths differ: bounce, loop, cut_off, silence or remap. None is
            bounce, and of segments that name none it leaves the video as long as it is.
        output_format: "mp4" or "webm"; None follows the output's name, MP4 if that says nothing.
        max_face_resolution: lowers the detail kept of a face, in pixels of its height (64 or more).
        face_choice: who is given the voice; None for the likeliest speaker of each shot.
        prompt: for react-1, what the face expresses: happy, sad, angry, disgusted, surprised or neutral.
        model_mode: for react-1, what is changed: lips, face (expression as well) or head (motion too).
        measure: whether to look at the result once more and add what is seen to the report.
        resume: whether to keep unfinished work in a folder beside the output, and to go on with it. Work on
            other inputs or with other options is thrown away, which the report says.
        workers: how many processes draw at once; None takes what fits the cores and the size of the picture.
            The result is the same to the byte.
        seed: of everything that is left to chance; equal seeds give equal results.
        idle_motion: whether a still blinks and moves its head a little.
        progress: called with each step forward.

    Raises:
        UsageError: an option that makes no sense.
        FaceChoiceError: a choice of faces that does not fit the video.
        SegmentError: segments that do not fit the video, the voices, or one another.
        MediaError: a file that cannot be read as what it should be.
        NoFaceError: nobody to be seen in the video.
        OutputError: the output cannot be written.
    """
    target = Path(output)
    source = Path(video)
    wanted = ModelOptions(model_mode, prompt)
    job = RenderJob(
        source,
        None if audio is None else Path(audio),
        target,
        registry.engine(
            model or (registry.STILL_MODEL if is_still(source) else registry.DEFAULT_MODEL),
            wanted,
        ),
        _sync_mode(sync_mode or SyncMode.BOUNCE),
        _container(target, output_format),
        _face_resolution(max_face_resolution),
        seed,
        idle_motion,
        face_choice or FaceChoice(),
        tuple(_with_defaults(segment, face_choice, sync_mode) for segment in segments),
    )
    check_segments(job.segments)
    _check_output(job)
    keep = Keep(work_folder_of(target), lipwright.__version__) if resume else None
    crew = PartCrew(_workers(workers))
    report = run_job(job, progress or ignore, keep=keep, make_parts=crew)
    report = replace(report, notes=[*report.notes, *left_out(job.engine.info, wanted)])
    return measured(report, job.video, target, progress or ignore) if measure else report


def work_folder_of(output: Path) -> Path:
    """Where unfinished work on an output is kept."""
    return output.with_name(f"{output.name}.unfinished")


def _with_defaults(segment: Segment, face_choice: FaceChoice | None, sync_mode: str | None) -> Segment:
    """What is asked of the whole job holds for a segment that does not say."""
    choice = segment.face_choice
    if face_choice is not None and choice == FaceChoice():
        choice = face_choice
    return replace(segment, face_choice=choice, sync_mode=segment.sync_mode or sync_mode)


def _sync_mode(name: str) -> SyncMode:
    try:
        return SyncMode(name)
    except ValueError as error:
        known = ", ".join(mode.value for mode in SyncMode)
        raise UsageError(f"expected a sync mode among {known}, got {name!r}") from error


def _container(output: Path, output_format: str | None) -> ContainerName:
    suffix = output.suffix.lstrip(".").lower()
    name = output_format or suffix or "mp4"
    for known in get_args(ContainerName):
        if name == known:
            _check_suffix(output, suffix, name)
            return known  # type: ignore[no-any-return]  # one of the literals
    if output_format is None:
        raise UsageError(
            f"expected an output named .mp4 or .webm, got {output.name}; rename it or name its output format"
        )
    raise UsageError(f"expected an output format of mp4 or webm, got {name!r}; choose one of them")


def _check_suffix(output: Path, suffix: str, name: str) -> None:
    if suffix in get_args(ContainerName) and suffix != name:
        raise UsageError(
            f"expected an output named .{name}, as its output format is {name}, got {output.name}; "
            f"rename it or choose {suffix}"
        )


def _face_resolution(pixels: int | None) -> int | None:
    if pixels is not None and pixels < _MIN_FACE_RESOLUTION:
        raise UsageError(f"expected max_face_resolution of {_MIN_FACE_RESOLUTION} or more, got {pixels}")
    return pixels


def _workers(n_workers: int | None) -> int | None:
    if n_workers is not None and n_workers < 1:
        raise UsageError(f"expected workers of 1 or more, got {n_workers}")
    return n_workers


def _check_output(job: RenderJob) -> None:
    """Finds out before hours of work whether the output can be written, and does not eat its inputs."""
    if not job.output.parent.is_dir():
        raise OutputError(f"expected a folder to write to, found none; create it first: {job.output.parent}")
    check_place(job.output)
    for given in (job.video, *job.voices):
        check_is_file(given)
        if job.output.exists() and job.output.samefile(given):
            raise UsageError(f"the output would replace an input; choose another name: {job.output}")
