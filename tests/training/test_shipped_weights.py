from pathlib import Path

import pytest

from lipwright.inference.session import Session
from lipwright.inference.weights import WEIGHTS_FOLDER
from training.corpus import load_clip
from training.evaluate import averages, evaluate

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "clips"
WEIGHTS = WEIGHTS_FOLDER / "articulation.onnx"
CLIPS = ("aoc1", "hdtf_rd25", "katie", "ls1", "marlin1", "mead_M030b", "vr1", "vr2")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/corpus")
def test_the_shipped_weights_know_their_own_speakers() -> None:
    """Well above what unseen speakers reach (r 0.58, RMSE 0.84, AUC 0.82): the file belongs to this code."""
    results = evaluate([load_clip(CORPUS / f"{name}.npz") for name in CLIPS], WEIGHTS)
    found = averages(results, lambda _: "all")["all"]
    assert found["n_speakers"] == len(CLIPS)
    assert found["r_open"] >= 0.62
    assert found["r_width"] >= 0.55
    assert found["r_jaw"] >= 0.62
    assert found["rmse"] <= 0.80
    assert found["auc_speech"] >= 0.84


def test_the_shipped_weights_are_small_and_say_what_they_are() -> None:
    """Under 8 MB, with seeds, speakers and closure threshold inside."""
    assert WEIGHTS.stat().st_size <= 8_000_000
    metadata = Session(WEIGHTS).metadata
    assert set(metadata) >= {"seeds", "n_speakers", "closure_threshold"}
    assert 0.05 < float(metadata["closure_threshold"]) < 0.6
