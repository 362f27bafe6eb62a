import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lipwright.inference.weights import WEIGHTS_FOLDER
from tests.training.synthetic_corpus import write_corpus
from training import evaluate
from training.corpus import Clip
from training.evaluate import main
from training.phones import PHONES

WEIGHTS = WEIGHTS_FOLDER / "articulation.onnx"
SCRIPT = Path(__file__).parents[2] / "training" / "evaluate.py"
NAMES = {"r_open", "r_width", "r_jaw", "rmse", "f1", "f1_speech", "auc_speech"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_corpus(tmp_path_factory.mktemp("corpus"), {"ann": "en", "bea": "de", "cid": "en"})
    return write_short(folder)


def write_short(folder: Path) -> Path:
    extra = write_corpus(folder / "extra", {"dan": "en"}, seconds=2.0)
    (extra / "clips" / "dan.npz").rename(folder / "clips" / "dan.npz")
    return folder


def test_json_holds_speakers_languages_and_average(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every speaker is listed; those under 3.6 s do not enter the averages."""
    assert main([str(corpus), "--weights", str(WEIGHTS), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report["speakers"]) == {"ann", "bea", "cid", "dan"}
    assert not report["speakers"]["dan"]["is_averaged"]
    assert {name: row["n_speakers"] for name, row in report["languages"].items()} == {"de": 1, "en": 2}
    assert report["average"]["n_speakers"] == 3
    assert set(report["average"]) >= NAMES
    own = [report["speakers"][name]["r_open"] for name in ("ann", "bea", "cid")]
    assert report["average"]["r_open"] == pytest.approx(sum(own) / 3, abs=1e-3)


def test_labiodentals_have_a_column_where_phones_are_known(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without ``--phones`` the table is as it was; what pocketsphinx guesses is not the point here."""

    def told(clips: list[Clip]) -> list[Clip]:
        random = np.random.default_rng(0)
        return [
            replace(clip, phones=random.integers(0, len(PHONES), 400)) for clip in clips if clip.duration > 3
        ]

    monkeypatch.setattr(evaluate, "with_phones", told)
    for arguments, has_column in (([], False), (["--phones"], True)):
        assert main([str(corpus), "--weights", str(WEIGHTS), *arguments]) == 0
        printed = capsys.readouterr().out
        assert ("auc_labio" in printed) == has_column
        assert "auc_speech     spread" in printed


def test_the_script_path_works_from_anywhere(corpus: Path) -> None:
    """``training/evaluate.py CORPUS_DIR --weights FILE`` needs no installed package."""
    command = [sys.executable, str(SCRIPT), str(corpus), "--weights", str(WEIGHTS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=corpus, check=False)
    assert done.returncode == 0, done.stderr
    assert "average (3 speakers)" in done.stdout
    assert "dan *" in done.stdout


def test_a_folder_without_clips_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and what to do."""
    assert main([str(tmp_path), "--weights", str(WEIGHTS)]) == 1
    assert "pass the folder above 'clips'" in capsys.readouterr().err
