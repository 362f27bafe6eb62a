"""Training the sync judge on a tiny corpus."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the 'training' extra")

import torch

from lipwright.analysis.speech.filterbank import judge_features, log_bands
from lipwright.analysis.speech.judge import expect_mouth
from tests.training.synthetic_corpus import write_corpus
from tests.unit.analysis.speech.sounds import voice
from training import train_judge
from training.corpus import load_corpus
from training.evaluate_judge import as_table, chance_of, trials
from training.judge_network import JudgeNetwork, export_judge
from training.train_judge import JudgeRecipe, learn_judge, make_lessons

QUICK = JudgeRecipe(n_steps=4, batch_size=4)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two speakers who may be heard, one who may not."""
    return write_corpus(tmp_path_factory.mktemp("corpus"), {"ann": "en", "ben": "en", "obama": "en"}, 6.0)


def test_equal_seeds_make_equal_files(corpus: Path, tmp_path: Path) -> None:
    lessons = make_lessons(load_corpus(corpus))
    for name in ("one", "two"):
        network = learn_judge(lessons, QUICK, 1)
        assert all(torch.isfinite(weights).all() for weights in network.parameters())
        export_judge([network], tmp_path / name, {})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_file_answers_the_mean_of_its_networks(tmp_path: Path) -> None:
    torch.manual_seed(3)
    networks = [JudgeNetwork().eval() for _ in range(2)]
    export_judge(networks, tmp_path / "judge.onnx", {})
    sound = voice(2.0)
    features = torch.from_numpy(judge_features(log_bands(sound))[None])
    with torch.no_grad():
        wanted = np.mean([network(features)[0][0].numpy() for network in networks], axis=0)
    np.testing.assert_allclose(expect_mouth(sound, weights=tmp_path / "judge.onnx"), wanted, atol=1e-5)


def test_whom_it_will_judge_it_does_not_hear(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of three speakers one is in the project's measuring clips."""
    monkeypatch.setattr(train_judge, "JudgeRecipe", lambda: QUICK)
    train_judge.main([str(corpus), "--output", str(tmp_path / "judge.onnx")])
    assert "2 speakers" in capsys.readouterr().out


def test_windows_are_judged_with_own_and_foreign_sound(corpus: Path, tmp_path: Path) -> None:
    clips = load_corpus(corpus)
    export_judge([learn_judge(make_lessons(clips), QUICK, 0)], tmp_path / "judge.onnx", {})
    found = trials(clips, tmp_path / "judge.onnx")
    assert {trial.is_matched for trial in found} == {True, False}
    assert [line[:6] for line in as_table(found).splitlines()[2:]] == ["| 3 s "]
    assert chance_of(found)[1] > 0
