from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the 'training' extra")
pytest.importorskip("onnx", reason="training needs the 'training' extra")

from lipwright.analysis.speech.articulation import articulate  # noqa: E402
from lipwright.inference.session import Session  # noqa: E402
from tests.training.small_encoder import WIDTH, small_encoder  # noqa: E402
from tests.training.synthetic_corpus import write_corpus  # noqa: E402
from training.corpus import load_corpus  # noqa: E402
from training.crops import N_FRAMES, N_ROWS, N_STEPS, Masking, draw_crop, draw_voiceless, masked  # noqa: E402
from training.evaluate import THRESHOLD_KEY  # noqa: E402
from training.export import export, export_encoder  # noqa: E402
from training.features import N_TARGETS, SPEAKING, make_examples  # noqa: E402
from training.learn import Recipe  # noqa: E402
from training.network import REACH_FRAMES, TAPS, ArticulationNetwork  # noqa: E402
from training.takes import TakePlan, Takes  # noqa: E402
from training.train_articulation import prepare, train  # noqa: E402

N_HIDDEN = WIDTH * len(TAPS)


def untrained() -> ArticulationNetwork:
    """A network for rows of the small encoder."""
    return ArticulationNetwork(np.full(N_HIDDEN, 0.3, np.float32), np.full(N_HIDDEN, 2.0, np.float32))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("training") / "corpus", {"ann": "en", "bea": "de"})


@pytest.fixture(scope="module")
def folder(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("takes")
    prepare(load_corpus(corpus), small_encoder(), made, TakePlan(2, 1, 1), n_jobs=1)
    return made


def test_training_gives_weights_that_hear_and_repeats_exactly(
    corpus: Path, folder: Path, tmp_path: Path
) -> None:
    """A few steps, twice with one seed: the same bytes, and the shipped code can run them."""
    clips = load_corpus(corpus)
    recipe = Recipe(n_steps=3, batch_size=4)
    for name in ("one.onnx", "two.onnx"):
        train(clips, small_encoder(), folder, tmp_path / name, seeds=[7], recipe=recipe, n_jobs=1)
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()
    assert 0.0 < float(Session(tmp_path / "one.onnx").metadata[THRESHOLD_KEY]) < 1.0
    assert len(articulate(clips[0].samples, weights=tmp_path / "one.onnx").closure) == 400


def test_the_file_answers_the_mean_of_the_networks(tmp_path: Path) -> None:
    """Folded normalisation, halved weights and averaging change next to nothing."""
    networks = []
    for seed in range(2):
        torch.manual_seed(seed)
        network = untrained()
        network(torch.randn(4, N_HIDDEN, 50), torch.randn(4, 80, 120))  # statistics unlike the initial ones
        networks.append(network.eval())
    encoder, sound = small_encoder(), np.random.default_rng(0).normal(0, 0.1, (1, 384 * 49 + 895))
    export(encoder, networks, tmp_path / "mean.onnx", {})
    export_encoder(encoder, tmp_path / "encoder.onnx")
    sound, mel = sound.astype(np.float32), torch.randn(1, 80, 120)
    rows = torch.from_numpy(Session(tmp_path / "encoder.onnx").run(sound)[0])
    with torch.no_grad():
        expected = torch.stack([network(rows, mel) for network in networks]).mean(dim=0).numpy()
    (found,) = Session(tmp_path / "mean.onnx").run(sound, mel.numpy())
    assert found.shape == (1, N_TARGETS, 60)
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_the_network_reaches_as_far_as_it_says() -> None:
    """A change of the mel frames beyond REACH_FRAMES does not matter; windows have more margin than that."""
    network, rows, mel = untrained().eval(), torch.randn(1, N_HIDDEN, 200), torch.randn(1, 80, 480)
    changed = mel.clone()
    changed[..., 200 + REACH_FRAMES + 1 :] += 1.0
    with torch.no_grad():
        assert torch.equal(network(rows, mel)[..., 100], network(rows, changed)[..., 100])
        changed[..., 200 + REACH_FRAMES - 1] += 1.0
        assert not torch.equal(network(rows, mel)[..., 100], network(rows, changed)[..., 100])


def test_rows_reach_the_answers_of_their_time() -> None:
    """A row at 1.2 s moves the answers around 1.2 s, and no others."""
    network, rows, mel = untrained().eval(), torch.randn(1, N_HIDDEN, 200), torch.randn(1, 80, 480)
    changed = rows.clone()
    changed[..., 50] += 1.0
    with torch.no_grad():
        difference = (network(rows, mel) - network(changed, mel)).abs().sum(dim=(0, 1)).numpy()
    moved = np.flatnonzero(difference > 1e-5)
    assert abs((moved[0] + moved[-1]) / 2 - 60) <= 1
    assert moved[-1] - moved[0] <= REACH_FRAMES


def test_crops_are_finite_and_full_length(corpus: Path, folder: Path) -> None:
    """Of every version; steps outside the clip are unknown."""
    random, takes = np.random.default_rng(0), Takes(folder)
    example = make_examples(load_corpus(corpus))[0]
    for version in range(len(takes)):
        crop = draw_crop(example, takes.get(version, example.name), random)
        crop = masked(crop, Masking(), takes.mean_and_spread()[0], random)
        assert crop.rows.shape == (N_ROWS, N_HIDDEN)
        assert crop.mel.shape == (N_FRAMES, 80)
        assert crop.targets.shape == (N_STEPS, N_TARGETS)
        assert np.isfinite(crop.rows).all()
        assert np.isfinite(crop.mel).all()
        assert 0.5 < crop.is_known.mean() <= 1.0


def test_crops_without_a_voice_teach_silence_alone(corpus: Path, folder: Path) -> None:
    """Somebody speaking: no, at every step. The mouth: unknown."""
    random, takes = np.random.default_rng(0), Takes(folder)
    example = make_examples(load_corpus(corpus))[0]
    like = draw_crop(example, takes.get(0, example.name), random)
    crop = draw_voiceless(takes.voiceless(1, 0), like, random)
    assert crop.mel.shape == like.mel.shape
    assert np.isfinite(crop.mel).all()
    assert crop.targets[:, SPEAKING].max() == 0.0
    assert crop.is_sound.min() == 1.0
    assert crop.is_known.max() == 0.0
