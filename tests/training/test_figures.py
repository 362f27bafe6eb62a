import numpy as np
import pytest

from training.corpus import Scale
from training.figures import Heard, area_under_curve, best_threshold, correlation, f1_score, figures

TRUTH = np.array([True, True, False, False])


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ([4, 3, 2, 1], 1.0),
        ([1, 2, 3, 4], 0.0),
        ([1, 1, 1, 1], 0.5),  # ties count half
        ([2, 3, 2, 1], 0.875),
    ],
)
def test_area_under_curve_is_the_chance_to_rank_right(score: list[float], expected: float) -> None:
    """Of all pairs of a true and a false frame."""
    assert area_under_curve(np.array(score, np.float32), TRUTH) == pytest.approx(expected)


def test_figures_without_meaning_are_nan() -> None:
    """No closed frame, no open frame, no movement."""
    nothing = np.zeros(4, np.bool_)
    assert np.isnan(area_under_curve(np.ones(4, np.float32), nothing))
    assert np.isnan(area_under_curve(np.ones(4, np.float32), ~nothing))
    assert np.isnan(f1_score(TRUTH, nothing))
    assert np.isnan(correlation(np.ones(4, np.float32), np.arange(4, dtype=np.float32)))


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [([1, 1, 0, 0], 1.0), ([0, 0, 1, 1], 0.0), ([1, 0, 0, 0], 2 / 3), ([1, 1, 1, 1], 2 / 3)],
)
def test_f1_is_the_harmonic_mean_of_precision_and_recall(predicted: list[int], expected: float) -> None:
    """Two hits of two and two."""
    assert f1_score(np.array(predicted, bool), TRUTH) == pytest.approx(expected)


def test_a_perfect_prediction_scores_perfectly() -> None:
    """r 1, RMSE 0, F1 1; predicting the mean has RMSE 1."""
    random = np.random.default_rng(0)
    measured = np.abs(random.normal(3, 3, (200, 7))).astype(np.float32)
    scale = Scale(measured.mean(axis=0), measured.std(axis=0))
    closure = (measured[:, 0] < 1.0).astype(np.float32)
    everywhere = np.ones(200, np.bool_)
    unknown = np.zeros(0, np.float32), np.zeros(0, np.bool_)
    z_scores = (measured - scale.mean) / scale.std
    perfect = figures([Heard(z_scores, closure, measured, everywhere, *unknown)], scale, 0.5)
    assert (perfect.r_open, perfect.r_width, perfect.r_jaw) == pytest.approx((1, 1, 1), abs=1e-5)
    assert (perfect.rmse, perfect.f1, perfect.auc_speech) == pytest.approx((0, 1, 1), abs=1e-5)
    flat = figures([Heard(0.0 * z_scores, closure, measured, everywhere, *unknown)], scale, 0.5)
    assert flat.rmse == pytest.approx(1.0, abs=1e-5)
    assert np.isnan(flat.auc_labio)


def test_labiodentals_are_ranked_over_all_clips_of_a_speaker() -> None:
    """One of two clips has none: still one area, over the steps of both."""
    measured = np.abs(np.random.default_rng(0).normal(3, 3, (200, 7))).astype(np.float32)
    scale = Scale(measured.mean(axis=0), measured.std(axis=0))
    closure, everywhere = np.zeros(200, np.float32), np.ones(200, np.bool_)
    clips = [
        Heard(measured, closure, measured, everywhere, np.array(heard, np.float32), np.array(is_one, bool))
        for heard, is_one in (([0.9, 0.1, 0.3], [1, 0, 1]), ([0.2, 0.4], [0, 0]))
    ]
    assert figures(clips, scale, 0.5).auc_labio == pytest.approx(5 / 6)


def test_the_best_threshold_separates() -> None:
    """Closed frames at 0.6, others at 0.3: any threshold between is best, the lowest is taken."""
    measured = np.full((10, 7), 5.0, np.float32)
    measured[:4, 0] = 0.0
    closure = np.where(measured[:, 0] < 1, 0.6, 0.295).astype(np.float32)
    assert best_threshold([closure], [measured]) == pytest.approx(0.30)
