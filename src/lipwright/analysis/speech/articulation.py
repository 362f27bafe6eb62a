"""From sound to mouth motion: the ear of the engine."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from lipwright.analysis.speech.activity import energy_activity, speech_activity
from lipwright.analysis.speech.held import N_BANDS, coarse_bands, held_sounds, rarely_closed, steadied
from lipwright.analysis.speech.level import Level, measure_level
from lipwright.analysis.speech.mel import SAMPLE_RATE, Samples, frame_count, frame_energy, log_mel
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.errors import InstallationError, UsageError
from lipwright.inference.session import Session
from lipwright.inference.weights import weights_path
from lipwright.measures import N_MEASURES

Float32Array = NDArray[np.float32]

WEIGHTS = "articulation.onnx"

_BLOCK_FRAMES = 300  # with the context as much as ten seconds of sound: attention takes the square of it
_CONTEXT_FRAMES = 340  # more than the 333 frames the network reaches each way; even, as it steps by two
_CONTRAST = 0.4  # of the surroundings' log odds that is taken off those of a closure ...
_SURROUNDINGS_STEPS = 10.0  # ... standard deviation, 100 ms: about a syllable each way
_N_ANSWERS = N_MEASURES + 3  # z-scores, logits of closed lips, of speech and of a labiodental
_UNHEARD = -20.0  # log odds of what a network does not answer


@dataclass(frozen=True)
class ArticulationOptions:
    """How sound is read."""

    block_frames: int = _BLOCK_FRAMES
    """Mel frames heard at once, even and positive; changes memory, not the answer."""
    n_threads: int = 1
    """Threads of the network."""

    def __post_init__(self) -> None:
        """Checks the block size."""
        if self.block_frames < 2 or self.block_frames % 2:
            raise UsageError(f"block_frames must be even and positive, found {self.block_frames}")


def articulate(
    samples: Samples,
    sample_rate: int = SAMPLE_RATE,
    *,
    weights: Path | None = None,
    options: ArticulationOptions | None = None,
) -> MouthMotion:
    """What the mouth of a speaker would do while saying this.

    The answer does not depend on gain, and long sound is read in blocks whose joints cannot be seen.

    Args:
        samples: float32, shape (n,), mono, full scale +-1; NaN is heard as silence. May be empty.
        sample_rate: must be 16 000 Hz, as the media readers deliver.
        weights: an ONNX file made by ``training``; None for the one that ships.
        options: block size and threads.

    Returns:
        Motion of ceil(duration * 100) steps.

    Raises:
        UsageError: another sample rate, or more than one channel.
        InstallationError: the weights are missing, damaged or not of this kind.
    """
    if sample_rate != SAMPLE_RATE:
        raise UsageError(f"sound at {SAMPLE_RATE} Hz expected, found {sample_rate} Hz; resample it first")
    options = options or ArticulationOptions()
    session = Session(weights or weights_path(WEIGHTS), n_threads=options.n_threads)
    level = measure_level(samples)
    n_frames = frame_count(len(samples))
    measures = np.empty((n_frames, N_MEASURES), np.float32)
    closure, speech, labiodental, energy = (np.empty(n_frames, np.float32) for _ in range(4))
    bands = np.empty((n_frames, N_BANDS), np.float32)
    for start in range(0, n_frames, options.block_frames):
        here = slice(start, min(start + options.block_frames, n_frames))
        answers, mel = _hear(session, samples, level, here.start, here.stop)
        measures[here] = answers[:, :N_MEASURES]
        closure[here], speech[here], labiodental[here] = answers[:, N_MEASURES:].T
        energy[here], bands[here] = frame_energy(mel), coarse_bands(mel)
    # Whether it is speech may be told by a moment of it: that answer is not held.
    held = held_sounds(bands, energy, level.overall_at(0, n_frames))
    activity = speech_activity(energy_activity(energy, level), _probability(speech), held)
    return MouthMotion(
        measures=steadied(measures, held),
        closure=_probability(rarely_closed(_contrasted(steadied(closure[:, None], held)[:, 0]), held)),
        activity=activity,
        # Which phone it is was taught of speech alone: a hiss that nobody makes is none.
        labiodental=_probability(steadied(labiodental[:, None], held)[:, 0]) * activity,
    )


def _hear(
    session: Session, samples: Samples, level: Level, start: int, stop: int
) -> tuple[Float32Array, Float32Array]:
    """Answers (stop - start, 10) and log-mel (stop - start, N_MELS) of some frames, with context around."""
    first = max(0, start - _CONTEXT_FRAMES)
    last = min(stop + _CONTEXT_FRAMES, frame_count(len(samples)))
    mel = log_mel(samples, first, last)
    normalized = level.normalized(mel, first)
    rows = session.run(np.ascontiguousarray(normalized.T[None]))[0][0]
    if rows.shape[0] == _N_ANSWERS - 1:  # trained before labiodentals were asked for
        rows = np.concatenate([rows, np.full_like(rows[:1], _UNHEARD)])
    if rows.shape[0] != _N_ANSWERS:
        raise InstallationError(
            f"weights with {_N_ANSWERS} outputs expected, found {rows.shape[0]}; train them again"
        )
    # The network answers every second frame; the frames between are half-way.
    steps = 2.0 * np.arange(rows.shape[1])
    wanted = np.arange(start - first, stop - first)
    answers = np.stack([np.interp(wanted, steps, row) for row in rows], axis=1)
    return answers.astype(np.float32), mel[start - first : stop - first]


def _contrasted(log_odds: Float32Array) -> Float32Array:
    """Log odds of closed lips against those of their surroundings, shape (n,).

    A lip sound is a peak, also where the network is unsure throughout; docs/reference/ear.md has the figures.
    """
    if len(log_odds) == 0:
        return log_odds
    surroundings = gaussian_filter1d(log_odds, _SURROUNDINGS_STEPS, mode="nearest")
    return np.asarray(log_odds - _CONTRAST * surroundings, np.float32)


def _probability(logits: Float32Array) -> Float32Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0))), np.float32)
