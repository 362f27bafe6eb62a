"""Every error Lipwright raises on purpose.

    LipwrightError
    ├── UsageError        an option or argument that makes no sense
    │   ├── FaceChoiceError   a choice of faces that does not fit the video
    │   └── SegmentError      stretches of a video that do not fit it, its voices, or one another
    ├── MediaError        a file that cannot be read as the media it should be
    ├── NoFaceError       media without a face that can be lip-synced
    ├── OutputError       a result that cannot be written
    │   └── NoRoomError   because the disk is full
    ├── InstallationError a part of Lipwright itself that is missing or broken
    ├── LostProcessError  a process that worked on it was ended from outside
    ├── AuthenticationError a request without a key, or with one that is not known
    ├── NotFoundError     something asked for by its id that there is not, or not for this account
    ├── ConflictError     something that cannot be done in the state that things are in
    ├── TooLargeError     more bytes than are taken
    └── LimitError        too many requests; comes with the time to wait

A message is one line: what was expected, what was found, what to do. The cause, where there is one,
is chained with ``raise ... from`` and shown by ``--verbose``.
"""

import errno

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class LipwrightError(Exception):
    """Catches everything Lipwright raises on purpose; never raised itself."""


class UsageError(LipwrightError):
    """An option, argument or combination of them is not valid."""


class FaceChoiceError(UsageError):
    """The faces chosen to speak do not fit the video, or contradict one another."""


class SegmentError(UsageError):
    """Stretches with voices of their own do not fit the video, the voices, or one another."""


class MediaError(LipwrightError):
    """A file is missing, damaged, or does not hold the stream that was asked for."""


class NoFaceError(LipwrightError):
    """No face that can be lip-synced was found where one is needed."""


class OutputError(LipwrightError):
    """The result cannot be written where it should go."""


class NoRoomError(OutputError):
    """The disk takes no more; a later attempt may do better."""


class InstallationError(LipwrightError):
    """A part of the installation (weights, a library) is missing or damaged."""


class LostProcessError(LipwrightError):
    """A process that worked on it was ended by somebody else: by the system for lack of memory, mostly."""


class AuthenticationError(LipwrightError):
    """A request carries no key, or one that is not known or was revoked."""


class NotFoundError(LipwrightError):
    """What was asked for by its id does not exist, or belongs to another account."""


class ConflictError(LipwrightError):
    """The request makes sense, but not in the state that things are in."""


class TooLargeError(LipwrightError):
    """A body or a file holds more bytes than are taken."""


class LimitError(LipwrightError):
    """More was asked for than the plan allows in this time.

    Args:
        message: what was expected, found, and what to do.
        retry_after: seconds to wait before the next attempt.
    """

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def is_for_lack_of_room(error: BaseException | None) -> bool:
    """Whether an error, or what it comes from, is that a disk takes no more."""
    while error is not None:
        if isinstance(error, NoRoomError) or (isinstance(error, OSError) and error.errno in _NO_ROOM):
            return True
        error = error.__cause__
    return False
