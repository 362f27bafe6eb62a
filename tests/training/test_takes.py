from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the 'training' extra")
pytest.importorskip("onnx", reason="training needs the 'training' extra")

from tests.training.small_encoder import small_encoder
from tests.training.synthetic_corpus import write_corpus
from training.corpus import load_corpus
from training.takes import TakePlan, Takes
from training.train_articulation import prepare


def test_takes_are_whole_beats_of_their_clip_at_another_speed(tmp_path: Path) -> None:
    """Five rows and twelve mel frames for every 120 ms begun; the first version is the clip as it is.

    Made again they are the same: whoever trains from them may repeat it.
    """
    clips = load_corpus(write_corpus(tmp_path / "corpus", {"ann": "en", "bea": "de"}))
    prepare(clips, small_encoder(), tmp_path, TakePlan(2, 1, 1), n_jobs=1)
    takes = Takes(tmp_path)
    (tmp_path / "again").mkdir()
    prepare(clips, small_encoder(), tmp_path / "again", TakePlan(2, 1, 1), n_jobs=1)
    assert len(takes) == 2
    assert takes.get(0, "ann").rate == 1.0
    for version in range(2):
        take = takes.get(version, "bea")
        n_beats = -(-round(len(clips[1].samples) / take.rate / 160) // 12)
        assert abs(len(take.rows) - 5 * n_beats) <= 5
        assert len(take.mel) == len(take.rows) // 5 * 12
    assert len(takes.voiceless(1, takes.n_voiceless - 1).rows) > 0
    again = Takes(tmp_path / "again").get(1, "bea")
    assert again.rate == takes.get(1, "bea").rate != 1.0
    np.testing.assert_array_equal(again.rows, takes.get(1, "bea").rows)
