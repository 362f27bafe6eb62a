"""Errors as users read them."""

import pytest

from lipwright.app.blame import blamed_on, told_to_users, without_paths
from lipwright.errors import (
    InstallationError,
    LipwrightError,
    MediaError,
    NoFaceError,
    OutputError,
    UsageError,
)
from lipwright.jobs.ports import JobError

FOLDER = "/srv/lipwright/work/gen_x"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (f"expected sound, found none: {FOLDER}/audio", "expected sound, found none"),
        (f"no such file: {FOLDER}/video; check the path", "no such file: the video; check the path"),
        (f"cannot write {FOLDER}/output.mp4: no space", "cannot write output.mp4: no space"),
        (f"cannot read {FOLDER}", "cannot read the job"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_messages_name_no_path_of_the_server(message: str, expected: str) -> None:
    """Users chose none of them."""
    assert without_paths(message, FOLDER) == expected


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoFaceError("x"), "generation_input_video_invalid"),
        (MediaError("x"), "generation_input_validation_failed"),
        (UsageError("x"), "generation_input_validation_failed"),
        (OutputError("x"), "generation_infra_storage_error"),
        (InstallationError("x"), "generation_pipeline_failed"),
        (LipwrightError("x"), "generation_pipeline_failed"),
        (JobError("x", "generation_model_duration_exceeded"), "generation_model_duration_exceeded"),
        (OSError(28, "No space left on device"), "generation_infra_storage_error"),
    ],
)
def test_every_error_has_a_code(error: Exception, code: str) -> None:
    """The codes that clients of the hosted service know."""
    with pytest.raises(JobError) as caught, told_to_users(FOLDER):
        raise error
    assert caught.value.code == code


def test_an_input_is_blamed_by_name() -> None:
    """So that its sender knows which to change."""
    with pytest.raises(JobError, match=r"^audio: too quiet$") as caught, blamed_on("audio"):
        raise MediaError("too quiet")
    assert caught.value.code == "generation_input_audio_invalid"
