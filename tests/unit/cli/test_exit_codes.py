"""Every error has its number."""

import errno
import inspect

import pytest

from lipwright import errors
from lipwright.cli.exit_codes import ERROR_CODES, HUNG_UP, INTERRUPTED, OK, TERMINATED, exit_code
from lipwright.errors import LipwrightError, MediaError, NoRoomError, OutputError

CLASSES = [value for _, value in inspect.getmembers(errors, inspect.isclass)]


def test_every_error_class_is_in_the_table() -> None:
    """A new class needs a number of its own, or scripts cannot tell it apart."""
    assert set(CLASSES) == set(ERROR_CODES)


def test_no_two_outcomes_share_a_number() -> None:
    codes = [row.code for row in (OK, HUNG_UP, INTERRUPTED, TERMINATED, *ERROR_CODES.values())]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", CLASSES)
def test_error_has_the_code_of_its_class(kind: type[LipwrightError]) -> None:
    assert exit_code(kind("text")) == ERROR_CODES[kind].code


def test_subclass_has_the_code_of_its_nearest_class() -> None:
    class TruncatedError(MediaError):
        pass

    assert exit_code(TruncatedError("text")) == ERROR_CODES[MediaError].code


def test_a_full_disk_is_no_room_whatever_it_hindered() -> None:
    """A script that waits for room must be able to tell it from a folder that does not exist."""
    error = OutputError("text")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert exit_code(error) == ERROR_CODES[NoRoomError].code
