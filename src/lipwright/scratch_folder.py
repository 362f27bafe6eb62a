"""A folder for what a run needs only itself, gone with it; runs that were killed are cleaned up after.

A living run holds a lock on a file in its folder, which the kernel lets go of however the run ends.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lipwright.errors import OutputError

_PREFIX = "lipwright-"
_LOCK, _NEW_LOCK = "lock", "new-lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder where the system keeps temporary files; it goes with all that is in it, also when stopped.

    Folders of runs that were killed, which had no time for that, go at the next call of the same user.

    Raises:
        OutputError: none can be made.
    """
    try:
        _sweep(Path(tempfile.gettempdir()))
        made = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    except OSError as error:
        raise _refusal(error) from error
    try:
        with _locked(Path(made.name)):
            yield Path(made.name)
    finally:
        try:
            made.cleanup()
        finally:  # Ctrl+C in the middle of it: what is left goes too
            made.cleanup()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The lock appears when it is held: whoever finds it and can take it knows that its run is dead."""
    try:
        lock = (folder / _NEW_LOCK).open("wb")
    except OSError as error:
        raise _refusal(error) from error
    with lock:
        with suppress(OSError):  # file systems without locks: nobody will find one, nor sweep
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            (folder / _NEW_LOCK).rename(folder / _LOCK)
        yield


def _refusal(error: OSError) -> OutputError:
    return OutputError(
        f"expected a folder for temporary files: {error.strerror or error}; set TMPDIR to one with room"
    )


def _sweep(place: Path) -> None:
    """Removes folders that dead runs of this user left there."""
    for folder in place.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # it is just being removed, or is no business of ours
            _remove_if_dead(folder)


def _remove_if_dead(folder: Path) -> None:
    """Raises OSError if its run lives, or if it is not such a folder of this user."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        return
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for path in folder.iterdir():
            if path.name == _LOCK:
                continue  # last: without it nobody would know that the rest may go
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        shutil.rmtree(folder)
    finally:
        os.close(lock)
