"""The main job from file to file, on the project's own presenter."""

import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.app.generate import lipsync
from lipwright.measures import Measure
from lipwright.media.audio_reader import read_audio
from lipwright.media.probe import probe
from lipwright.media.video_reader import VideoReader
from lipwright.render.progress import JOB_STAGES, Progress
from lipwright.render.report import Report
from lipwright.timebase import frame_count
from tests.footage import Footage


@pytest.fixture(scope="module")
def dubbed(footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return lipsync(footage.video, footage.audio, tmp_path_factory.mktemp("dubbed") / "out.mp4")


def _voice_of(path: Path, seconds: float) -> Path:
    """The first seconds of silence as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(2 * round(16000 * seconds)))
    return path


def _gap(path: Path) -> np.ndarray:
    """The gap of the one mouth in a video, mm, NaN where it is not seen."""
    with VideoReader(path) as reader, FaceAnalyzer() as analyzer:
        for picture in reader.read():
            analyzer.push(picture)
        analysis = analyzer.finish()
    gap = np.full(analysis.n_frames, np.nan)
    for track in analysis.tracks.values():
        gap[track.start : track.stop] = track.measures[:, Measure.GAP]
    return gap


def test_the_mouth_follows_what_was_asked_for(dubbed: Report) -> None:
    """The gap measured on the decoded output moves with the wanted curve, neither late nor early."""
    curve = dubbed.curves[0]
    wanted = np.array(curve.wanted_gap_mm)
    measured = _gap(dubbed.output)[: len(wanted)]
    strength = np.array(curve.strength)
    use = (strength == 1) & np.isfinite(measured)
    assert use.mean() > 0.8

    def agreement(lag: int) -> float:
        shifted = np.roll(wanted, lag)
        return float(np.corrcoef(shifted[use], measured[use])[0, 1])

    assert agreement(0) >= 0.9
    assert max(range(-3, 4), key=agreement) in (-1, 0, 1)


def test_size_rate_and_length_are_exact(dubbed: Report, footage: Footage) -> None:
    """Same picture size and rate as the source; as many frames as cover the voice."""
    source, result = probe(footage.video).need_video(), probe(dubbed.output).need_video()
    voice = probe(footage.audio).need_audio().duration
    assert (result.width, result.height, result.fps) == (source.width, source.height, source.fps)
    assert abs(voice - source.duration) > 1 / source.fps, "the voice must decide the length here"
    assert result.n_frames == dubbed.n_frames == frame_count(voice, source.fps)
    with VideoReader(dubbed.output) as reader:
        assert sum(1 for _ in reader.read()) == result.n_frames


def test_the_new_voice_is_heard(dubbed: Report, footage: Footage) -> None:
    """The sound of the output is the new voice, in step."""
    ours, voice = read_audio(dubbed.output), read_audio(footage.audio)
    n = min(len(ours), len(voice))
    assert np.corrcoef(ours[:n], voice[:n])[0, 1] > 0.95


def test_equal_jobs_give_equal_files(dubbed: Report, footage: Footage, tmp_path: Path) -> None:
    """Nothing is left to chance: the same bytes again."""
    again = lipsync(footage.video, footage.audio, tmp_path / "again.mp4")
    assert again.output.read_bytes() == dubbed.output.read_bytes()


def test_lipsync_2_pro_has_the_encoder_keep_texture(
    dubbed: Report, short_footage: Footage, tmp_path: Path
) -> None:
    """What x264 notes in the file of how it was set: the grain that was drawn is not smoothed away."""
    output = tmp_path / "pro.mp4"
    lipsync(short_footage.video, short_footage.audio, output, model="lipsync-2-pro")
    assert b"deblock=1:-1:-1" in dubbed.output.read_bytes()
    assert b"deblock=1:-2:-2" in output.read_bytes()


def test_silence_gives_shut_and_still_lips(footage: Footage, tmp_path: Path) -> None:
    """Five seconds of silence over a talking face: the old speech is gone."""
    report = lipsync(footage.video, _voice_of(tmp_path / "silence.wav", 5.0), tmp_path / "out.mp4")
    gap = _gap(report.output)
    is_at_rest = (gap < 1.0)[1:] & (np.abs(np.diff(gap)) < 0.5)
    assert is_at_rest.mean() >= 0.95


@pytest.mark.parametrize(
    ("mode", "seconds", "n_frames"),
    [
        ("bounce", 8.0, 200),
        ("loop", 8.0, 200),
        ("silence", 8.0, 200),
        ("remap", 8.0, 200),
        ("cut_off", 8.0, 0),  # 0: the length of the video
        ("bounce", 2.0, 50),
        ("remap", 2.0, 50),
        ("silence", 2.0, 0),
    ],
)
def test_every_sync_mode_gives_its_length(
    footage: Footage, tmp_path: Path, mode: str, seconds: float, n_frames: int
) -> None:
    """The table of the published API, frame by frame."""
    voice = _voice_of(tmp_path / "voice.wav", seconds)
    report = lipsync(footage.video, voice, tmp_path / "out.mp4", model="lipsync-1.9", sync_mode=mode)
    expected = n_frames or probe(footage.video).need_video().n_frames
    result = probe(report.output)
    assert result.need_video().n_frames == expected
    assert abs(result.need_audio().duration - expected / Fraction(25)) <= Fraction(1, 20)


def test_webm_is_made_of_vp9_and_opus(footage: Footage, tmp_path: Path) -> None:
    """The name of the output chooses the container."""
    report = lipsync(footage.video, footage.audio, tmp_path / "out.webm", model="lipsync-1.9")
    found = probe(report.output)
    assert (found.need_video().codec, found.need_audio().codec) == ("vp9", "opus")
    assert found.need_video().n_frames == report.n_frames


def test_the_sound_of_another_video_will_do(footage: Footage, tmp_path: Path) -> None:
    """A voice may come in any container."""
    report = lipsync(footage.video, footage.video, tmp_path / "out.mp4", model="lipsync-1.9")
    assert report.n_frames == probe(footage.video).need_video().n_frames


def test_chunks_join_without_a_seam(footage: Footage, tmp_path: Path) -> None:
    """More than one chunk: every frame is there, in order, and the stamps rise evenly."""
    report = lipsync(
        footage.video, _voice_of(tmp_path / "long.wav", 23.0), tmp_path / "out.mp4", model="lipsync-1.9"
    )
    info = probe(report.output).need_video()
    assert info.n_frames == 575
    assert not info.is_variable_rate


def test_progress_runs_through_every_stage_in_order(footage: Footage, tmp_path: Path) -> None:
    """Each stage ends complete, and none goes backwards."""
    seen: list[Progress] = []
    lipsync(footage.video, footage.audio, tmp_path / "out.mp4", model="lipsync-1.9", progress=seen.append)
    stages = list(dict.fromkeys(step.stage for step in seen))
    assert tuple(stages) == JOB_STAGES
    for stage in stages:
        done = [step.done for step in seen if step.stage == stage]
        assert done == sorted(done)
        assert done[-1] == next(step.total for step in reversed(seen) if step.stage == stage)


def test_a_listener_may_stop_the_job_and_nothing_is_left(footage: Footage, tmp_path: Path) -> None:
    """Raising from the listener ends the job without an output."""

    class StopError(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.stage == "render" and progress.done > 10:
            raise StopError

    with pytest.raises(StopError):
        lipsync(footage.video, footage.audio, tmp_path / "out.mp4", progress=stop)
    assert list(tmp_path.iterdir()) == []
