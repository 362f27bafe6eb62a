"""The one table of exit codes."""

from dataclasses import dataclass

from lipwright.errors import (
    AuthenticationError,
    ConflictError,
    FaceChoiceError,
    InstallationError,
    LimitError,
    LipwrightError,
    LostProcessError,
    MediaError,
    NoFaceError,
    NoRoomError,
    NotFoundError,
    OutputError,
    SegmentError,
    TooLargeError,
    UsageError,
    is_for_lack_of_room,
)


@dataclass(frozen=True)
class ExitCode:
    """A number the shell sees and what it means."""

    code: int
    meaning: str


OK = ExitCode(0, "everything asked for was done")
INTERRUPTED = ExitCode(130, "stopped from the keyboard")
HUNG_UP = ExitCode(129, "stopped by the end of its terminal (SIGHUP)")
TERMINATED = ExitCode(143, "stopped by a signal (SIGTERM)")

ERROR_CODES: dict[type[LipwrightError], ExitCode] = {
    LipwrightError: ExitCode(1, "something unexpected: a defect of Lipwright"),
    FaceChoiceError: ExitCode(13, "a choice of faces that does not fit the video"),
    SegmentError: ExitCode(14, "segments that do not fit the video, the voices, or one another"),
    UsageError: ExitCode(2, "an option or argument that makes no sense"),
    MediaError: ExitCode(3, "a file that cannot be read as the media it should be"),
    NoFaceError: ExitCode(4, "no face that can be lip-synced"),
    OutputError: ExitCode(5, "a result that cannot be written"),
    NoRoomError: ExitCode(12, "no room on the disk"),
    InstallationError: ExitCode(6, "a part of the installation that is missing or damaged"),
    LostProcessError: ExitCode(15, "a process at work was ended from outside, mostly for lack of memory"),
    AuthenticationError: ExitCode(7, "no API key, or one that is not known"),
    NotFoundError: ExitCode(8, "no such key, job or file on the server"),
    ConflictError: ExitCode(9, "not possible in the present state"),
    TooLargeError: ExitCode(10, "more bytes than are taken"),
    LimitError: ExitCode(11, "too many requests in too short a time"),
}
"""For every class of ``lipwright.errors``; exceptions of other kinds end with 1 too."""


def exit_code(error: LipwrightError) -> int:
    """The number for an error, that of its nearest listed class; whatever a full disk leads to is no room."""
    if is_for_lack_of_room(error):
        return ERROR_CODES[NoRoomError].code
    return next(ERROR_CODES[kind].code for kind in type(error).__mro__ if kind in ERROR_CODES)
