"""From sound to mouth motion: the ear of the engine."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.activity import energy_activity, speech_activity
from lipwright.analysis.speech.held import N_BANDS, held_sounds, steadied
from lipwright.analysis.speech.level import measure_level
from lipwright.analysis.speech.mel import SAMPLE_RATE, Samples, frame_count
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.analysis.speech.windows import Window, windows
from lipwright.errors import InstallationError, UsageError
from lipwright.inference.session import Session
from lipwright.inference.weights import weights_path
from lipwright.measures import N_MEASURES

Float32Array = NDArray[np.float32]

WEIGHTS = "articulation.onnx"

_N_INPUTS = 2  # sound and log-mel
_N_ANSWERS = N_MEASURES + 2  # z-scores, logit of closed lips, logit of speech


@dataclass(frozen=True)
class ArticulationOptions:
    """How sound is read."""

    n_threads: int = 1
    """Threads of the network."""


def articulate(
    samples: Samples,
    sample_rate: int = SAMPLE_RATE,
    *,
    weights: Path | None = None,
    options: ArticulationOptions | None = None,
) -> MouthMotion:
    """What the mouth of a speaker would do while saying this.

    The answer does not depend on gain. Long sound is read in windows (``lipwright.analysis.speech.windows``).

    Args:
        samples: float32, shape (n,), mono, full scale +-1; NaN is heard as silence. May be empty.
        sample_rate: must be 16 000 Hz, as the media readers deliver.
        weights: an ONNX file made by ``training``; None for the one that ships.
        options: threads.

    Returns:
        Motion of ceil(duration * 100) steps.

    Raises:
        UsageError: another sample rate, or more than one channel.
        InstallationError: the weights are missing, damaged or not of this kind.
    """
    if sample_rate != SAMPLE_RATE:
        raise UsageError(f"sound at {SAMPLE_RATE} Hz expected, found {sample_rate} Hz; resample it first")
    options = options or ArticulationOptions()
    session = _session(weights or weights_path(WEIGHTS), options.n_threads)
    level = measure_level(samples)
    n_frames = frame_count(len(samples))
    measures = np.empty((n_frames, N_MEASURES), np.float32)
    closure, speech, energy = (np.empty(n_frames, np.float32) for _ in range(3))
    bands = np.empty((n_frames, N_BANDS), np.float32)
    for heard in windows(samples, level):
        here = slice(heard.start, heard.stop)
        answers = _hear(session, heard)
        measures[here] = answers[:, :N_MEASURES]
        closure[here], speech[here] = answers[:, N_MEASURES:].T
        energy[here], bands[here] = heard.energy, heard.bands
    # Whether it is speech may be told by a moment of it: that answer is not held.
    held = held_sounds(bands, energy, level.overall_at(0, n_frames))
    return MouthMotion(
        measures=steadied(measures, held),
        closure=_probability(steadied(closure[:, None], held)[:, 0]),
        activity=speech_activity(energy_activity(energy, level), _probability(speech), held),
    )


def _session(weights: Path, n_threads: int) -> Session:
    session = Session(weights, n_threads=n_threads)
    if session.n_inputs != _N_INPUTS:
        raise InstallationError(
            f"weights with {_N_INPUTS} inputs expected in {weights}, found {session.n_inputs}; "
            "train them again"
        )
    return session


def _hear(session: Session, heard: Window) -> Float32Array:
    """Answers (n, 9) of the frames that a window is about."""
    rows = session.run(heard.sound, heard.mel)[0][0]
    if rows.shape[0] != _N_ANSWERS:
        raise InstallationError(
            f"weights with {_N_ANSWERS} outputs expected, found {rows.shape[0]}; train them again"
        )
    # The network answers every second frame; the frames between are half-way.
    steps = 2.0 * np.arange(rows.shape[1])
    wanted = np.arange(heard.start - heard.first, heard.stop - heard.first)
    return np.stack([np.interp(wanted, steps, row) for row in rows], axis=1).astype(np.float32)


def _probability(logits: Float32Array) -> Float32Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0))), np.float32)
