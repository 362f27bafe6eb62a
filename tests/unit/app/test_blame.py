"""Errors as users read them."""

import pytest

from lipwright.app.blame import blamed_on, told_to_users, without_paths
from lipwright.errors import (
    FaceChoiceError,
    InstallationError,
    LipwrightError,
    MediaError,
    NoFaceError,
    NoRoomError,
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
        (FaceChoiceError("x"), "generation_input_face_selection_invalid"),
        (OutputError("x"), "generation_infra_storage_error"),
        (InstallationError("x"), "generation_pipeline_failed"),
        (LipwrightError("x"), "generation_pipeline_failed"),
        (JobError("x", "generation_model_duration_exceeded"), "generation_model_duration_exceeded"),
        (OSError(5, "Input/output error"), "generation_infra_storage_error"),
    ],
)
def test_every_error_has_a_code(error: Exception, code: str) -> None:
    """The codes that clients of the hosted service know."""
    with pytest.raises(JobError) as caught, told_to_users(FOLDER):
        raise error
    assert caught.value.code == code


@pytest.mark.parametrize(
    "error",
    [
        OutputError("cannot write /srv/lipwright/tmp/x.mp4: read-only file system"),
        InstallationError("expected weights at /opt/lipwright/weights, found none"),
        OSError(13, "Permission denied", "/srv/lipwright/work"),
    ],
)
def test_what_is_the_server_s_own_affair_names_none_of_its_places(error: Exception) -> None:
    """Users are told whose fault it is; the cause goes with the error, for the log."""
    with pytest.raises(JobError) as caught, told_to_users(FOLDER):
        raise error
    assert "/" not in str(caught.value)
    assert caught.value.__cause__ is error


def test_a_full_disk_is_no_verdict_on_the_job() -> None:
    """It is tried again when there is room; however deep below the reason lies."""
    error = OutputError("cannot write it")
    error.__cause__ = OSError(28, "No space left on device", f"{FOLDER}/output.mp4")
    with pytest.raises(NoRoomError), told_to_users(FOLDER):
        raise error


def test_an_input_is_blamed_by_name() -> None:
    """So that its sender knows which to change."""
    with pytest.raises(JobError, match=r"^audio: too quiet$") as caught, blamed_on("audio"):
        raise MediaError("too quiet")
    assert caught.value.code == "generation_input_audio_invalid"
