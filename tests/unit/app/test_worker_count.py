"""How many processes draw a video."""

from dataclasses import replace
from pathlib import Path

import pytest

from lipwright.app.worker_count import usual_workers
from lipwright.media.probe import VideoInfo, probe

MANY = 100


@pytest.fixture(scope="module")
def video(clip: Path) -> VideoInfo:
    return probe(clip).need_video()


@pytest.mark.parametrize(
    ("size", "n_chunks", "n_cores", "expected"),
    [
        ((512, 512), MANY, 1, 1),
        ((512, 512), MANY, 2, 2),
        ((512, 512), MANY, 4, 3),
        ((512, 512), MANY, 64, 5),  # what fits in memory
        ((1920, 1080), MANY, 64, 2),
        ((4096, 2160), MANY, 64, 1),  # one alone needs more than the others are left
        ((512, 512), 3, 4, 1),  # over before another process is up
        ((512, 512), 4, 4, 2),  # two each
    ],
)
def test_workers_fit_the_cores_the_memory_and_the_work(
    video: VideoInfo, size: tuple[int, int], n_chunks: int, n_cores: int, expected: int
) -> None:
    sized = replace(video, width=size[0], height=size[1])
    assert usual_workers(sized, n_chunks, n_cores) == expected
