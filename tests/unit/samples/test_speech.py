"""The synthetic voice: spoken lines whose timing is known, and the mouth that goes with them."""

from itertools import pairwise

import numpy as np
import pytest

from lipwright.samples.phones import CLOSED_PHONES, LINES, PHONES, time_phones
from lipwright.samples.speech import Speech, Voice, speak
from lipwright.samples.visemes import idle_mouth, mouth_curves


def loudness(speech: Speech, start: float, stop: float) -> float:
    part = speech.samples[round(start * speech.sample_rate) : round(stop * speech.sample_rate)]
    return float(np.sqrt(np.mean(part.astype(float) ** 2)))


def spectral_center(samples: np.ndarray, sample_rate: int) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float((np.fft.rfftfreq(len(samples), 1 / sample_rate) * power).sum() / power.sum())


@pytest.mark.parametrize("name", LINES)
def test_every_line_can_be_spoken(name: str) -> None:
    speech = speak(LINES[name])
    assert 4.0 < speech.seconds < 8.0
    assert np.isfinite(speech.samples).all()
    assert 0.5 < np.abs(speech.samples).max() <= 1.0


def test_phones_follow_each_other_without_holes() -> None:
    phones = speak().phones
    assert phones[0].start == 0.0
    assert all(first.stop == second.start for first, second in pairwise(phones))


@pytest.mark.parametrize("sample_rate", [16000, 48000])
def test_sound_lasts_as_long_as_its_phones(sample_rate: int) -> None:
    speech = speak(LINES["piano"], sample_rate=sample_rate)
    assert speech.samples.dtype == np.float32
    assert len(speech.samples) == round(speech.phones[-1].stop * sample_rate)


def test_vowels_are_loud_and_pauses_are_quiet() -> None:
    """The envelope of speech is there: pauses at least 40 dB below vowels."""
    speech = speak()
    pauses = [loudness(speech, p.start + 0.1, p.stop - 0.05) for p in speech.phones if p.name == "."]
    vowels = [loudness(speech, p.start, p.stop) for p in speech.phones if p.name in {"AA", "AE", "AY"}]
    assert max(pauses) < min(vowels) / 100


def test_stops_are_quiet_before_their_burst() -> None:
    speech = speak(LINES["hello"])
    held = [loudness(speech, p.start + 0.02, p.stop - 0.035) for p in speech.phones if p.name == "P"]
    assert max(held) < 0.3 * loudness(speech, 0.3, speech.seconds - 0.3)


def test_s_hisses_higher_than_a_vowel() -> None:
    speech = speak(". S S S AA1 AA1 .")
    s, a = speech.phones[2], speech.phones[5]
    rate = speech.sample_rate
    centers = [
        spectral_center(speech.samples[int(p.start * rate) : int(p.stop * rate)], rate) for p in (s, a)
    ]
    assert centers[0] > 4000
    assert centers[1] < 1500


@pytest.mark.parametrize(("phone", "first", "second"), [("IY1", 270, 2290), ("AA1", 730, 1090)])
def test_vowels_ring_at_their_formants(phone: str, first: float, second: float) -> None:
    """The strongest harmonics near the first two formants stand out from the valley between or above them."""
    speech = speak(f"{phone} {phone} {phone} {phone}", Voice(pitch=80))
    middle = speech.samples[len(speech.samples) // 4 : -len(speech.samples) // 4]
    power = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
    hertz = np.fft.rfftfreq(len(middle), 1 / speech.sample_rate)

    def level(frequency: float) -> float:
        return float(power[(hertz > frequency - 120) & (hertz < frequency + 120)].max())

    valley = (first + second) / 2 if second - first > 600 else second + 700
    assert level(first) > 4 * level(valley)
    assert level(second) > 2 * level(valley)


def test_voices_differ_in_pitch() -> None:
    """A source voice and a new voice can be told apart by their lowest harmonic."""

    def pitch(voice: Voice) -> float:
        samples = speak("AA1 AA1 AA1 AA1 AA1", voice).samples.astype(float)
        samples = np.convolve(samples, np.ones(40), "same")  # 2.5 ms: leaves the voice, removes the formants
        echo = np.correlate(samples, samples, "full")[len(samples) :]
        shortest = 16000 // 400
        return 16000 / (shortest + int(np.argmax(echo[shortest : 16000 // 60])) + 1)

    assert pitch(Voice(pitch=100)) == pytest.approx(100, rel=0.2)
    assert pitch(Voice(pitch=210, tract=1.15)) == pytest.approx(210, rel=0.2)


def test_same_voice_says_a_line_the_same_way() -> None:
    np.testing.assert_array_equal(speak(voice=Voice(seed=4)).samples, speak(voice=Voice(seed=4)).samples)
    assert not np.array_equal(speak(voice=Voice(seed=4)).samples, speak(voice=Voice(seed=5)).samples)


def test_tempo_shortens_every_phone() -> None:
    slow, fast = time_phones("M AA1 P"), time_phones("M AA1 P", tempo=2.0)
    assert fast[-1].stop == pytest.approx(slow[-1].stop / 2)


@pytest.mark.parametrize("name", LINES)
def test_lips_are_shut_in_every_closure(name: str) -> None:
    """/p b m/ close the lips in every frame that starts inside them."""
    phones = time_phones(LINES[name])
    curves = mouth_curves(phones, 100, 600)
    for phone in phones:
        inside = slice(int(np.ceil(phone.start * 100)), int(phone.stop * 100))
        if phone.name in CLOSED_PHONES:
            assert curves.gap[inside].max() < 0.05


def test_mouth_opens_for_open_vowels_and_narrows_for_rounded_ones() -> None:
    phones = time_phones(". AA1 AA1 . UW1 UW1 .")
    curves = mouth_curves(phones, 100, 150)
    middle = {p.name: round(50 * (p.start + p.stop)) for p in phones if p.name != "."}
    assert curves.gap[middle["AA"]] > 9
    assert curves.width[middle["UW"]] < 42 < curves.width[middle["AA"]]


def test_jaw_follows_the_opening() -> None:
    curves = mouth_curves(time_phones(LINES["baker"]), 50, 250)
    assert np.corrcoef(curves.gap, curves.jaw)[0, 1] > 0.85


def test_curves_have_the_number_of_frames_asked_for() -> None:
    """A line may be shorter or longer than the clip; after it the mouth rests."""
    phones = time_phones(". M IY1 .")
    assert len(mouth_curves(phones, 25, 0)) == 0
    long = mouth_curves(phones, 25, 100)
    assert len(long) == 100
    assert long.gap[-1] == pytest.approx(0.0, abs=0.01)


def test_idle_mouth_is_shut() -> None:
    assert not idle_mouth(5).gap.any()
    assert idle_mouth(5).pose(99).gap == 0.0


def test_phone_table_is_complete() -> None:
    """Every name in a line is a phone, and closures are phones that close."""
    names = {word.rstrip("1") for line in LINES.values() for word in line.split()}
    assert names <= PHONES.keys()
    assert all(PHONES[name].gap == 0 for name in CLOSED_PHONES)
