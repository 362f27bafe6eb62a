"""Keeps what native libraries print away from the terminal."""

import os
import sys


def silence_native_libraries() -> None:
    """From now on only Python writes to stderr.

    The face mesh's native code prints its internal warnings to file descriptor 2 at every start and has no
    switch for it. Python's stderr moves to a descriptor of its own; descriptor 2 leads nowhere.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(kept, "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
