"""Memory that was freed, given back to the system.

What one stage of a job has freed stays with the process, in pieces between what is still used: the next
stage, which wants other sizes, takes new memory beside it, and peaks add up.
"""

import ctypes
from collections.abc import Callable


def give_back() -> None:
    """Gives whole pages that nothing uses back: a millisecond; nothing happens where none knows how."""
    if _malloc_trim is not None:
        _malloc_trim(0)


def _trimmer() -> Callable[[int], int] | None:
    """``malloc_trim(3)`` of the GNU C library; other systems have none."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # no such function; no library by that name on Windows
        return None


_malloc_trim = _trimmer()
