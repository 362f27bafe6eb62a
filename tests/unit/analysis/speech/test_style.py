import numpy as np
import pytest

from lipwright.analysis.speech import population
from lipwright.analysis.speech.motion import SpeakerStyle
from lipwright.analysis.speech.style import measure_style, population_style
from lipwright.measures import CLOSED_GAP_MM, Measure

# A face unlike the average: every level is elsewhere.
OWN_REST = population.REST + np.array([0, 6, -9, 2, 5, -8, 4], np.float32)


def frames(gaps: np.ndarray, seed: int = 0) -> np.ndarray:
    """Measures of this face with given gaps; the other measures follow, with a little noise."""
    random = np.random.default_rng(seed)
    excess = (gaps - population.REST[Measure.GAP])[:, None]
    measures = OWN_REST + excess * population.PER_GAP + random.normal(0, 0.05, (len(gaps), 7))
    return np.asarray(measures, np.float32)


def speech_gaps(n: int, height: float = 12.0) -> np.ndarray:
    return np.asarray(np.clip(height * np.sin(np.arange(n) * 0.9), 0.1, None))


def assert_usable(style: SpeakerStyle) -> None:
    for row in (style.mean, style.std, style.rest, style.low, style.high):
        assert row.shape == (7,)
        assert row.dtype == np.float32
        assert np.isfinite(row).all()
    assert np.all(style.std > 0)
    assert np.all(style.low <= style.rest)
    assert np.all(style.rest <= style.high)
    assert np.all((style.low < style.mean) & (style.mean < style.high))
    assert style.rest[Measure.GAP] < CLOSED_GAP_MM


def test_the_population_style_is_usable() -> None:
    """Bounds hold rest and mean; lips are closed at rest."""
    assert_usable(population_style())


@pytest.mark.parametrize("n", [0, 1, 4])
def test_nothing_seen_is_the_population(n: int) -> None:
    """No tracked frame, or too few."""
    measures = np.full((50, 7), np.nan, np.float32)
    measures[:n] = OWN_REST
    np.testing.assert_array_equal(measure_style(measures).mean, population_style().mean)


@pytest.mark.parametrize(
    "gaps",
    [
        np.full(100, 0.1),  # always closed
        np.full(100, 7.0),  # always open
        np.full(6, 0.1),
        speech_gaps(30),
        speech_gaps(3000),
        0.05 * speech_gaps(300),  # mumbles
        5.0 + speech_gaps(300),  # never closes
        np.concatenate([np.full(2000, 0.1), speech_gaps(200)]),
    ],
)
def test_any_source_gives_a_usable_style(gaps: np.ndarray) -> None:
    """Whatever the mouth did."""
    assert_usable(measure_style(frames(gaps)))


def test_rest_is_this_persons_closed_pose() -> None:
    """Measured where lips were closed."""
    np.testing.assert_allclose(measure_style(frames(speech_gaps(300))).rest, OWN_REST, atol=0.15)


def test_rest_of_an_open_mouth_is_closed_the_usual_way() -> None:
    """Lips that were never closed are closed as mouths usually close."""
    style = measure_style(frames(6.0 + speech_gaps(300)))
    np.testing.assert_allclose(style.rest, OWN_REST, atol=0.3)


def test_a_still_mouth_moves_like_the_population_round_its_own_rest() -> None:
    """Closed throughout: nothing is known of the movement, everything of the place."""
    style = measure_style(frames(np.full(300, 0.14)))
    np.testing.assert_allclose(style.std, population.STD)
    np.testing.assert_allclose(style.mean - style.rest, population.MEAN_OFFSET, atol=0.1)


def test_more_footage_is_believed_more() -> None:
    """The spread goes from the population's to the person's own as frames come in."""
    spreads = [measure_style(frames(speech_gaps(n, 25.0))).std[Measure.GAP] for n in (0, 20, 100, 2000)]
    assert spreads == sorted(spreads)
    assert spreads[-1] == pytest.approx(speech_gaps(2000, 25.0).std(), rel=0.05)


def test_silence_before_the_speech_does_not_shrink_the_style() -> None:
    """Only moving stretches count: a long pause is not a small range."""
    speech = frames(speech_gaps(500))
    listening = frames(np.full(2000, 0.14))
    with_pause = measure_style(np.concatenate([listening, speech]))
    np.testing.assert_allclose(with_pause.std, measure_style(speech).std, rtol=0.1)


def test_lost_frames_are_left_out() -> None:
    """NaN rows change nothing but the count."""
    measures = frames(speech_gaps(500))
    measures[::10] = np.nan
    assert_usable(measure_style(measures))
