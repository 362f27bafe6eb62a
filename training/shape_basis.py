"""Fits how the lower face follows the seven measures, over all speakers of a corpus.

python -m training.shape_basis CORPUS_DIR --output src/lipwright/synthesis/shape_basis.npz
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.measures import N_MEASURES

_MAX_YAW_DEGREES = 20.0
_MIN_FRAMES = 60
_MAX_FRAMES_WEIGHED = 1500
_RIDGE = 0.01


def speakers(corpus: Path) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Measures, shape (n, 7), and points, shape (n, 57, 3), of every speaker's frontal frames, in mm."""
    parts: dict[str, list[tuple[NDArray[np.float64], NDArray[np.float64]]]] = defaultdict(list)
    for path in sorted((corpus / "clips").glob("*.npz")):
        with np.load(path) as clip:
            use = clip["ok"] & (np.abs(clip["yaw"]) < _MAX_YAW_DEGREES)
            entry = clip["feat"][use].astype(np.float64), clip["pts"][use].astype(np.float64)
            parts[str(clip["speaker"])].append(entry)
    joined = {
        name: (np.concatenate([m for m, _ in clips]), np.concatenate([p for _, p in clips]))
        for name, clips in parts.items()
    }
    return {name: pair for name, pair in joined.items() if len(pair[0]) >= _MIN_FRAMES}


def fit(corpus: Path) -> dict[str, NDArray[np.float32]]:
    """The table: ``points`` (57,), ``basis`` (7, 57, 3) in mm per deviation, ``spread`` (7,) in mm."""
    points = json.loads((corpus / "index.json").read_text())["pts_index"]
    measures, shapes, weights = [], [], []
    for moves, places in speakers(corpus).values():
        measures.append(moves - moves.mean(axis=0))
        shapes.append((places - places.mean(axis=0)).reshape(len(places), -1))
        weights.append(np.full(len(moves), min(len(moves), _MAX_FRAMES_WEIGHED) / len(moves)))
    x, y, w = np.concatenate(measures), np.concatenate(shapes), np.concatenate(weights)
    spread = np.sqrt((w[:, None] * x**2).sum(axis=0) / w.sum())
    z = x / spread
    gram = (z * w[:, None]).T @ z + _RIDGE * w.sum() * np.eye(N_MEASURES)
    basis = np.linalg.solve(gram, (z * w[:, None]).T @ y).reshape(N_MEASURES, len(points), 3)
    explained = 1 - (w[:, None] * (y - z @ basis.reshape(N_MEASURES, -1)) ** 2).sum(0) / (
        w[:, None] * y**2
    ).sum(0)
    by_axis = explained.reshape(-1, 3).mean(axis=0)
    print(f"variance explained across, up, forward: {by_axis[0]:.2f} {by_axis[1]:.2f} {by_axis[2]:.2f}")
    return {
        "points": np.array(points, np.float32),
        "basis": basis.astype(np.float32),
        "spread": spread.astype(np.float32),
    }


def main() -> None:
    """Reads the corpus and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--output", type=Path, default=Path("src/lipwright/synthesis/shape_basis.npz"))
    arguments = parser.parse_args()
    np.savez(arguments.output, **fit(arguments.corpus))


if __name__ == "__main__":
    main()
