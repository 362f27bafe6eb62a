"""Turns what went wrong with a job into words for its user: whose fault, in what code, without our paths."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lipwright.errors import (
    InstallationError,
    LipwrightError,
    MediaError,
    NoFaceError,
    OutputError,
    UsageError,
)
from lipwright.jobs.ports import JobError

_CODES: dict[type[LipwrightError], str] = {
    NoFaceError: "generation_input_video_invalid",
    MediaError: "generation_input_validation_failed",
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
    """Gives errors a code, and takes the paths of this machine out of their messages."""
    try:
        yield
    except LipwrightError as error:
        code = error.code if isinstance(error, JobError) else _code(error)
        raise JobError(without_paths(str(error), folder), code) from error
    except OSError as error:
        message = f"the server could not keep its files ({error.strerror}); try again when it has space"
        raise JobError(message, "generation_infra_storage_error") from error


def _code(error: LipwrightError) -> str:
    return next(
        (_CODES[kind] for kind in type(error).__mro__ if kind in _CODES), "generation_pipeline_failed"
    )


def without_paths(message: str, folder: str) -> str:
    """A message that names the files of a job's folder by what they are.

    Messages end in ``: path``, where there is a path: what a user did not choose says nothing to them.
    """
    for name in ("video", "audio"):
        path = str(Path(folder, name))
        message = message.removesuffix(f": {path}").replace(path, f"the {name}")
    return message.replace(f"{folder}/", "").replace(folder, "the job")
