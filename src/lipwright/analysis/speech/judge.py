"""What a mouth would do while this is said, in the opinion of the sync judge.

A second network beside the engine's ear: recurrent instead of convolutional, other features, trained on fewer
speakers. It judges lips and never drives them; see ``judge.md`` beside its weights.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.speech.filterbank import BAND_RATE, band_count, judge_features, log_bands
from lipwright.analysis.speech.mel import Samples
from lipwright.errors import InstallationError
from lipwright.inference.session import Session
from lipwright.inference.weights import weights_path
from lipwright.measures import Measure

Float32Array = NDArray[np.float32]

JUDGE_WEIGHTS = "judge.onnx"
JUDGED = (Measure.GAP, Measure.WIDTH, Measure.JAW, Measure.UPPER, Measure.LOWER)
"""The measures the judge expects something of; columns of its answer."""

_BLOCK = 30 * BAND_RATE  # frames answered at once
_CONTEXT = 10 * BAND_RATE  # frames heard around them: for the level, and to warm the network up


def expect_mouth(samples: Samples, *, weights: Path | None = None) -> Float32Array:
    """The expected measures, z-scores, float32, shape (ceil(seconds * BAND_RATE), len(JUDGED)).

    Args:
        samples: float32, shape (n,), 16 kHz mono; may be empty. Long sound is read in blocks.
        weights: an ONNX file made by ``training.train_judge``; None for the one that ships.

    Raises:
        InstallationError: the weights are missing, damaged or not of this kind.
    """
    session = Session(weights or weights_path(JUDGE_WEIGHTS))
    n_frames = band_count(len(samples))
    expected = np.empty((n_frames, len(JUDGED)), np.float32)
    for start in range(0, n_frames, _BLOCK):
        stop = min(start + _BLOCK, n_frames)
        first, last = max(0, start - _CONTEXT), min(stop + _CONTEXT, n_frames)
        answer = session.run(judge_features(log_bands(samples, first, last))[None])[0][0]
        if answer.shape[-1] != len(JUDGED):
            raise InstallationError(
                f"weights with {len(JUDGED)} outputs expected, found {answer.shape[-1]}; train them again"
            )
        expected[start:stop] = answer[start - first : stop - first]
    return expected
