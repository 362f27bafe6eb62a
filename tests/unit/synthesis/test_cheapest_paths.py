"""Paths are the same whether or not what they share is written down on the way."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lipwright.synthesis.cheapest_paths import CheapestPaths

IntArray = NDArray[np.intp]


def plainly(rows: list[IntArray], before: list[IntArray], place: int) -> list[int]:
    """The path by its definition, with every frame at hand."""
    path = [int(rows[-1][place])]
    for step in range(len(rows) - 1, 0, -1):
        place = int(before[step][place])
        path.append(int(rows[step - 1][place]))
    return path[::-1]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_frames=st.integers(1, 1200), n_ways=st.sampled_from([1, 2, 5, 48]))
def test_every_path_is_the_one_that_was_built(seed: int, n_frames: int, n_ways: int) -> None:
    """With 48 ways they meet late, with one at once; how many candidates there are changes all the time."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, n_ways + 1, n_frames)
    rows = [random.permutation(5000)[:size] for size in sizes]
    before = [np.zeros(0, np.intp)]
    before += [random.integers(0, last, size) for last, size in pairwise(sizes)]
    paths = CheapestPaths(rows[0])
    for own, origin in zip(rows[1:], before[1:], strict=True):
        paths.extend(own, origin)
    for place in range(sizes[-1]):
        assert paths.to(place).tolist() == plainly(rows, before, place)


def test_what_paths_share_is_not_kept_frame_by_frame() -> None:
    """Every tenth frame has one candidate, through which all paths lead: an hour holds 25 s of them."""
    paths = CheapestPaths(np.zeros(1, np.intp))
    longest = 0
    for frame in range(1, 90_000):
        size, last = (1 if place % 10 == 0 else 24 for place in (frame, frame - 1))
        paths.extend(np.arange(size), np.zeros(size, np.intp) + last - 1)
        longest = max(longest, paths.n_apart)
    assert longest < 300


def test_paths_that_never_meet_are_kept_apart() -> None:
    """Two donors that take no notice of each other, over 2000 frames."""
    paths = CheapestPaths(np.array([3, 8]))
    for _ in range(1999):
        paths.extend(np.array([3, 8]), np.array([0, 1]))
    assert paths.to(0).tolist() == [3] * 2000
    assert paths.to(1).tolist() == [8] * 2000
