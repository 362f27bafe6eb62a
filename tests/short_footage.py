"""The project's own presenter for a second or two: small enough for tests and benchmarks of the server."""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from lipwright.samples.clip import FPS, NEW_VOICE, OWN_VOICE, write_clip, write_wav
from lipwright.samples.performance import Liveliness, perform
from lipwright.samples.phones import LINES
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import Speech, speak
from lipwright.samples.visemes import mouth_curves

VIDEO_SECONDS = Fraction(2)
AUDIO_SECONDS = Fraction(8, 5)


@dataclass(frozen=True)
class ShortFootage:
    """A presenter and another voice."""

    video: Path
    """2 s at 25 frames/s, 320 x 240, speaking, with sound."""
    audio: Path
    """Another voice, 1.6 s: the output has 40 frames."""


def make_short_footage(folder: Path) -> ShortFootage:
    """Draws and speaks the files into a folder."""
    footage = ShortFootage(folder / "presenter.mp4", folder / "line.wav")
    write_wav(footage.audio, _start(speak(LINES["baker"], NEW_VOICE, 48000), AUDIO_SECONDS))
    speech = speak(LINES["hello"], OWN_VOICE, 48000)
    mouth = mouth_curves(speech.phones, float(FPS), int(speech.seconds * FPS))
    presenter = Presenter(PresenterOptions(width=320, height=240))
    frames = perform(presenter, mouth, float(FPS), Liveliness(seed=1))
    images = (frame.image for frame in islice(frames, int(VIDEO_SECONDS * FPS)))
    write_clip(footage.video, images, FPS, _start(speech, VIDEO_SECONDS))
    return footage


def _start(speech: Speech, seconds: Fraction) -> Speech:
    return replace(speech, samples=speech.samples[: int(seconds * speech.sample_rate)])
