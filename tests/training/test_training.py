from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the 'training' extra")
pytest.importorskip("onnx", reason="training needs the 'training' extra")

from lipwright.analysis.speech.articulation import _CONTEXT_FRAMES, articulate  # noqa: E402
from lipwright.inference.session import Session  # noqa: E402
from tests.training.synthetic_corpus import write_corpus  # noqa: E402
from training.augment import CROP_FRAMES, Augmentation, Room, draw_crop, draw_voiceless  # noqa: E402
from training.corpus import load_corpus  # noqa: E402
from training.evaluate import THRESHOLD_KEY  # noqa: E402
from training.export import export  # noqa: E402
from training.features import N_TARGETS, SPEAKING, make_examples  # noqa: E402
from training.learn import Recipe  # noqa: E402
from training.network import (  # noqa: E402
    ATTENTIVE,
    MIXED_STRIDE,
    N_ANSWERS,
    N_PLACES,
    PATTERN_STRIDE,
    PATTERNS,
    PLAIN,
    REACH_FRAMES,
    ArticulationNetwork,
    Patterns,
    labiodental_log_odds,
)
from training.phones import LABIODENTALS, PHONES  # noqa: E402
from training.train_articulation import recipe_of, train  # noqa: E402


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("training") / "corpus", {"ann": "en", "bea": "de"})


def test_training_gives_weights_that_hear_and_repeats_exactly(corpus: Path, tmp_path: Path) -> None:
    """A few steps, twice with one seed: the same bytes, and the shipped code can run them."""
    clips = load_corpus(corpus)
    recipe = Recipe(n_steps=3, batch_size=4, layers=ATTENTIVE, music_minutes=0.2)
    for name in ("one.onnx", "two.onnx"):
        train(clips, tmp_path / name, seeds=[7], recipe=recipe, n_jobs=1)
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()
    assert 0.0 < float(Session(tmp_path / "one.onnx").metadata[THRESHOLD_KEY]) < 1.0
    heard = articulate(clips[0].samples, weights=tmp_path / "one.onnx")
    assert len(heard.closure) == 400
    assert heard.labiodental.max() < 1e-6, "no phones were taught, so none is heard"


def test_the_file_answers_the_mean_of_the_networks(tmp_path: Path) -> None:
    """Folded normalisation and averaging change nothing, also where attention ends inside the sound."""
    networks = []
    for seed, (layers, has_patterns) in enumerate(product((PLAIN, ATTENTIVE), (True, False))):
        network = _stirred(layers, seed, has_patterns=has_patterns)
        network(torch.randn(4, 80, 64))  # running statistics unlike the initial ones
        networks.append(network.eval())
    export(networks, tmp_path / "mean.onnx", {})
    mel = torch.randn(1, 80, 401)
    with torch.no_grad():
        expected = torch.stack([network(mel) for network in networks]).mean(dim=0).numpy()
    (found,) = Session(tmp_path / "mean.onnx").run(mel.numpy())
    assert found.shape == (1, N_ANSWERS, 201)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_phones_that_are_known_teach_labiodentals(corpus: Path, tmp_path: Path) -> None:
    """Where the clips have phones, f and v have a chance from the first step."""
    labiodentals = [PHONES.index(phone) for phone in LABIODENTALS]
    clips = [replace(clip, phones=np.resize(labiodentals, 400)) for clip in load_corpus(corpus)]
    recipe = Recipe(n_steps=3, batch_size=4, music_minutes=0.2)
    train(clips, tmp_path / "one.onnx", seeds=[0], recipe=recipe, n_jobs=1)
    (answers,) = Session(tmp_path / "one.onnx").run(np.zeros((1, 80, 100), np.float32))
    assert answers[0, -1].min() > -10.0


def test_the_last_answer_is_the_chance_of_all_labiodentals_together() -> None:
    """Log odds of the sum of what a softmax gives them."""
    phones = torch.randn(1, len(PHONES), 5)
    chance = phones.softmax(1)[:, [PHONES.index(phone) for phone in LABIODENTALS]].sum(1, keepdim=True)
    torch.testing.assert_close(labiodental_log_odds(phones).sigmoid(), chance)


