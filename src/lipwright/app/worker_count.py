"""How many processes draw a video, unless somebody says."""

import sys

from lipwright.cores import usable_cores
from lipwright.media.probe import VideoInfo

_SHARE_OF_CORES = 0.75
"""A process decodes, draws and encodes at once, and keeps 1.5 cores busy. Measured on 512p: on two cores two
take 0.8 of the time of one, three no less; on four cores two take 0.6, three 0.55, four 0.53."""
_FEWEST_CHUNKS = 4
"""Below this a process, which takes a second to start, is hardly worth it."""
_LEAST_CHUNKS_EACH = 2

_BUDGET_MIB = 1536
"""What a job shall stay below, all its processes together."""
_PARENT_MIB = 350
_WORKER_MIB, _WORKER_MIB_PER_MEGAPIXEL = 195.0, 115.0
"""Peak of one: 222 at 512 x 512, 429 at 1920 x 1080."""


def usual_workers(video: VideoInfo, n_chunks: int, n_cores: int | None = None) -> int:
    """What suits a video: no more than keep the cores busy, nor than fit in memory.

    Args:
        video: whose pictures are drawn.
        n_chunks: still to be drawn.
        n_cores: None takes those that this process may use.
    """
    if (
        n_chunks < _FEWEST_CHUNKS or not sys.executable
    ):  # nothing to start where Python is built into a program
        return 1
    n_busy = round(_SHARE_OF_CORES * (n_cores or usable_cores()))
    megapixels = video.width * video.height / 1e6
    each = _WORKER_MIB + _WORKER_MIB_PER_MEGAPIXEL * megapixels
    n_fit = int((_BUDGET_MIB - _PARENT_MIB) / each)
    return max(1, min(n_busy, n_fit, -(-n_chunks // _LEAST_CHUNKS_EACH)))
