"""Every error Lipwright raises on purpose.

    LipwrightError
    ├── UsageError        an option or argument that makes no sense
    ├── MediaError        a file that cannot be read as the media it should be
    ├── NoFaceError       media without a face that can be lip-synced
    ├── OutputError       a result that cannot be written
    └── InstallationError a part of Lipwright itself that is missing or broken

A message is one line: what was expected, what was found, what to do. The cause, where there is one,
is chained with ``raise ... from`` and shown by ``--verbose``.
"""


class LipwrightError(Exception):
    """Catches everything Lipwright raises on purpose; never raised itself."""


class UsageError(LipwrightError):
    """An option, argument or combination of them is not valid."""


class MediaError(LipwrightError):
    """A file is missing, damaged, or does not hold the stream that was asked for."""


class NoFaceError(LipwrightError):
    """No face that can be lip-synced was found where one is needed."""


class OutputError(LipwrightError):
    """The result cannot be written where it should go."""


class InstallationError(LipwrightError):
    """A part of the installation (weights, a library) is missing or damaged."""
