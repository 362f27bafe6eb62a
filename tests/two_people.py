"""Footage of two drawn people side by side, both talking, with sound, and two voices for them."""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

from lipwright.samples.clip import FPS, NEW_VOICE, OWN_VOICE, write_clip, write_wav
from lipwright.samples.performance import Liveliness, perform
from lipwright.samples.phones import LINES
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import Speech, Voice, speak
from lipwright.samples.visemes import mouth_curves

SECONDS = Fraction(4)
WIDTH, HEIGHT = 640, 240
LEFT, RIGHT = (160.0, 120.0), (480.0, 120.0)
"""Points on the faces, in any frame."""
HALVES = {LEFT: slice(0, WIDTH // 2), RIGHT: slice(WIDTH // 2, WIDTH)}
"""Columns of the picture that each has to itself."""


@dataclass(frozen=True)
class TwoPeople:
    """Two people and two voices."""

    video: Path
    """4 s at 25 frames/s; both speak throughout."""
    one: Path
    """A voice of 1.5 s."""
    other: Path
    """Another, of 1.2 s, in stereo at another rate."""


def make_two_people(folder: Path) -> TwoPeople:
    """Draws and speaks the files into a folder."""
    made = TwoPeople(folder / "two.mp4", folder / "one.wav", folder / "other.wav")
    write_wav(made.one, _start(speak(LINES["baker"], NEW_VOICE, 48000), Fraction(3, 2)))
    write_wav(made.other, _start(speak(LINES["hello"], Voice(pitch=140.0, seed=5), 44100), Fraction(6, 5)))
    speech = speak(LINES["hello"], OWN_VOICE, 48000)
    mouth = mouth_curves(speech.phones, float(FPS), int(speech.seconds * FPS))
    options = PresenterOptions(width=WIDTH // 2, height=HEIGHT, face_height=0.6)
    people = [perform(Presenter(options), mouth, float(FPS), Liveliness(seed=seed)) for seed in (1, 2)]
    images = (np.hstack([one.image, other.image]) for one, other in zip(*people, strict=True))
    write_clip(made.video, islice(images, int(SECONDS * FPS)), FPS, _start(speech, SECONDS))
    return made


def _start(speech: Speech, seconds: Fraction) -> Speech:
    return replace(speech, samples=speech.samples[: int(seconds * speech.sample_rate)])
