from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.speech.articulation import ArticulationOptions, articulate
from lipwright.errors import InstallationError, UsageError
from lipwright.inference.session import Session
from tests.unit.analysis.speech.sounds import silence, voice


@pytest.mark.parametrize("n_samples", [0, 1, 159, 160, 161, 16_001])
def test_motion_covers_the_sound(n_samples: int) -> None:
    """n = ceil(duration * 100) steps, for every length, in float32 and finite."""
    motion = articulate(voice(2.0)[:n_samples])
    n = -(-n_samples // 160)
    assert motion.measures.shape == (n, 7)
    assert np.isfinite(motion.measures).all()
    assert motion.measures.dtype == np.float32
    for chance in (motion.closure, motion.activity, motion.labiodental):
        assert chance.shape == (n,)
        assert chance.dtype == np.float32
        assert np.all((chance >= 0) & (chance <= 1))


@pytest.mark.parametrize("block_frames", [2, 100, 334])
def test_blocks_leave_no_seam(block_frames: int) -> None:
    """Heard in blocks or at once: the same within 1e-4."""
    sound = voice(4.0)
    whole = articulate(sound)
    blocks = articulate(sound, options=ArticulationOptions(block_frames=block_frames))
    np.testing.assert_allclose(blocks.measures, whole.measures, atol=1e-4)
    np.testing.assert_allclose(blocks.closure, whole.closure, atol=1e-4)
    np.testing.assert_allclose(blocks.activity, whole.activity, atol=1e-4)
    np.testing.assert_allclose(blocks.labiodental, whole.labiodental, atol=1e-4)


def test_gain_does_not_change_the_motion() -> None:
    """20 dB quieter is the same speech."""
    sound = voice(3.0)
    loud, quiet = articulate(sound), articulate(sound * 0.1)
    np.testing.assert_allclose(quiet.measures, loud.measures, atol=0.02)
    np.testing.assert_allclose(quiet.activity, loud.activity, atol=0.02)


def test_a_delay_delays_the_motion() -> None:
    """A second of silence first: the same motion a second later, away from the start."""
    sound = voice(3.0)
    late = articulate(np.concatenate([silence(1.0), sound]))
    np.testing.assert_allclose(late.measures[180:400], articulate(sound).measures[80:300], atol=0.1)


def test_the_mouth_moves_with_speech() -> None:
    """A voice moves the gap; nothing else is known of a synthesized one."""
    assert articulate(voice(3.0)).measures[:, 0].std() > 0.1


def test_nan_is_heard_as_silence() -> None:
    """Damaged samples do not reach the answer."""
    sound, muted = voice(2.0), voice(2.0)
    sound[5000:6000], muted[5000:6000] = np.nan, 0.0
    np.testing.assert_allclose(articulate(sound).measures, articulate(muted).measures, atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.5, 1e-9, np.nan, np.inf])
def test_sound_that_never_changes_is_not_speech(value: float) -> None:
    """Nothing, a constant offset, damage throughout: finite, nobody speaks, no lip is tucked."""
    motion = articulate(silence(5.0) + np.float32(value))
    assert np.isfinite(motion.measures).all()
    assert motion.activity.max() < 0.1
    assert motion.labiodental.max() < 1e-3


def test_a_hiss_that_nobody_makes_is_no_f() -> None:
    """Steady noise is like that phone, but not speech."""
    noise = np.random.default_rng(0).normal(0.0, 0.1, 80_000).astype(np.float32)
    assert articulate(noise).labiodental.max() < 0.1


def test_other_sample_rates_are_refused() -> None:
    """Resampling is the reader's work."""
    with pytest.raises(UsageError, match="16000 Hz expected, found 8000"):
        articulate(silence(1.0), 8000)


@pytest.mark.parametrize("block_frames", [0, -2, 3])
def test_blocks_must_be_even_and_positive(block_frames: int) -> None:
    """The network steps by two frames."""
    with pytest.raises(UsageError, match="even and positive"):
        ArticulationOptions(block_frames=block_frames)


def test_weights_without_labiodentals_still_hear_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were trained before these were asked for: none is heard."""
    sound, run = voice(2.0), Session.run
    now = articulate(sound)
    monkeypatch.setattr(Session, "run", lambda self, mel: [run(self, mel)[0][:, :-1]])
    before = articulate(sound)
    assert now.labiodental.max() > 1e-6 > before.labiodental.max()
    np.testing.assert_array_equal(before.measures, now.measures)
    np.testing.assert_array_equal(before.closure, now.closure)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    """A wrong path is an installation error with a remedy."""
    with pytest.raises(InstallationError, match="found nothing"):
        articulate(silence(1.0), weights=tmp_path / "none.onnx")
