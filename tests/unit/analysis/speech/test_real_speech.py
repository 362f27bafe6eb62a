import json
import wave
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.constraints import at_times, perform
from lipwright.analysis.speech.motion import MouthMotion
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
BILABIALS, LABIODENTALS = ("P", "B", "M"), ("F", "V")

Heard = list[tuple[MouthMotion, list[tuple[str, float, float]]]]

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


@pytest.fixture(scope="module")
def heard() -> Heard:
    """What is heard of each recording, and its phones."""
    return [
        (articulate(samples(MEDIA / "audio" / sound)), phones(MEDIA / "transcripts" / transcript))
        for sound, transcript in CLIPS.items()
    ]


def closed(motion: MouthMotion, aligned: list[tuple[str, float, float]]) -> list[tuple[str, bool]]:
    """Of every phone that a frame of 25 a second meets, whether one shows closed lips."""
    performance = perform(motion, population_style())
    times = np.arange(0, len(performance) / 100, 1 / FPS)
    is_closed = at_times(performance, times)[:, Measure.GAP] < CLOSED_GAP_MM
    found = []
    for name, start, end in aligned:
        # Aligners put the border of a stop anywhere within a frame of video.
        is_bilabial = name in BILABIALS
        shown = (times >= start - 0.04 * is_bilabial) & (times <= end + 0.02 * is_bilabial)
        if name != "SIL" and shown.any():
            found.append((name, bool(is_closed[shown].any())))
    return found


def test_bilabials_close_the_lips_and_most_other_phones_do_not(heard: Heard) -> None:
    """On aligned speech, at 25 frames a second: /p b m/ at least 95 %, other phones at most half."""
    shown = [phone for one in heard for phone in closed(*one)]
    assert np.mean([is_closed for name, is_closed in shown if name in BILABIALS]) >= 0.95
    assert np.mean([is_closed for name, is_closed in shown if name not in BILABIALS]) <= 0.5


def test_most_labiodentals_leave_the_lips_ajar(heard: Heard) -> None:
    """/f v/ look like /p b m/ in less than half of all cases (51 phones); without tucks two in three did."""
    shown = [phone for one in heard for phone in closed(*one)]
    assert np.mean([is_closed for name, is_closed in shown if name in LABIODENTALS]) <= 0.45


def test_labiodentals_are_likelier_than_other_phones(heard: Heard) -> None:
    """By the highest probability within each: AUC over 51 /f v/ and 1157 others, and what 0.4 says."""
    highest: dict[bool, list[float]] = {True: [], False: []}
    for motion, aligned in heard:
        for name, start, end in aligned:
            own = motion.labiodental[round(start * 100) : round(end * 100)]
            if name != "SIL" and len(own):
                highest[name in LABIODENTALS].append(float(own.max()))
    those, others = np.array(highest[True]), np.array(highest[False])
    assert (those[:, None] > others).mean() >= 0.85
    assert (those >= 0.4).mean() >= 0.3
    assert (others < 0.4).mean() >= 0.98
