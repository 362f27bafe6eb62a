import json
import wave
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.constraints import at_times, perform
from lipwright.analysis.speech.style import population_style
from lipwright.measures import CLOSED_GAP_MM, Measure

MEDIA = Path(__file__).parents[5] / "shared" / "media"
CLIPS = {
    "en_abstract_38s.wav": "onto_aaai22_abstract.phonemes.json",
    "en_trump_58s.wav": "onto_aaai22_trump.phonemes.json",
    "en_librivox_0870.wav": "librivox_0870.phone.json",
    "en_librivox_0890.wav": "librivox_0890.phone.json",
}
"""All sound at hand whose phones are known."""
FPS = 25

pytestmark = pytest.mark.skipif(not MEDIA.is_dir(), reason="needs the real clips of ../shared/media")


def phones(path: Path) -> list[tuple[str, float, float]]:
    """Name, start and end in seconds."""
    content = json.loads(path.read_text())
    if isinstance(content, dict):  # of pocketsphinx: a sentence, its words, their phones
        found = [phone for word in content["w"] for phone in word["w"]]
        return [(phone["t"], phone["b"], phone["b"] + phone["d"]) for phone in found]
    found = [phone for word in content for phone in word["phones"]]
    return [(phone["ph"], phone["bg"] / 100, phone["ed"] / 100) for phone in found]  # hundredths


def samples(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        values = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return np.asarray(values / 32768.0, np.float32)


def test_bilabials_close_the_lips_and_most_other_phones_do_not() -> None:
    """On aligned speech, at 25 frames a second: /p b m/ at least 95 %, other phones at most half."""
    closes: dict[bool, list[bool]] = {True: [], False: []}
    for sound, transcript in CLIPS.items():
        performance = perform(articulate(samples(MEDIA / "audio" / sound)), population_style())
        times = np.arange(0, len(performance) / 100, 1 / FPS)
        is_closed = at_times(performance, times)[:, Measure.GAP] < CLOSED_GAP_MM
        for name, start, end in phones(MEDIA / "transcripts" / transcript):
            is_bilabial = name in ("P", "B", "M")
            # Aligners put the border of a stop anywhere within a frame of video.
            shown = (times >= start - 0.04 * is_bilabial) & (times <= end + 0.02 * is_bilabial)
            if name != "SIL" and shown.any():
                closes[is_bilabial].append(bool(is_closed[shown].any()))
    assert np.mean(closes[True]) >= 0.95
    assert np.mean(closes[False]) <= 0.5
