"""What noise, music and bad lines cost: ``python -m training.robustness CORPUS_DIR [--weights FILE.onnx]``.

Every clip is heard clean and spoilt in several ways; then the mouth is watched while nobody speaks. With
``--folds FOLDER``, where ``training.cross_validate --keep`` left its weights, every speaker is heard by
networks that never saw them.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter, resample_poly, sosfilt

from lipwright.analysis.speech.articulation import WEIGHTS, articulate
from lipwright.analysis.speech.constraints import perform
from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.analysis.speech.style import population_style
from lipwright.inference.weights import weights_path
from lipwright.measures import CLOSED_GAP_MM, Measure
from training.backgrounds import music
from training.corpus import Clip, Float32Array, load_corpus, split_speakers
from training.evaluate import SpeakerResult, averages, evaluate

Spoil = Callable[[Float32Array, np.random.Generator], Float32Array]

_FIGURES = ("r_open", "r_width", "r_jaw", "rmse", "f1", "auc_speech")
_DISTANCE_DB = 10.0


def conditions(clips: list[Clip]) -> dict[str, Spoil]:
    """Ways to spoil a sound, by name; voices of the clips make the babble."""
    return {
        "clean": lambda samples, _: samples,
        "babble 10 dB": lambda samples, random: _mixed(samples, _babble(clips, len(samples), random)),
        "strings 10 dB": lambda samples, random: _mixed(samples, strings(len(samples), random)),
        "synth 10 dB": lambda samples, random: _mixed(samples, synth(len(samples), random)),
        "drums 10 dB": lambda samples, random: _mixed(samples, drums(len(samples), random)),
        "chords 10 dB": lambda samples, random: _mixed(samples, _chords(len(samples), random)),
        "hiss 10 dB": lambda samples, random: _mixed(samples, random.normal(size=len(samples))),
        "8 kHz": lambda samples, _: _as_long(resample_poly(resample_poly(samples, 1, 2), 2, 1), samples),
        "telephone": lambda samples, _: _telephone(samples),
        "room": _in_a_room,
        "clipped": lambda samples, _: _clipped(samples),
    }


def spoilt(clips: list[Clip], spoil: Spoil) -> list[Clip]:
    """The clips with their sound spoilt; the same on every run."""
    return [
        replace(clip, samples=np.asarray(spoil(clip.samples, np.random.default_rng(place)), np.float32))
        for place, clip in enumerate(clips)
    ]


def rest_shares(weights: Path, seconds: float = 60.0) -> dict[str, float]:
    """Share of time with closed lips while nobody speaks, after the constraints, by kind of sound."""
    random = np.random.default_rng(0)
    n = round(seconds * SAMPLE_RATE)
    sounds = {
        "silence": np.zeros(n, np.float32),
        "hiss": random.normal(0.0, 0.02, n).astype(np.float32),
        "strings": strings(n, random) * np.float32(0.1),
        "drums": drums(n, random) * np.float32(0.1),
        "synth": synth(n, random) * np.float32(0.1),
        "talk box": talk_box(n, random) * np.float32(0.1),
    }
    return {name: _rest_share(sound, weights) for name, sound in sounds.items()}


def strings(n: int, random: np.random.Generator) -> Float32Array:
    """Plucked strings in chords over a bass; not the music that is learnt from (``training.backgrounds``).

    Source: K. Karplus and A. Strong, Computer Music Journal 7 (2), 1983.
    """
    mix = np.zeros(n + 2 * SAMPLE_RATE, np.float32)
    for start in range(0, n, SAMPLE_RATE // 2):
        root = 110.0 * 2.0 ** (random.integers(0, 12) / 12.0)
        for ratio in (0.5, 1.0, 1.26, 1.5, 2.0)[: random.integers(2, 6)]:
            first = start + random.integers(0, 800)
            pluck = _pluck(root * ratio, random)
            mix[first : first + len(pluck)] += pluck[: len(mix) - first]
    return _unit(mix[:n])


def synth(n: int, random: np.random.Generator) -> Float32Array:
    """A riff of saw teeth through a filter that opens and shuts like a mouth; not in training."""
    mix = np.zeros(n + SAMPLE_RATE, np.float32)
    time = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    for start in range(0, n, SAMPLE_RATE // 5):
        hertz = 110.0 * 2.0 ** (random.choice([0, 3, 5, 7, 10, 12, 15]) / 12.0)
        center = random.uniform(300.0, 1000.0) + random.uniform(500.0, 3000.0) * np.exp(-time * 12)
        riff = np.zeros(len(time))
        for number in range(1, int(6000.0 / hertz)):
            resonance = 0.1 + 1.0 / (1.0 + ((number * hertz - center) / 200.0) ** 2)
            riff += resonance / number * np.sin(2 * np.pi * number * hertz * time)
        riff *= np.minimum(1.0, (time[-1] - time) / 0.05)
        mix[start : start + len(time)] += riff.astype(np.float32)
    return _unit(mix[:n])


def talk_box(n: int, random: np.random.Generator) -> Float32Array:
    """A chord of saw teeth through two peaks that glide between vowels, four a second; not in training.

    Source of the vowels: G. Peterson and H. Barney, Journal of the Acoustical Society of America 24, 1952.
    """
    time = np.arange(n) / SAMPLE_RATE
    vowels = np.array([[730.0, 1090.0], [270.0, 2290.0], [300.0, 870.0], [530.0, 1840.0], [570.0, 840.0]])
    goals = vowels[random.integers(0, len(vowels), 4 * n // SAMPLE_RATE + 2)]
    place, share = (4.0 * time).astype(np.int64), np.minimum(10.0 * time % 2.5, 1.0)[:, None]
    peaks = goals[place] * (1.0 - share) + goals[place + 1] * share
    mix = np.zeros(n)
    for semitones in (0, 4, 7):
        moves = random.choice([0, 5, 7, -2], n // (2 * SAMPLE_RATE) + 1)
        hertz = np.repeat(110.0 * 2.0 ** ((semitones + moves) / 12.0), 2 * SAMPLE_RATE)[:n]
        phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
        for number in range(1, 40):
            away = (number * hertz[:, None] - peaks) / np.array([70.0, 100.0])
            gain = 0.05 + (1.0 / (1.0 + away**2)) @ np.array([1.0, 0.6])
            mix += np.where(number * hertz < 7000.0, gain / number, 0.0) * np.sin(number * phase)
    return _unit(mix.astype(np.float32))


def drums(n: int, random: np.random.Generator) -> Float32Array:
    """A bar of drums over and over."""
    mix = np.zeros(n + SAMPLE_RATE, np.float32)
    time = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    for number, start in enumerate(range(0, n, SAMPLE_RATE // 5)):
        if number % 2 == 0:
            hit = np.sin(2 * np.pi * 70.0 * time) * np.exp(-time * 15)
        else:
            hit = random.normal(0.0, 0.5, len(time)) * np.exp(-time * 25)
        mix[start : start + len(time)] += hit.astype(np.float32)
    return _unit(mix[:n])


def _chords(n: int, random: np.random.Generator) -> Float32Array:
    """Music of the kind that is learnt from, in pieces that were not."""
    return music(n / SAMPLE_RATE + 0.01, random)[:n]


def _pluck(hertz: float, random: np.random.Generator) -> Float32Array:
    period = int(SAMPLE_RATE / hertz)
    burst = np.zeros(SAMPLE_RATE)
    burst[:period] = random.uniform(-1.0, 1.0, period)
    loop = np.zeros(period + 2)
    loop[0], loop[period], loop[period + 1] = 1.0, -0.498, -0.498
    return np.asarray(lfilter([1.0], loop, burst), np.float32)


def _babble(clips: list[Clip], n: int, random: np.random.Generator) -> Float32Array:
    """Four voices at once."""
    total = np.zeros(n)
    for place in random.integers(0, len(clips), 4):
        voice = _unit(clips[place].samples)
        total += voice[(random.integers(len(voice)) + np.arange(n)) % len(voice)]
    return total.astype(np.float32)


def _mixed(samples: Float32Array, background: NDArray[np.floating[Any]]) -> Float32Array:
    gain = _loudness(samples) / max(_loudness(background), 1e-9) * 10.0 ** (-_DISTANCE_DB / 20.0)
    return np.asarray(samples + gain * background, np.float32)


def _telephone(samples: Float32Array) -> Float32Array:
    """300 to 3400 Hz in 8-bit mu-law steps (ITU-T G.711)."""
    band = sosfilt(butter(4, [300.0, 3400.0], "bandpass", fs=SAMPLE_RATE, output="sos"), samples)
    level = band / max(float(np.abs(band).max()), 1e-9)
    steps = np.round(127.0 * np.sign(level) * np.log1p(255.0 * np.abs(level)) / np.log(256.0)) / 127.0
    return np.asarray(np.sign(steps) * np.expm1(np.abs(steps) * np.log(256.0)) / 255.0, np.float32)


def _in_a_room(samples: Float32Array, random: np.random.Generator) -> Float32Array:
    """An echo that dies away by 60 dB in half a second, as loud as the voice itself."""
    time = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    echo = random.normal(size=len(time)) * np.exp(-6.9 * time / 0.5)
    echo /= np.sqrt((echo**2).sum())
    echo[0] += 1.0
    return _as_long(fftconvolve(samples, echo), samples)


def _clipped(samples: Float32Array) -> Float32Array:
    """Recorded 12 dB too loud."""
    most = 0.25 * float(np.abs(samples).max())
    return np.clip(samples, -most, most)


def _as_long(sound: NDArray[np.floating[Any]], samples: Float32Array) -> Float32Array:
    return np.asarray(sound[: len(samples)], np.float32)


def _loudness(sound: NDArray[np.floating[Any]]) -> float:
    return float(np.sqrt((np.asarray(sound, np.float64) ** 2).mean()))


def _unit(sound: Float32Array) -> Float32Array:
    return sound / np.float32(max(_loudness(sound), 1e-9))


def _rest_share(sound: Float32Array, weights: Path) -> float:
    gap = perform(articulate(sound, weights=weights), population_style())[:, Measure.GAP]
    return float((gap < CLOSED_GAP_MM).mean())


def _results(clips: list[Clip], weights: Path, folds: Path | None) -> Iterator[SpeakerResult]:
    if folds is None:
        yield from evaluate(clips, weights)
        return
    for fold, held_out in enumerate(split_speakers(clips)):
        own = [clip for clip in clips if clip.speaker in held_out]
        yield from evaluate(own, folds / f"fold_{fold}.onnx")


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--weights", type=Path, help="ONNX file; default: the one that ships")
    parser.add_argument("--folds", type=Path, help="folder with fold_0.onnx and so on, instead of --weights")
    chosen = parser.parse_args(arguments)
    clips = load_corpus(chosen.corpus)
    weights = chosen.weights or weights_path(WEIGHTS)
    print(f"{'sound':16s}" + "".join(f"{name:>12s}" for name in _FIGURES))
    for name, spoil in conditions(clips).items():
        row = averages(list(_results(spoilt(clips, spoil), weights, chosen.folds)), lambda _: "all")["all"]
        print(f"{name:16s}" + "".join(f"{row[figure]:12.3f}" for figure in _FIGURES), flush=True)
    for name, share in rest_shares(chosen.folds / "fold_0.onnx" if chosen.folds else weights).items():
        print(f"lips at rest in a minute of {name}: {share:.3f}")


if __name__ == "__main__":
    main()
