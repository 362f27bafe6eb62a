"""Scoring files: a drawn presenter whose mouth is known to follow its own voice."""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.sync_judge import Verdict
from lipwright.app.score import Score, score
from lipwright.errors import MediaError, NoFaceError, UsageError
from lipwright.media.audio_reader import read_audio
from lipwright.render.progress import Progress
from lipwright.samples.clip import write_clip, write_wav
from lipwright.samples.performance import perform
from lipwright.samples.phones import LINES
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import Speech, speak
from lipwright.samples.visemes import mouth_curves

N_FRAMES = 75


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of a presenter who says her line."""
    path = tmp_path_factory.mktemp("score") / "presenter.mp4"
    speech = speak(LINES["hello"], sample_rate=16000)
    presenter = Presenter(PresenterOptions(width=320, height=240))
    frames = perform(presenter, mouth_curves(speech.phones, 25.0, N_FRAMES), 25.0)
    write_clip(path, (frame.image for frame in frames), Fraction(25), speech)
    return path


@pytest.fixture(scope="module")
def scored(clip: Path) -> Score:
    """The clip scored with itself as reference."""
    return score(clip, reference=clip)


def test_a_presenter_follows_her_own_voice(scored: Score) -> None:
    """She is seen throughout and her mouth goes with the sound at no great lag."""
    assert scored.picture.n_frames == N_FRAMES
    assert scored.picture.seen_share == 1.0
    assert scored.sync.best_r > 0.3
    assert abs(scored.sync.av_offset) < 0.2


def test_of_a_long_voice_only_what_the_video_shows_is_read(
    clip: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Four hours of sound beside five seconds of video took 2 GB; a minute after those is heard at most."""
    sound, n_read = tmp_path / "long.wav", 0
    speech = speak(LINES["hello"], sample_rate=16000)
    write_wav(sound, Speech(np.resize(speech.samples, 120 * 16000), 16000, ()))

    def counted(path: Path, **options: Fraction) -> np.ndarray:
        nonlocal n_read
        samples = read_audio(path, **options)
        n_read = len(samples)
        return samples

    monkeypatch.setattr("lipwright.app.score.read_audio", counted)
    found = score(clip, sound)
    assert 3 * 16000 <= n_read <= 63 * 16000
    assert found.sync.best_r > 0.3


def test_a_late_sound_is_found_with_its_sign(tmp_path: Path) -> None:
    """All of her line, and the same sound 200 ms late: within one frame, and said in words."""
    path, late = tmp_path / "talk.mp4", tmp_path / "late.wav"
    speech = speak(LINES["baker"], sample_rate=16000)
    presenter = Presenter(PresenterOptions(width=320, height=240))
    frames = perform(presenter, mouth_curves(speech.phones, 25.0, 160), 25.0)
    write_clip(path, (frame.image for frame in frames), Fraction(25), speech)
    write_wav(late, Speech(np.concatenate([np.zeros(3200, np.float32), speech.samples]), 16000, ()))
    straight, moved = score(path).sync, score(path, late).sync
    assert straight.opinion.verdict is Verdict.IN_SYNC
    assert moved.opinion.verdict is Verdict.OFF
    assert moved.av_offset == pytest.approx(0.2, abs=0.04)
    assert "late" in moved.opinion.sentence()


def test_a_video_is_as_sharp_and_as_steady_as_itself(scored: Score) -> None:
    steadiness = scored.steadiness
    assert steadiness.sharpness_ratio == pytest.approx(1.0, abs=0.02)  # beside the median of its like
    assert steadiness.lip_flicker_ratio == pytest.approx(1.0, abs=0.1)
    assert steadiness.skin_flicker_ratio == pytest.approx(1.0)


def test_curves_have_a_value_for_every_frame(scored: Score) -> None:
    curves = scored.curves
    assert len(curves.seconds) == len(curves.gap_mm) == len(curves.predicted_mm) == N_FRAMES


def test_progress_reaches_its_end(clip: Path) -> None:
    heard: list[Progress] = []
    score(clip, progress=heard.append)
    assert heard[-1] == Progress("analyse", N_FRAMES, N_FRAMES)


def test_a_silent_video_needs_a_voice(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    write_clip(path, [np.zeros((64, 64, 3), np.uint8)] * 3)
    with pytest.raises(MediaError, match="expected sound"):
        score(path)


def test_a_video_without_a_face_says_so(tmp_path: Path) -> None:
    path = tmp_path / "blank.mp4"
    write_clip(path, [np.full((64, 64, 3), 90, np.uint8)] * 8, Fraction(25), speak(LINES["hello"]))
    with pytest.raises(NoFaceError, match="expected a face"):
        score(path)


def test_a_reference_of_another_size_is_refused(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.mp4"
    write_clip(path, [np.zeros((64, 64, 3), np.uint8)] * 3)
    with pytest.raises(UsageError, match="expected a reference of 320x240"):
        score(clip, reference=path)


def test_silence_fits_any_mouth(clip: Path, tmp_path: Path) -> None:
    """Without speech nothing can be said of sync: no figure, rather than a chance one."""
    silence = tmp_path / "silence.wav"
    write_wav(silence, Speech(np.zeros(48000, np.float32), 16000, ()))
    result = score(clip, silence)
    assert np.isnan(result.sync.r)
    assert np.isnan(result.sync.best_r)
    result.write_html(tmp_path / "score.html")
    assert all("nan" not in cell for row in result.rows() for cell in row)


def test_a_mouth_that_cannot_be_read_has_no_figures(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a moustache or behind a hand throughout: seen, but nothing is said of the gap."""
    monkeypatch.setattr(Looks, "agree", property(lambda _: False))
    found = score(clip)
    assert found.picture.seen_share == 1.0
    assert all(gap is None for gap in found.curves.gap_mm)
    assert math.isnan(found.silence.rest_share)
    assert found.silence.n_unread > 0
