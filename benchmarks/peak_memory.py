"""Runs one job and prints the peak resident memory of this process in KiB; started by ``speed``."""

import os
import sys
from pathlib import Path

from lipwright.app.generate import lipsync


def main() -> None:
    """Arguments: video, voice, output, cores."""
    video, voice, output, cores = sys.argv[1:]
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: int(cores)]))
    lipsync(video, voice, output)
    print(_high_water_mark())


def _high_water_mark() -> int:
    """Largest resident set of this program in KiB.

    ``getrusage`` will not do: across fork and exec Linux keeps the peak of the parent, and that is a
    benchmark that holds whole clips.
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
