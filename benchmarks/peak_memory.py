"""Runs one job and prints the peak resident memory of this process in KiB; started by ``speed``."""

import os
import sys

from benchmarks.resident import peak_kib
from lipwright.app.generate import lipsync


def main() -> None:
    """Arguments: video, voice, output, cores."""
    video, voice, output, cores = sys.argv[1:]
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: int(cores)]))
    lipsync(video, voice, output, workers=1)
    print(peak_kib())


if __name__ == "__main__":
    main()
