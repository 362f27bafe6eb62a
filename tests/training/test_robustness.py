from pathlib import Path

import numpy as np
import pytest

from lipwright.inference.weights import WEIGHTS_FOLDER
from tests.training.synthetic_corpus import write_corpus
from tests.unit.analysis.speech.sounds import RATE, silence, voice
from training.corpus import Clip, load_corpus
from training.robustness import conditions, drums, main, rest_shares, spoilt, strings, synth, talk_box

WEIGHTS = WEIGHTS_FOLDER / "articulation.onnx"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("robustness") / "corpus", {"ann": "en", "bea": "de"})


@pytest.fixture(scope="module")
def clips(corpus: Path) -> list[Clip]:
    return load_corpus(corpus)


def test_every_condition_keeps_length_and_changes_the_sound(clips: list[Clip]) -> None:
    """Finite, as long as before, the same on every run; only the clean one is as it was."""
    for name, spoil in conditions(clips).items():
        once, again = spoilt(clips, spoil), spoilt(clips, spoil)
        for before, after, repeated in zip(clips, once, again, strict=True):
            assert after.samples.shape == before.samples.shape
            assert np.isfinite(after.samples).all()
            np.testing.assert_array_equal(after.samples, repeated.samples)
            assert np.allclose(after.samples, before.samples) == (name == "clean")


def test_silence_survives_every_condition(clips: list[Clip]) -> None:
    """No division by nothing."""
    random = np.random.default_rng(0)
    for spoil in conditions(clips).values():
        assert np.isfinite(spoil(silence(1.0), random)).all()


def test_a_background_is_ten_decibels_below(clips: list[Clip]) -> None:
    """RMS of what was added against the voice."""
    sound = voice(3.0)
    added = conditions(clips)["babble 10 dB"](sound, np.random.default_rng(0)) - sound
    assert 20 * np.log10(sound.std() / added.std()) == pytest.approx(10.0, abs=0.5)


@pytest.mark.parametrize("make", [strings, synth, talk_box, drums])
def test_music_is_of_unit_loudness(make) -> None:
    """Whatever its length."""
    for n in (RATE, 5 * RATE + 7):
        sound = make(n, np.random.default_rng(0))
        assert sound.shape == (n,)
        assert np.sqrt((sound**2).mean()) == pytest.approx(1.0, abs=1e-3)


def test_the_shipped_ear_rests_while_nobody_speaks() -> None:
    """Silence, hiss, strings, drums, a filter that sweeps like a mouth: lips closed in 97 % of the time."""
    shares = rest_shares(WEIGHTS, seconds=20.0)
    assert set(shares) == {"silence", "hiss", "strings", "drums", "synth", "talk box"}
    assert min(shares.values()) >= 0.97


def test_the_command_prints_a_line_for_each_condition(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And one for each sound without a voice."""
    main([str(corpus)])
    printed = capsys.readouterr().out
    for name in ("clean", "telephone", "clipped", "minute of strings"):
        assert name in printed
