"""The project's own presenter and other voices, small enough for tests of the whole."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

from lipwright.samples import make_sample
from lipwright.samples.clip import FPS, NEW_VOICE, OWN_VOICE, write_clip, write_wav
from lipwright.samples.mouth import MouthPose
from lipwright.samples.performance import Liveliness, perform
from lipwright.samples.phones import LINES
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import Speech, speak
from lipwright.samples.visemes import mouth_curves

SHORT_VIDEO_SECONDS = Fraction(2)
SHORT_AUDIO_SECONDS = Fraction(8, 5)
_SMALL = PresenterOptions(width=320, height=240)


@dataclass(frozen=True)
class Footage:
    """A presenter, and another voice for her."""

    video: Path
    audio: Path


def make_footage(folder: Path) -> Footage:
    """6 s at 25 frames/s, 480 x 360, speaking, with sound; and a voice of 5.5 s."""
    sample = make_sample(folder, PresenterOptions(width=480, height=360))
    return Footage(sample.video, sample.audio)


def make_short_footage(folder: Path) -> Footage:
    """2 s at 25 frames/s, 320 x 240, speaking, with sound; and a voice of 1.6 s: the output has 40 frames."""
    speech = speak(LINES["hello"], OWN_VOICE, 48000)
    mouth = mouth_curves(speech.phones, float(FPS), int(speech.seconds * FPS))
    frames = perform(Presenter(_SMALL), mouth, float(FPS), Liveliness(seed=1))
    images = (frame.image for frame in islice(frames, int(SHORT_VIDEO_SECONDS * FPS)))
    voice = _start(speak(LINES["baker"], NEW_VOICE, 48000), SHORT_AUDIO_SECONDS)
    return _written(folder, images, FPS, voice, own=_start(speech, SHORT_VIDEO_SECONDS))


def make_slow_footage(folder: Path) -> Footage:
    """Many chunks, little work: 2 s at 5 frames/s without sound, and a voice of 25 s.

    The output has 125 frames, in three chunks of 41, 42 and 42.
    """
    presenter = Presenter(replace(_SMALL, face_height=0.6))
    images = (presenter.draw(MouthPose(gap=k % 6)) for k in range(10))
    samples = np.random.default_rng(0).normal(0, 0.05, 25 * 16000).astype(np.float32)
    return _written(folder, images, Fraction(5), Speech(samples, 16000, []))


def _written(
    folder: Path, images: Iterable[np.ndarray], fps: Fraction, voice: Speech, own: Speech | None = None
) -> Footage:
    made = Footage(folder / "presenter.mp4", folder / "line.wav")
    write_wav(made.audio, voice)
    write_clip(made.video, images, fps, own)
    return made


def _start(speech: Speech, seconds: Fraction) -> Speech:
    return replace(speech, samples=speech.samples[: int(seconds * speech.sample_rate)])
