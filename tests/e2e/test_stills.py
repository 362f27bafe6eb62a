"""A still picture and a voice, from file to file."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.app.generate import lipsync
from lipwright.errors import MediaError, NoFaceError, UsageError
from lipwright.measures import Measure
from lipwright.media.probe import probe
from lipwright.media.still import load_still
from lipwright.media.video_reader import VideoReader
from lipwright.render.report import Report
from lipwright.samples.clip import NEW_VOICE, write_wav
from lipwright.samples.speech import speak
from tests.picture_files import encoded, png_of_size, png_with, portrait, shades, write_picture
from tests.unit.media.synthetic import encode_video

LINE = ". M AA1 M EH1 B AO1 T IY1 P AA1 M ."


@dataclass(frozen=True)
class Inputs:
    picture: Path
    """A portrait, 320 x 400, lips shut."""
    voice: Path
    silence: Path
    """0.4 s."""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("still")
    write_wav(folder / "voice.wav", speak(LINE, NEW_VOICE))
    with wave.open(str(folder / "silence.wav"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 6400))
    picture = write_picture(folder / "portrait.png", portrait())
    return Inputs(picture, folder / "voice.wav", folder / "silence.wav")


def _sync(inputs: Inputs, output: Path, **options: object) -> Report:
    values = {"video": inputs.picture, "audio": inputs.voice, "model": "sync-3", **options}
    return lipsync(output=output, **values)  # type: ignore[arg-type]


def _frames(path: Path) -> list[np.ndarray]:
    with VideoReader(path) as reader:
        return [picture.luma for picture in reader.read()]


@pytest.fixture(scope="module")
def spoken(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Without a word on the model: a still has its own default."""
    output = tmp_path_factory.mktemp("spoken") / "out.mp4"
    return lipsync(inputs.picture, inputs.voice, output)


def test_a_portrait_speaks(spoken: Report) -> None:
    """As long as the voice, at 25 frames a second; the mouth opens and shuts as was asked."""
    report = spoken
    assert report.model == "sync-3"
    info = probe(report.output)
    video = info.need_video()
    assert (video.width, video.height, video.fps) == (320, 400, 25)
    assert info.audio is not None
    assert abs(float(video.duration - info.audio.duration)) < 0.08
    with VideoReader(report.output) as reader, FaceAnalyzer() as analyzer:
        for picture in reader.read():
            analyzer.push(picture)
        (track,) = analyzer.finish().tracks.values()
    (curve,) = report.curves
    wanted = np.array(curve.wanted_gap_mm)
    full = np.array(curve.strength) > 0.999
    measured = track.measures[:, Measure.GAP]
    assert full.sum() > 15
    assert np.corrcoef(wanted[full], measured[full])[0, 1] >= 0.85
    assert (measured[full & (wanted < 0.5)] < 1.0).mean() > 0.9
    assert any("was made up" in note for note in report.notes)


def test_sync_mode_makes_no_difference_to_a_still(inputs: Inputs, tmp_path: Path) -> None:
    reports = [_sync(inputs, tmp_path / f"{mode}.webm", sync_mode=mode, idle_motion=False)
               for mode in ("cut_off", "remap")]  # fmt: skip
    assert len({report.n_frames for report in reports}) == 1
    assert reports[0].n_frames > 20


def test_seed_decides_when_people_blink_and_move(inputs: Inputs, spoken: Report, tmp_path: Path) -> None:
    """Equal seeds give equal files."""
    again, other = (_sync(inputs, tmp_path / f"{seed}.mp4", seed=seed).output for seed in (0, 6))
    assert again.read_bytes() == spoken.output.read_bytes()
    assert other.read_bytes() != spoken.output.read_bytes()


def test_still_in_silence_is_the_picture_itself(inputs: Inputs, tmp_path: Path) -> None:
    """Without idle motion nothing is drawn; with it, something lives."""
    report = _sync(inputs, tmp_path / "out.mp4", audio=inputs.silence, idle_motion=False)
    assert report.frames_touched == 0
    assert report.n_frames == 10
    own = load_still(inputs.picture).picture.luma.astype(int)
    assert max(np.abs(frame - own).mean() for frame in _frames(report.output)) < 2  # the encoder's
    assert _sync(inputs, tmp_path / "lives.mp4", audio=inputs.silence).frames_touched > 5


@pytest.mark.parametrize("model", ["lipsync-1.9", "lipsync-2"])
def test_model_that_takes_no_stills_says_which_one_does(inputs: Inputs, tmp_path: Path, model: str) -> None:
    with pytest.raises(UsageError, match=f"expected a video for {model}, found a still .* sync-3"):
        _sync(inputs, tmp_path / "out.mp4", model=model)


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (encoded(shades(320, 240), "jpg"), NoFaceError, "expected a face, found none in this picture"),
        (png_with(encoded(shades(), "png"), b"acTL", bytes(8)), MediaError, "found an animated PNG"),
        (png_of_size(30_000, 20_000), MediaError, "found 30000x20000"),
        (encoded(portrait(), "png")[:5000], MediaError, "cut short or damaged"),
    ],
)
def test_picture_that_cannot_speak_is_one_clear_error(
    inputs: Inputs, tmp_path: Path, data: bytes, error: type[Exception], said: str
) -> None:
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(error, match=said) as caught:
        _sync(inputs, tmp_path / "out.mp4", video=tmp_path / "x.png")
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.png"]


def test_gif_is_refused_with_what_to_do(inputs: Inputs, tmp_path: Path) -> None:
    """It is neither a still nor a video with colours worth keeping."""
    gif = encode_video(tmp_path / "x.gif", "gif", n_frames=4, pixel_format="rgb8")
    with pytest.raises(MediaError, match="found a GIF; save one frame of it as PNG, or convert it to MP4"):
        _sync(inputs, tmp_path / "out.mp4", video=gif)


def test_picture_is_no_voice(inputs: Inputs, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="found a PNG picture"):
        _sync(inputs, tmp_path / "out.mp4", audio=inputs.picture)
