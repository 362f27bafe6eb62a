"""Sample files: what the demo lip-syncs."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.errors import OutputError
from lipwright.media.audio_reader import read_audio
from lipwright.media.probe import probe
from lipwright.media.video_reader import VideoReader
from lipwright.samples import make_sample
from lipwright.samples.clip import to_picture, write_clip, write_wav
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import speak

TINY = PresenterOptions(width=256, height=192)


def test_sample_is_a_presenter_with_sound_and_another_voice(tmp_path: Path) -> None:
    """Both files play: 5 to 8 s, the exact frame rate, sound as long as the picture."""
    sample = make_sample(tmp_path / "new" / "folder", TINY)
    video = probe(sample.video)
    assert video.need_video().fps == Fraction(25)
    assert (video.need_video().width, video.need_video().height) == (256, 192)
    assert 5 < video.need_video().duration < 8
    assert abs(video.need_audio().duration - video.need_video().duration) < Fraction(1, 10)
    assert 5 < probe(sample.audio).need_audio().duration < 8


def test_sample_needs_a_place_it_can_write(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(OutputError, match="expected a directory"):
        make_sample(blocked, TINY)


def test_clip_shows_the_frames_it_was_given(tmp_path: Path) -> None:
    """Encoding changes a drawn frame only a little, colours included."""
    image = Presenter(TINY).draw(MouthPose(gap=6))
    assert write_clip(tmp_path / "clip.mp4", [image] * 3) == 3
    with VideoReader(tmp_path / "clip.mp4") as reader:
        decoded = [picture.rgb() for picture in reader.read()]
    assert len(decoded) == 3
    assert np.abs(decoded[1].astype(int) - image).mean() < 4


def test_wav_holds_the_spoken_samples(tmp_path: Path) -> None:
    speech = speak(". M AA1 .", sample_rate=16000)
    write_wav(tmp_path / "line.wav", speech)
    np.testing.assert_allclose(read_audio(tmp_path / "line.wav"), speech.samples, atol=1e-4)


def test_picture_has_the_colors_of_the_image() -> None:
    image = Presenter(TINY).draw(MouthPose())
    assert np.abs(to_picture(image).rgb().astype(int) - image).mean() < 3
