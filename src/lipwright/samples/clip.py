"""Sample clips as files: a presenter who speaks a line, and a line in another voice."""

import tempfile
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from lipwright.errors import OutputError
from lipwright.media.frame_clock import FrameClock
from lipwright.media.mux import mux
from lipwright.media.picture import ColorTags, Picture
from lipwright.media.sound_track import ContainerName, SoundTrack
from lipwright.media.video_writer import EncoderOptions, VideoCodec, VideoFormat, VideoWriter
from lipwright.samples.canvas import UInt8Array
from lipwright.samples.performance import Liveliness, perform
from lipwright.samples.phones import LINES
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import Speech, Voice, speak
from lipwright.samples.visemes import mouth_curves

FPS = Fraction(25)
FORMATS: dict[str, tuple[ContainerName, VideoCodec]] = {".mp4": ("mp4", "h264"), ".webm": ("webm", "vp9")}
"""Container and video codec by the name's ending."""
BT_601 = ColorTags(matrix=6, primaries=6, transfer=6)
"""How ``to_picture`` makes Y'CbCr: SMPTE 170M, limited range."""
OWN_VOICE = Voice(pitch=112.0, seed=1)
NEW_VOICE = Voice(pitch=188.0, tract=1.14, tempo=1.04, seed=2)


@dataclass(frozen=True)
class Sample:
    """Files for trying lip-sync."""

    video: Path
    """A presenter who says "hello" with sound, MP4."""
    audio: Path
    """Another voice that says "baker", WAV."""


def make_sample(directory: Path, options: PresenterOptions | None = None) -> Sample:
    """Draws and speaks ``presenter.mp4`` (6 s) and ``line.wav`` (6 s) into a directory.

    Args:
        directory: made if it does not exist; files of these names are replaced.
        options: size and look of the presenter; None is 960 x 720.

    Raises:
        OutputError: the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"expected a directory to write in, got {directory}: {error.strerror}") from error
    sample = Sample(directory / "presenter.mp4", directory / "line.wav")
    write_wav(sample.audio, speak(LINES["baker"], NEW_VOICE, 48000))
    speech = speak(LINES["hello"], OWN_VOICE, 48000)
    presenter = Presenter(options or PresenterOptions(width=960, height=720))
    mouth = mouth_curves(speech.phones, float(FPS), int(speech.seconds * FPS))
    frames = perform(presenter, mouth, float(FPS), Liveliness(seed=1))
    write_clip(sample.video, (frame.image for frame in frames), FPS, speech)
    return sample


def write_clip(
    path: Path, images: Iterable[UInt8Array], fps: Fraction = FPS, speech: Speech | None = None
) -> int:
    """Encodes frames, with sound if there is some.

    Args:
        path: ends in .mp4 (H.264 and AAC) or .webm (VP9 and Opus).
        images: uint8 RGB of one even size, at least one.

    Returns:
        The number of frames.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        container, codec = FORMATS[path.suffix]
        part, sound = Path(scratch, f"part{path.suffix}"), Path(scratch, "sound.wav")
        n_frames = _encode(part, images, fps, EncoderOptions(codec))
        if speech is not None:
            write_wav(sound, speech)
        track = None if speech is None else SoundTrack(sound)
        clock = FrameClock.constant(fps, n_frames)
        mux([part], track, path, clock=clock, container=container)
    return n_frames


def write_wav(path: Path, speech: Speech) -> None:
    """Writes a spoken line as 16-bit mono WAV."""
    values = np.clip(np.round(speech.samples * 32767), -32768, 32767).astype("<i2")
    try:
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(speech.sample_rate)
            file.writeframes(values.tobytes())
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error


def to_picture(image: UInt8Array) -> Picture:
    """A drawn frame as the engine sees pictures.

    Args:
        image: uint8 RGB, shape (height, width, 3), even sizes.
    """
    height, width = image.shape[:2]
    planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8).reshape(-1)
    luma, blue, red = np.split(planes, [height * width, height * width * 5 // 4])
    half = (height // 2, width // 2)
    return Picture(luma.reshape(height, width), blue.reshape(half), red.reshape(half), BT_601)


def _encode(path: Path, images: Iterable[UInt8Array], fps: Fraction, options: EncoderOptions) -> int:
    pictures = map(to_picture, images)
    first = next(pictures)
    form = VideoFormat(first.width, first.height, fps, color=BT_601)
    with VideoWriter(path, form, options) as writer:
        writer.write(first, 0)
        n_frames = 1
        for picture in pictures:
            writer.write(picture, n_frames)
            n_frames += 1
    return n_frames
