from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.training.synthetic_corpus import write_corpus
from training.corpus import Clip, load_corpus
from training.shapes import N_SHAPE, shape_curves


def clips(tmp_path: Path) -> list[Clip]:
    """Two speakers whose lower faces, of 20 points, move along two directions."""
    random = np.random.default_rng(0)
    directions = random.normal(size=(2, 60))
    return [
        replace(
            clip, points=(random.normal(size=(len(clip.seconds), 2)) @ directions).astype(np.float32) + place
        )
        for place, clip in enumerate(load_corpus(write_corpus(tmp_path, {"ann": "en", "bea": "de"})))
    ]


def test_curves_are_standardized_and_tell_the_movement(tmp_path: Path) -> None:
    """Mean 0 whatever the face; two curves that move fully, from which all points can be told."""
    known = clips(tmp_path)
    curves = shape_curves(known)
    for clip in known:
        own = curves[clip.name]
        assert own.shape == (len(clip.seconds), N_SHAPE)
        np.testing.assert_allclose(own.mean(axis=0), 0.0, atol=1e-2)
        np.testing.assert_allclose(own[:, :2].std(axis=0), 1.0, atol=1e-2)
        assert clip.points is not None
        moved = clip.points - clip.points.mean(axis=0)
        fitted = own[:, :2] @ np.linalg.lstsq(own[:, :2], moved, rcond=None)[0]
        np.testing.assert_allclose(fitted, moved, atol=0.05)


def test_clips_without_points_are_left_out(tmp_path: Path) -> None:
    """A corpus need not have them."""
    one, other = clips(tmp_path)
    assert set(shape_curves([one, replace(other, points=None)])) == {one.name}
    assert shape_curves([replace(other, points=None)]) == {}
