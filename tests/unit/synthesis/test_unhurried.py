import itertools

import numpy as np
import pytest

from lipwright.synthesis.unhurried import _HASTE, UnhurriedPaths


def _cost(path: tuple[int, ...], costs: np.ndarray, shown: np.ndarray, haste: float) -> float:
    """What the rule says a path costs; a jump is 0.5."""
    total, seen = costs[0, path[0]], 0
    shares = [*_HASTE, 0.0]
    for step in range(1, len(path)):
        is_cut = path[step] != path[step - 1]
        total += costs[step, path[step]] + 0.5 * is_cut
        if shown[step] and not is_cut:
            seen = min(seen + 1, len(_HASTE))
            continue
        total += haste * shares[seen]
        seen = 0
    return float(total)


@pytest.mark.parametrize("seed", range(4))
def test_the_path_is_the_cheapest_of_all(seed: int) -> None:
    """Among all ways through three candidates in eight frames, shown or not, none is cheaper."""
    rng = np.random.default_rng(seed)
    costs = rng.uniform(0, 2, (8, 3)).astype(np.float32)
    shown = rng.random(8) < 0.8
    steps = (0.5 * (1 - np.eye(3))).astype(np.float32)
    change = (1 - np.eye(3)).astype(np.float32)
    paths = UnhurriedPaths(np.arange(3), costs[0], 0.7)
    for step in range(1, 8):
        if shown[step]:
            paths.extend_shown(np.arange(3), costs[step], steps, change)
        else:
            paths.extend(np.arange(3), costs[step], steps)
    ways = itertools.product(range(3), repeat=8)
    best = min(_cost(way, costs, shown, 0.7) for way in ways)
    assert _cost(tuple(paths.best().tolist()), costs, shown, 0.7) == pytest.approx(best, rel=1e-5)


def test_a_small_change_of_teeth_costs_its_share() -> None:
    """Teeth that change by a tenth may leave at once where others may not."""
    costs = np.array([[0, 1], [1, 0], [0, 1]], np.float32)
    for change, expected in ((0.1, [0, 1, 0]), (1.0, [0, 0, 0])):
        paths = UnhurriedPaths(np.arange(2), costs[0], 1.0)
        for row in costs[1:]:
            paths.extend_shown(
                np.arange(2),
                row,
                np.zeros((2, 2), np.float32),
                np.float32(change) * (1 - np.eye(2, dtype=np.float32)),
            )
        assert paths.best().tolist() == expected