def test_the_network_reaches_as_far_as_it_says() -> None:
    """A change beyond REACH_FRAMES does not matter; inference gives blocks more context than that."""
    network = _stirred(ATTENTIVE, 0).eval()
    mel = torch.randn(1, 80, 800)
    changed = mel.clone()
    changed[..., 200 + REACH_FRAMES + 1 :] += 1.0
    with torch.no_grad():
        assert torch.equal(network(mel)[..., 100], network(changed)[..., 100])
        changed[..., 200 + REACH_FRAMES - 1] += 100.0
        assert not torch.equal(network(mel)[..., 100], network(changed)[..., 100])
    assert REACH_FRAMES <= _CONTEXT_FRAMES


def test_a_pattern_is_found_wherever_it_lies() -> None:
    """The same sound of a shorter vocal tract: what was found at one height is found at the next."""
    torch.manual_seed(0)
    patterns = Patterns().eval()
    heard = torch.zeros(1, 2, 80, 40)
    heard[:, :, 30:42, 10:20] = torch.randn(1, 2, 12, 10)
    moved = heard.roll(PATTERN_STRIDE * MIXED_STRIDE, dims=2)
    with torch.no_grad():
        found, next_found = (
            patterns(sound.reshape(1, 160, 40)).reshape(PATTERNS, N_PLACES, 40) for sound in (heard, moved)
        )
    torch.testing.assert_close(found[:, 2:-3], next_found[:, 3:-2])
    assert not torch.allclose(found[:, 2:-3], next_found[:, 2:-3])


def _stirred(layers: tuple[int, ...], seed: int, *, has_patterns: bool = True) -> ArticulationNetwork:
    """A network whose attention adds something, unlike that of an untrained one."""
    torch.manual_seed(seed)
    network = ArticulationNetwork(layers, has_patterns=has_patterns)
    for layer in network.layers:
        torch.nn.init.normal_(layer.mix.weight, std=0.2)
    return network


@pytest.mark.parametrize("is_on", [True, False])
def test_crops_are_finite_and_full_length(corpus: Path, is_on: bool) -> None:
    """Also from clips shorter than a crop; frames outside the clip are unknown."""
    example = make_examples(load_corpus(corpus))[0]
    random = np.random.default_rng(0)
    for _ in range(20):
        crop = draw_crop(example, Augmentation(is_on=is_on), Room([example.mel], [example.mel]), random)
        assert crop.mel.shape == (CROP_FRAMES, 80)
        assert crop.targets.shape == (CROP_FRAMES // 2, N_TARGETS)
        assert np.isfinite(crop.mel).all()
        assert 0.5 < crop.is_known.mean() <= 1.0


def test_crops_without_a_voice_teach_silence_alone(corpus: Path) -> None:
    """Somebody speaking: no, at every step. The mouth: unknown."""
    example = make_examples(load_corpus(corpus))[0]
    random = np.random.default_rng(0)
    like = draw_crop(example, Augmentation(), Room(), random)
    for room in (Room(), Room(music=[example.mel])):
        crop = draw_voiceless(like, Augmentation(), room, random)
        assert crop.mel.shape == like.mel.shape
        assert np.isfinite(crop.mel).all()
        assert crop.targets[:, SPEAKING].max() == 0.0
        assert crop.is_sound.min() == 1.0
        assert crop.is_known.max() == 0.0


def test_every_other_network_has_attention_and_every_other_pair_patterns() -> None:
    """All four kinds; nothing else differs."""
    recipes = [recipe_of(seed) for seed in range(8)]
    assert [recipe.layers for recipe in recipes] == 4 * [PLAIN, ATTENTIVE]
    assert [recipe.has_patterns for recipe in recipes] == 2 * [True, True, False, False]
    assert len({replace(recipe, layers=PLAIN, has_patterns=True) for recipe in recipes}) == 1
