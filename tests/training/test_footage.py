from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from lipwright.analysis.speech.motion import MouthMotion
from tests.footage import make_short_footage
from training.corpus import load_corpus
from training.footage import Gates, add_video, find_offset, main

OPEN_GATES = Gates(least_r=-1.0, least_prominence=0.0, least_seconds=1.0)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_short_footage(tmp_path_factory.mktemp("footage")).video


def heard(seconds: float, seed: int = 0) -> MouthMotion:
    """A mouth that moves at random, about four times a second."""
    n = round(seconds * 100)
    curves = gaussian_filter1d(np.random.default_rng(seed).normal(size=(n, 7)), 6.0, axis=0)
    return MouthMotion(
        np.asarray(curves, np.float32),
        closure=np.zeros(n, np.float32),
        activity=np.ones(n, np.float32),
        labiodental=np.zeros(n, np.float32),
    )


def seen(motion: MouthMotion, seconds: np.ndarray, late: float) -> np.ndarray:
    """The mouth of that motion in a picture that comes late."""
    steps = np.arange(len(motion.measures)) / 100
    return np.stack([np.interp(seconds - late, steps, column) for column in motion.measures.T], axis=1)


@pytest.mark.parametrize("late", [-0.24, 0.0, 0.13])
def test_the_offset_is_what_the_picture_is_late_by(late: float) -> None:
    """Within one step of 10 ms, and it stands out."""
    motion, seconds = heard(8.0), np.arange(200) / 25.0
    offset = find_offset(seen(motion, seconds, late), seconds, motion)
    assert offset.seconds == pytest.approx(late, abs=0.011)
    assert offset.r > 0.9
    assert offset.prominence > 0.5


def test_another_voice_does_not_pass_the_gates() -> None:
    """A mouth that moves to other words."""
    seconds = np.arange(500) / 25.0
    offset = find_offset(seen(heard(20.0), seconds, 0.0), seconds, heard(20.0, seed=1))
    assert offset.r < Gates().least_r


@pytest.mark.parametrize("n_frames", [0, 1])
def test_no_movement_has_no_offset(n_frames: int) -> None:
    """Nothing to compare."""
    offset = find_offset(np.zeros((n_frames, 7), np.float32), np.arange(n_frames) / 25.0, heard(1.0))
    assert not offset.r >= Gates().least_r


def test_a_video_becomes_a_clip(video: Path, tmp_path: Path) -> None:
    """Two seconds of one face: measured in every frame, its sound beside it."""
    (entry,) = add_video(video, tmp_path, speaker="ann", language="de", gates=OPEN_GATES)
    assert entry.refusal == ""
    (clip,) = load_corpus(tmp_path)
    assert (clip.name, clip.speaker, clip.language) == (entry.name, "ann", "de")
    assert len(clip.seconds) == 50
    assert clip.duration == pytest.approx(2.0, abs=0.5)
    assert clip.measures[:, 0].std() > 0.5


@pytest.mark.parametrize(
    ("gates", "reason"),
    [
        (Gates(least_r=1.0, least_seconds=1.0), "follows the sound with r"),
        (Gates(least_r=-1.0, least_prominence=2.0, least_seconds=1.0), "no offset stands out"),
        (Gates(least_seconds=9.0), "tracked for"),
        (Gates(least_seconds=1.0, least_eye_distance=500.0), "pixels apart"),
    ],
)
def test_footage_that_fails_a_gate_is_left_out(
    video: Path, tmp_path: Path, gates: Gates, reason: str
) -> None:
    """With the reason, and nothing is written."""
    (entry,) = add_video(video, tmp_path, gates=gates)
    assert reason in entry.refusal
    assert not (tmp_path / "clips").exists()


def test_the_command_says_what_it_kept(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each face; exit code 1 if nothing was kept."""
    code = main([str(video), "--output", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "presenter_0" in printed
    assert code == (0 if "1 clips written" in printed else 1)


def test_a_missing_video_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and a sentence."""
    assert main([str(tmp_path / "none.mp4"), "--output", str(tmp_path)]) == 1
    assert "error:" in capsys.readouterr().err
