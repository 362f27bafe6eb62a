"""The most memory that this process ever held at once."""

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_kib(status: Path = _STATUS) -> int:
    """Largest resident set so far, KiB: libraries and mapped files included.

    Linux keeps it with the memory itself, which a new program starts without. ``ru_maxrss`` is kept with the
    process, and a child starts with what its parent had reached when it was started: it stands in only where
    there is nothing better.
    """
    if status.exists():
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
