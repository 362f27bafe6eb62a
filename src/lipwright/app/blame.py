"""Turns what went wrong with a job into words for its user: whose fault, in what code, without our paths."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from lipwright.errors import (
    FaceChoiceError,
    InstallationError,
    LipwrightError,
    MediaError,
    NoFaceError,
    NoRoomError,
    OutputError,
    SegmentError,
    UsageError,
    is_for_lack_of_room,
)
from lipwright.jobs.ports import JobError

_OUR_FAULT = "something is wrong with the server's own files; try again, and tell who runs it if it stays"

_CODES: dict[type[Exception], str] = {
    OSError: "generation_infra_storage_error",
    NoFaceError: "generation_input_video_invalid",
    MediaError: "generation_input_validation_failed",
    FaceChoiceError: "generation_input_face_selection_invalid",
    SegmentError: "generation_input_segments_invalid",
    UsageError: "generation_input_validation_failed",
    OutputError: "generation_infra_storage_error",
    InstallationError: "generation_pipeline_failed",
}


@contextmanager
def blamed_on(name: str) -> Iterator[None]:
    """Says in an error which input is to blame: ``video`` or ``audio``."""
    try:
        yield
    except MediaError as error:
        raise JobError(f"{name}: {error}", f"generation_input_{name}_invalid") from error


@contextmanager
def told_to_users(folder: str) -> Iterator[None]:
    """Gives errors a code, and takes the paths of this machine out of their messages.

    Raises:
        JobError: with the error as its cause, which is for the log.
        NoRoomError: the disk is full.
    """
    try:
        yield
    except (LipwrightError, OSError) as error:
        if is_for_lack_of_room(error):
            raise NoRoomError(
                "expected room for the work, the server's disk is full; try again later"
            ) from error
        raise _told(error, folder) from error


def _told(error: LipwrightError | OSError, folder: str) -> JobError:
    if isinstance(error, JobError):
        return JobError(without_paths(str(error), folder), error.code)
    if isinstance(
        error, OSError | OutputError | InstallationError
    ):  # names places that are nobody's business
        return JobError(_OUR_FAULT, _code(error))
    return JobError(without_paths(str(error), folder), _code(error))


def _code(error: LipwrightError | OSError) -> str:
    return next(
        (_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), "generation_pipeline_failed"
    )


def without_paths(message: str, folder: str) -> str:
    """A message that names the files of a job's folder by what they are.

    Messages end in ``: path``, where there is a path: what a user did not choose says nothing to them.
    """
    place = re.escape(f"{folder}/")
    message = re.sub(rf": {place}(video|audio)(_\d+)?$", "", message)
    message = re.sub(rf"{place}(video|audio)(_\d+)?", r"the \1", message)
    return message.replace(f"{folder}/", "").replace(folder, "the job")
