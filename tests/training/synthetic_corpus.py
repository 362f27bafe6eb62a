"""A tiny corpus: buzzing voices whose mouths follow their loudness."""

from pathlib import Path

import numpy as np

from tests.unit.analysis.speech.sounds import RATE, voice


def write_corpus(folder: Path, speakers: dict[str, str], seconds: float = 4.0) -> Path:
    """Writes one clip for each speaker (name to language); returns the corpus folder."""
    (folder / "clips").mkdir(parents=True)
    for seed, (speaker, language) in enumerate(speakers.items()):
        write_clip(folder / "clips" / f"{speaker}.npz", speaker, language, seconds, seed)
    return folder


def write_clip(
    path: Path, speaker: str, language: str, seconds: float, seed: int, *, lost: slice = slice(10, 13)
) -> None:
    """Writes one clip of 25 frames a second; the face is lost in some frames."""
    sound = voice(seconds, seed)
    times = np.arange(round(seconds * 25)) / 25.0
    loudness = np.convolve(np.abs(sound), np.ones(800) / 800, "same")
    gap = 12.0 * loudness[(times * RATE).astype(int)] / loudness.max()
    random = np.random.default_rng(seed)
    feat = np.stack([gap, 50 + gap / 4, 90 + gap / 3, 58 - gap / 9, -39 + gap / 6, 54 + gap, 46 + gap / 5], 1)
    feat += random.normal(0, 0.05, feat.shape)
    is_tracked = np.ones(len(times), bool)
    is_tracked[lost] = False
    feat[~is_tracked] = np.nan
    np.savez(
        path,
        audio=(sound * 32767 / max(1.0, np.abs(sound).max())).astype(np.int16),
        t=times.astype(np.float32),
        feat=feat.astype(np.float16),
        ok=is_tracked,
        speaker=speaker,
        lang=language,
    )
