"""Input that cannot be worked on: a clear error of the right kind, and nothing left behind."""

import os
import wave
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwright.app.generate import lipsync
from lipwright.errors import LipwrightError, MediaError, NoFaceError, OutputError, UsageError
from lipwright.media.picture import Picture
from lipwright.media.video_writer import VideoFormat, VideoWriter
from lipwright.render.progress import Progress
from tests.footage import Footage


def _faceless(path: Path) -> Path:
    chroma = np.full((60, 80), 128, np.uint8)
    with VideoWriter(path, VideoFormat(160, 120, Fraction(25))) as writer:
        for pts in range(12):
            writer.write(Picture(np.full((120, 160), 90, np.uint8), chroma, chroma), pts)
    return path


def _text(path: Path) -> Path:
    path.write_text("this is not a film")
    return path


def _empty(path: Path) -> Path:
    path.touch()
    return path


def _image(path: Path) -> Path:
    """Of a kind that is not taken for a still either."""
    cv2.imwrite(str(path.with_suffix(".bmp")), np.zeros((40, 40, 3), np.uint8))
    path.with_suffix(".bmp").rename(path)
    return path


def _no_samples(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
    return path


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    return folder / "out.mp4"


def _fails(kind: type[LipwrightError], output: Path, *arguments: object, **options: object) -> str:
    with pytest.raises(kind) as caught:
        lipsync(*arguments, output, **options)  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    assert not output.parent.is_dir() or list(output.parent.iterdir()) == []
    return message


@pytest.mark.parametrize("make", [_text, _empty, _image])
def test_what_is_no_video_is_refused(make, footage: Footage, tmp_path: Path, output: Path) -> None:
    """Text, nothing, and a picture with a video's name."""
    name = tmp_path / "talk.mp4"
    assert "talk.mp4" in _fails(MediaError, output, make(name), footage.audio)


def test_a_missing_video_is_named(footage: Footage, tmp_path: Path, output: Path) -> None:
    """The path that was looked for is in the message."""
    assert "nowhere.mp4" in _fails(MediaError, output, tmp_path / "nowhere.mp4", footage.audio)


def test_a_name_no_file_can_have_is_no_media(footage: Footage, tmp_path: Path, output: Path) -> None:
    """File systems take 255 bytes; more is an error of its own there."""
    _fails(MediaError, output, tmp_path / f"{'n' * 300}.mp4", footage.audio)
    _fails(MediaError, output, footage.video, tmp_path / f"{'n' * 300}.wav")


def test_a_truncated_video_is_refused(footage: Footage, tmp_path: Path, output: Path) -> None:
    """Half of an MP4 that ends before its index."""
    half = tmp_path / "half.mp4"
    half.write_bytes(footage.video.read_bytes()[:3000])
    _fails(MediaError, output, half, footage.audio)


def test_a_damaged_video_gives_what_there_is_and_says_so(footage: Footage, tmp_path: Path) -> None:
    """Bytes lost in the middle: every frame is there, some repeat, and the report tells."""
    data = bytearray(footage.video.read_bytes())
    for place in range(len(data) // 2, len(data) // 2 + 20000, 400):
        data[place : place + 300] = bytes(300)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    report = lipsync(damaged, footage.audio, tmp_path / "out.mp4", model="lipsync-1.9")
    intact = lipsync(footage.video, footage.audio, tmp_path / "intact.mp4", model="lipsync-1.9")
    assert report.n_frames == intact.n_frames
    assert any("damaged" in note for note in report.notes)
    assert not any("damaged" in note for note in intact.notes)


def test_a_video_that_was_cut_short_says_so(footage: Footage, tmp_path: Path) -> None:
    """An MP4 whose index comes first and whose last third never arrived."""
    short = tmp_path / "short.mp4"
    data = footage.video.read_bytes()
    short.write_bytes(data[: len(data) * 2 // 3])
    report = lipsync(short, footage.audio, tmp_path / "out.mp4", model="lipsync-1.9")
    assert any("cut short" in note for note in report.notes)


def test_a_voice_that_was_cut_short_says_so(footage: Footage, tmp_path: Path) -> None:
    """A WAV file whose end never arrived: what is there is used, and its sender is told."""
    short = tmp_path / "short.wav"
    data = footage.audio.read_bytes()
    short.write_bytes(data[: len(data) // 4])
    report = lipsync(footage.video, short, tmp_path / "out.mp4", model="lipsync-1.9")
    announced = len(data) / (48000 * 2)
    said = f"the voice was cut short: {announced * 0.75:.1f} of the {announced:.1f} s that it announces"
    assert [note for note in report.notes if said in note]


def test_sound_in_place_of_a_video_is_refused(footage: Footage, output: Path) -> None:
    """A voice is not a picture."""
    assert "video" in _fails(MediaError, output, footage.audio, footage.audio)


def test_a_silent_film_is_no_voice(footage: Footage, tmp_path: Path, output: Path) -> None:
    """A video without sound cannot be the voice."""
    assert "sound" in _fails(MediaError, output, footage.video, _faceless(tmp_path / "mute.mp4"))


def test_a_voice_without_samples_is_refused(footage: Footage, tmp_path: Path, output: Path) -> None:
    """A WAV header alone."""
    _fails(MediaError, output, footage.video, _no_samples(tmp_path / "hollow.wav"))


def test_no_face_anywhere_is_said(footage: Footage, tmp_path: Path, output: Path) -> None:
    """A wall does not speak."""
    assert "face" in _fails(NoFaceError, output, _faceless(tmp_path / "wall.mp4"), footage.audio)


@pytest.mark.parametrize(
    "options",
    [
        {"model": "sync-99"},
        {"sync_mode": "backwards"},
        {"output_format": "avi"},
        {"max_face_resolution": 8},
        {"prompt": "bored"},
        {"model_mode": "hands"},
    ],
)
def test_options_that_make_no_sense_are_refused(options, footage: Footage, output: Path) -> None:
    """The message names what was given."""
    value = str(next(iter(options.values())))
    assert value in _fails(UsageError, output, footage.video, footage.audio, **options)


def test_an_output_of_another_kind_is_refused_by_its_name(footage: Footage, output: Path) -> None:
    """In words that hold for a shell too."""
    said = _fails(UsageError, output.with_suffix(".mov"), footage.video, footage.audio)
    assert said == "expected an output named .mp4 or .webm, got out.mov; rename it or name its output format"


@pytest.mark.parametrize(("name", "other"), [("out.mp4", "webm"), ("out.WEBM", "mp4")])
def test_a_name_and_a_format_that_differ_are_refused(
    footage: Footage, output: Path, name: str, other: str
) -> None:
    """A file called one thing that is another is taken for damaged by players; both are named."""
    said = _fails(UsageError, output.with_name(name), footage.video, footage.audio, output_format=other)
    assert f"named .{other}, as its output format is {other}, got {name}; rename it" in said


def test_a_folder_that_does_not_exist_is_said_before_the_work(footage: Footage, tmp_path: Path) -> None:
    """Not after an hour of rendering."""
    _fails(OutputError, tmp_path / "missing" / "out.mp4", footage.video, footage.audio)


def test_a_read_only_folder_is_said_before_the_work(
    footage: Footage, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write everywhere but on a read-only file system, which a test cannot make."""
    monkeypatch.setattr(os, "access", lambda path, mode: (Path(path), mode) != (output.parent, os.W_OK))
    seen: list[Progress] = []
    assert "read-only" in _fails(OutputError, output, footage.video, footage.audio, progress=seen.append)
    assert seen == []


def test_the_output_never_replaces_what_is_no_file(footage: Footage, tmp_path: Path) -> None:
    """A device is written to by its users, not replaced: a pipe stands for ``/dev/null`` here."""
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match="device"):
        lipsync(footage.video, footage.audio, pipe)
    assert pipe.is_fifo()


def test_the_output_never_replaces_an_input(footage: Footage) -> None:
    """Writing over the video one reads would lose it."""
    before = footage.video.read_bytes()
    with pytest.raises(UsageError, match="replace an input"):
        lipsync(footage.video, footage.audio, footage.video)
    assert footage.video.read_bytes() == before
