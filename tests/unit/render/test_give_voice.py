"""A voice is heard as far as it is used."""

import wave
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.analysis.speech.articulation import articulate
from lipwright.engines import registry
from lipwright.engines.base import Scene
from lipwright.media.audio_reader import read_audio, read_audio_blocks
from lipwright.render import give_voice
from lipwright.render.give_voice import Seen, hear
from lipwright.render.job import RenderJob, probe_inputs, timeline_of
from lipwright.render.timing import SyncMode
from lipwright.samples.clip import write_clip
from lipwright.samples.speech import Speech
from tests.unit.analysis.speech.sounds import RATE, voice


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    """Two seconds of video, and a voice of two minutes of which they show the beginning."""
    video, sound = tmp_path / "video.mp4", tmp_path / "voice.wav"
    quiet = Speech(np.zeros(2 * RATE, np.float32), RATE, ())
    write_clip(video, [np.full((64, 64, 3), 90, np.uint8)] * 50, Fraction(25), quiet)
    with wave.open(str(sound), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.resize(voice(7.0), 120 * RATE) * 20_000).astype(np.int16).tobytes())
    engine = registry.engine("lipsync-2")
    job = RenderJob(video, sound, tmp_path / "out.mp4", engine, sync_mode=SyncMode.CUT_OFF)
    inputs = probe_inputs(job)
    scene = Scene(FaceAnalysis(50, [0], {}), engine.new_bank(), {})
    return Seen(job, inputs, scene, timeline_of(job, inputs), 50)


def test_of_a_long_voice_that_is_cut_off_only_the_beginning_is_read(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four hours of it took 1.2 GB. What follows what is used is heard for a minute at most, as context."""
    n_read = 0

    def counted(path: Path, **options: Fraction) -> Iterator[np.ndarray]:
        nonlocal n_read
        for block in read_audio_blocks(path, **options):
            n_read += len(block) if path == seen.job.audio else 0
            yield block

    monkeypatch.setattr(give_voice, "read_audio_blocks", counted)
    ((motion, _),) = hear(seen, None).parts
    assert 2 * RATE <= n_read <= 62 * RATE
    assert 200 <= len(motion.closure) <= 6200


def test_of_a_long_source_only_what_was_looked_at_is_heard(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short voice on a film: its first seconds are seen, and the sound of hours was read."""
    wanted: list[Fraction | None] = []

    def noted(path: Path, **options: Fraction) -> Iterator[np.ndarray]:
        if path == seen.job.video:
            wanted.append(options["most_seconds"])
        return read_audio_blocks(path, **options)

    monkeypatch.setattr(give_voice, "read_audio_blocks", noted)
    assert hear(replace(seen, n_seen=25), None).source is not None
    assert wanted[0] is not None
    assert 1 <= wanted[0] <= 61


def test_what_is_used_is_heard_as_in_the_whole(seen: Seen) -> None:
    """The level and the noise round it count, so that a little more is listened to."""
    ((motion, _),) = hear(seen, None).parts
    whole = articulate(read_audio(seen.job.voice))
    np.testing.assert_allclose(motion.measures[:200], whole.measures[:200], atol=2e-3)
    np.testing.assert_allclose(motion.activity[:200], whole.activity[:200], atol=2e-3)
