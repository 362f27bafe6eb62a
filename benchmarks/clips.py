"""The clips and voices that are measured on."""

import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lipwright.samples import make_sample

FOREIGN_VOICES = (
    "de_sadtalker.wav",
    "fr_sadtalker.wav",
    "ja_sadtalker.wav",
    "zh_ditto.wav",
    "es_dreamtalk_spanish1.wav",
    "ko_dreamtalk_korean1.wav",
)
SILENCE_SECONDS = 5
PRESENTER = "presenter"
"""Name of the clip that the project draws itself."""


@dataclass(frozen=True)
class Case:
    """One video to be given one voice."""

    video: Path
    voice: Path
    kind: str
    """own, foreign or silence."""

    @property
    def name(self) -> str:
        """Says both, for file names and tables."""
        return f"{self.video.stem}-{self.kind}"


def find_cases(media: Path, output: Path) -> list[list[Case]]:
    """The cases of every real clip of a media folder; of the project's own presenter where there is none.

    Args:
        output: silence, and the presenter if need be, are written here.
    """
    silence = write_silence(output / "silence.wav")
    clips = sorted(path for path in (media / "video").glob("real_*") if path.suffix in (".mp4", ".mpg"))
    if clips:
        return [_cases_of(clip, number, media, silence) for number, clip in enumerate(clips)]
    sample = make_sample(output / "sample")
    voices = {"own": sample.video, "foreign": sample.audio, "silence": silence}
    return [[Case(sample.video, voice, kind) for kind, voice in voices.items()]]


def named_clips(media: Path, names: Sequence[str]) -> list[Path]:
    """The real clips whose names hold one of these parts; where there is none, stderr says so."""
    found = sorted((media / "video").glob("real_*.mp4"))
    clips = [clip for clip in found if any(name in clip.name for name in names)]
    if not clips:
        print(f"none of the clips are under {media}; nothing was measured", file=sys.stderr)
    return clips


def _cases_of(clip: Path, number: int, media: Path, silence: Path) -> list[Case]:
    """A clip with its own voice, with a foreign one (rotating through the languages) and with silence."""
    separate = clip.with_suffix(".wav")
    foreign = media / "audio" / FOREIGN_VOICES[number % len(FOREIGN_VOICES)]
    return [
        Case(clip, separate if separate.exists() else clip, "own"),
        Case(clip, foreign, "foreign"),
        Case(clip, silence, "silence"),
    ]


def write_silence(path: Path) -> Path:
    """Five seconds of nothing, 16 kHz."""
    write_sound(path, np.zeros(16000 * SILENCE_SECONDS, np.int16))
    return path


def write_sound(path: Path, samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> None:
    """Samples at 16 kHz, one channel, as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())
