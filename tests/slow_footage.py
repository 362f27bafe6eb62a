"""A video whose few frames are shown for long: many chunks, little work."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from lipwright.samples.clip import write_clip, write_wav
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import Speech


@dataclass(frozen=True)
class Slow:
    """Few frames that are shown for long."""

    video: Path
    """2 s at 5 frames/s."""
    voice: Path
    """25 s: the output has 125 frames in three chunks of 41, 42 and 42."""


def make_slow(folder: Path) -> Slow:
    made = Slow(folder / "clip.mp4", folder / "long.wav")
    presenter = Presenter(PresenterOptions(width=320, height=240, face_height=0.6))
    write_clip(made.video, [presenter.draw(MouthPose(gap=k % 6)) for k in range(10)], Fraction(5))
    samples = np.random.default_rng(0).normal(0, 0.05, 25 * 16000).astype(np.float32)
    write_wav(made.voice, Speech(samples, 16000, []))
    return made
