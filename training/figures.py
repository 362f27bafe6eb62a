"""Figures of merit of a predicted mouth motion against a measured one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.measures import CLOSED_GAP_MM, Measure
from training.corpus import Float32Array, Scale

SCORED = (Measure.GAP, Measure.WIDTH, Measure.JAW)
SPEECH_REACH = 0.15
"""Frames within this many seconds of audible speech count as speech."""


@dataclass(frozen=True, eq=False)
class Heard:
    """Prediction and truth at the video frames of one clip."""

    predicted: Float32Array
    """float32, shape (n, 7): z-scores."""
    closure: Float32Array
    """float32, shape (n,), 0 to 1."""
    measured: Float32Array
    """float32, shape (n, 7), canonical mm."""
    in_speech: NDArray[np.bool_]
    """bool, shape (n,): within ``SPEECH_REACH`` of audible speech."""
    labiodental: Float32Array
    """float32, shape (m,), 0 to 1: at the steps of 10 ms whose phone is known and no silence; may be none."""
    is_labiodental: NDArray[np.bool_]
    """bool, shape (m,): whether the phone there is one."""


@dataclass(frozen=True)
class Figures:
    """How well one speaker was heard; NaN where a figure has no meaning (no closed frame, say)."""

    n_frames: int
    r_open: float
    r_width: float
    r_jaw: float
    rmse: float
    """Of the z-scores of gap, width and jaw; 1 is what predicting the mean gives."""
    f1: float
    """Closed frames (gap < 1 mm), all frames."""
    f1_speech: float
    auc_speech: float
    spread: float
    """Standard deviation of the predicted gap, in standard deviations of the measured one."""
    auc_labio: float
    """Steps of labiodentals among those of other phones; NaN where phones are not known."""


def figures(heard: list[Heard], scale: Scale, threshold: float) -> Figures:
    """Figures over all frames of one speaker, at lag 0.

    Args:
        heard: the speaker's clips.
        scale: what the measured millimetres are normalised with.
        threshold: closure probability from which lips count as predicted closed.
    """
    predicted = np.concatenate([part.predicted for part in heard])
    measured = np.concatenate([part.measured for part in heard])
    closure = np.concatenate([part.closure for part in heard])
    in_speech = np.concatenate([part.in_speech for part in heard])
    truth = (measured - scale.mean) / scale.std
    is_closed = measured[:, Measure.GAP] < CLOSED_GAP_MM
    r = [correlation(predicted[:, measure], truth[:, measure]) for measure in SCORED]
    errors = [float(np.sqrt(((predicted - truth)[:, measure] ** 2).mean())) for measure in SCORED]
    return Figures(
        len(truth),
        r[0],
        r[1],
        r[2],
        float(np.mean(errors)),
        f1_score(closure >= threshold, is_closed),
        f1_score(closure[in_speech] >= threshold, is_closed[in_speech]),
        area_under_curve(closure[in_speech], is_closed[in_speech]),
        float(predicted[:, Measure.GAP].std()),
        area_under_curve(
            np.concatenate([part.labiodental for part in heard]),
            np.concatenate([part.is_labiodental for part in heard]),
        ),
    )


def correlation(predicted: Float32Array, truth: Float32Array) -> float:
    """Pearson's r; NaN when either side does not move."""
    if len(truth) < 2 or predicted.std() == 0.0 or truth.std() == 0.0:
        return float("nan")
    return float(np.corrcoef(predicted, truth)[0, 1])


def f1_score(predicted: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall; NaN when nothing is true."""
    if not truth.any():
        return float("nan")
    hits = int((predicted & truth).sum())
    return 2.0 * hits / (int(predicted.sum()) + int(truth.sum()))


def area_under_curve(score: Float32Array, truth: NDArray[np.bool_]) -> float:
    """Chance that a true frame scores above a false one (area under the ROC curve); NaN without both kinds.

    Source: rank-sum form, J. Hanley and B. McNeil, Radiology 143, 1982.
    """
    n_true = int(truth.sum())
    n_false = len(truth) - n_true
    if n_true == 0 or n_false == 0:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    last_rank = np.cumsum(counts)
    ranks = (last_rank - (counts - 1) / 2.0)[inverse]
    return float((ranks[truth].sum() - n_true * (n_true + 1) / 2.0) / (n_true * n_false))


def best_threshold(closure: list[Float32Array], measured: list[Float32Array]) -> float:
    """The closure threshold with the best mean F1 over speakers, in steps of 0.01.

    Args:
        closure: per speaker, probabilities of shape (n,).
        measured: per speaker, canonical mm of shape (n, 7).
    """
    candidates = np.arange(0.05, 0.8, 0.01)
    truths = [rows[:, Measure.GAP] < CLOSED_GAP_MM for rows in measured]
    scores = [
        np.nanmean(
            [f1_score(heard >= candidate, truth) for heard, truth in zip(closure, truths, strict=True)]
        )
        for candidate in candidates
    ]
    return float(candidates[int(np.argmax(scores))])
