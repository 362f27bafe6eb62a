"""Lips that are drawn as soft as their frame."""

import numpy as np
import pytest

from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.sharpness import laplacian_variance
from lipwright.synthesis.soften import softened
from lipwright.synthesis.target import Placement, Target, inside, lay_out

POINTS = (2.0 * MEAN_FACE[mesh.ROWS][:, :2] * [1, -1] + [200, 100]).astype(np.float32)


def _target() -> Target:
    return lay_out(Placement(POINTS, POINTS, 2.0), mesh.build_mesh(MEAN_FACE[mesh.ROWS]))


def _layer(target: Target) -> np.ndarray:
    box = target.lip_box
    noise = np.random.default_rng(5).normal(128, 20, (box.height, box.width, 3))
    return np.clip(noise, 0, 255).astype(np.uint8)


def _sharpness(layer: np.ndarray, target: Target) -> float:
    lips = POINTS[mesh.OUTER]
    box = Box(*(int(value) for value in (*lips.min(axis=0), *lips.max(axis=0))))
    return laplacian_variance(layer[inside(box, target.lip_box)][..., 0])


@pytest.mark.parametrize("halvings", [0.5, 1.0, 2.0])
def test_lips_lose_what_they_shall(halvings: float) -> None:
    """A quarter of a halving to either side: rounding to levels puts a little detail back."""
    target = _target()
    layer = _layer(target)
    made = softened(layer, target, halvings)
    lost = np.log2(_sharpness(layer, target) / _sharpness(made, target))
    assert lost == pytest.approx(halvings, abs=0.25)


def test_a_layer_that_shall_lose_nothing_is_left_alone() -> None:
    """The very samples."""
    target = _target()
    layer = _layer(target)
    assert softened(layer, target, 0.0) is layer
