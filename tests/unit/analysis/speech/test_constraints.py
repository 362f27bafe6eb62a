import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lipwright.analysis.speech.constraints import Articulation, at_times, closing_threshold, perform
from lipwright.analysis.speech.gates import closure_gate, runs, tuck_gate
from lipwright.analysis.speech.motion import MouthMotion
from lipwright.analysis.speech.style import population_style
from lipwright.analysis.speech.tuck import LEAST
from lipwright.errors import UsageError
from lipwright.measures import CLOSED_GAP_MM, Measure

STYLE = population_style()
ON_TIME = Articulation(lead_seconds=0.0)
USUAL = Articulation().closure_threshold


@st.composite
def motions(draw: st.DrawFn) -> MouthMotion:
    """Any motion: smooth or rough, far too large or still, with closures and pauses anywhere."""
    n = draw(st.integers(1, 300))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.sampled_from([0.0, 0.5, 3.0, 50.0]))
    closure = random.random(n) ** draw(st.sampled_from([1, 4, 16]))
    activity = np.repeat(random.random(n // 10 + 1), 10)[:n]
    labiodental = random.random(n) ** draw(st.sampled_from([1, 16]))
    return MouthMotion(
        random.normal(0.0, size, (n, 7)).astype(np.float32),
        closure.astype(np.float32),
        activity.astype(np.float32),
        labiodental.astype(np.float32),
    )


def speaking(n: int, z_score: float = 1.0) -> MouthMotion:
    never, always = np.zeros(n, np.float32), np.ones(n, np.float32)
    return MouthMotion(np.full((n, 7), z_score, np.float32), never, always, never.copy())


@settings(max_examples=60, deadline=None)
@given(motions())
def test_every_value_lies_within_the_speakers_bounds(motion: MouthMotion) -> None:
    """low <= pose <= high, finite, whatever was heard."""
    pose = perform(motion, STYLE)
    assert pose.shape == motion.measures.shape
    assert pose.dtype == np.float32
    assert np.all(pose >= STYLE.low - 1e-4)
    assert np.all(pose <= STYLE.high + 1e-4)


@settings(max_examples=60, deadline=None)
@given(motions())
def test_nothing_jumps(motion: MouthMotion) -> None:
    """From one bound to the other takes at least 80 ms."""
    pose = perform(motion, STYLE)
    fastest = (STYLE.high - STYLE.low) / 8
    assert np.all(np.abs(np.diff(pose, axis=0)) <= fastest + 1e-3)


@settings(max_examples=60, deadline=None)
@given(motions())
def test_every_closure_closes_the_lips_for_60_ms(motion: MouthMotion) -> None:
    """Where the gate is shut the gap is under 1 mm, and it is shut for at least six steps at a time."""
    pose = perform(motion, STYLE, ON_TIME)
    closing, tuck = ON_TIME.closure_threshold, ON_TIME.labiodental_threshold
    is_free = tuck_gate(motion.labiodental, motion.closure, tuck, closing) == 0.0
    shut = (closure_gate(motion.closure, closing) == 1.0) & is_free
    assert np.all(pose[shut, Measure.GAP] < CLOSED_GAP_MM)
    for start, stop in runs(shut):
        assert stop - start >= min(6, len(shut) - start, stop)


@settings(max_examples=30, deadline=None)
@given(motions())
def test_the_sound_begins_and_ends_at_rest(motion: MouthMotion) -> None:
    """So that frames before and after the sound show the rest pose."""
    pose = perform(motion, STYLE)
    np.testing.assert_allclose(pose[[0, -1], Measure.GAP], STYLE.rest[Measure.GAP], atol=0.01)


def test_silence_is_closed_and_still() -> None:
    """Five seconds in which nobody speaks, whatever the network dreams."""
    motion = MouthMotion(
        np.random.default_rng(0).normal(0, 2, (500, 7)).astype(np.float32),
        closure=np.zeros(500, np.float32),
        activity=np.zeros(500, np.float32),
        labiodental=np.zeros(500, np.float32),
    )
    np.testing.assert_allclose(perform(motion, STYLE), np.tile(STYLE.rest, (500, 1)), atol=1e-4)


def test_a_pause_settles_to_rest_within_160_ms() -> None:
    """Closed and still until shortly before the next word."""
    motion = speaking(300)
    motion.activity[100:200] = 0.0
    pose = perform(motion, STYLE, ON_TIME)
    np.testing.assert_allclose(pose[116:188], np.tile(STYLE.rest, (72, 1)), atol=1e-3)
    assert pose[95, Measure.GAP] > 5.0
    assert pose[200, Measure.GAP] > 5.0


def test_an_open_vowel_opens_wider_with_more_articulation() -> None:
    """Amplitude grows with the option, within bounds."""
    gaps = [
        perform(speaking(100, 0.5), STYLE, Articulation(over_articulation=amount))[50, Measure.GAP]
        for amount in (0.0, 0.8, 1.1, 2.0)
    ]
    assert gaps == sorted(gaps)
    assert gaps[0] == pytest.approx(STYLE.mean[Measure.GAP], abs=0.01)


def test_closing_lips_takes_the_jaw_along() -> None:
    """The jaw of a closed mouth is higher than that of the vowel around it."""
    motion = speaking(200)
    motion.closure[100:110] = 0.9
    pose = perform(motion, STYLE, ON_TIME)
    assert pose[105, Measure.GAP] < CLOSED_GAP_MM
    assert pose[105, Measure.JAW] < pose[60, Measure.JAW] - 1.0
    assert pose[105, Measure.LOWER] < pose[60, Measure.LOWER] - 3.0


def test_lips_lead_the_sound() -> None:
    """40 ms early is four steps early."""
    motion = speaking(200)
    motion.measures[:, Measure.GAP] = np.sin(np.arange(200) / 9)
    on_time = perform(motion, STYLE, ON_TIME)
    early = perform(motion, STYLE, Articulation(lead_seconds=0.04))
    np.testing.assert_allclose(early[80:120], on_time[84:124], atol=1e-4)


def test_closures_stay_where_they_are_heard() -> None:
    """The network hears lips close, which they do before the sound: they need no lead."""
    motion = speaking(200)
    motion.closure[100:110] = 0.9
    for lead in (0.0, 0.04):
        gap = perform(motion, STYLE, Articulation(lead_seconds=lead))[:, Measure.GAP]
        closed = np.flatnonzero(gap[50:150] < CLOSED_GAP_MM) + 50
        assert abs((closed[0] + closed[-1]) / 2 - 104.5) <= 1


def test_a_tucked_lip_is_not_pressed_against_the_other() -> None:
    """What is heard as a closure and as /f/ is /f/: lips ajar, no more than that, and both of them moved."""
    motion = speaking(200)
    motion.closure[100:110] = 0.7
    motion.labiodental[98:112] = 0.6
    middle = perform(motion, STYLE, ON_TIME)[105] - STYLE.rest
    assert middle[Measure.GAP] == pytest.approx(LEAST[Measure.GAP], abs=0.01)
    assert middle[Measure.UPPER] >= LEAST[Measure.UPPER] - 0.01
    assert middle[Measure.LOWER] >= LEAST[Measure.LOWER] - 0.01


def test_a_tucked_lip_narrows_no_mouth() -> None:
    """A likely /f/ is often something else: the gap is as wide as it was heard."""
    motion = speaking(200)
    free = perform(motion, STYLE)[:, Measure.GAP].copy()
    motion.labiodental[98:112] = 0.9
    np.testing.assert_array_equal(perform(motion, STYLE)[:, Measure.GAP], free)


def test_a_lip_is_tucked_at_rest_no_more_than_anything_else_moves() -> None:
    """In a pause the lips are closed, whatever else is heard."""
    motion = speaking(200)
    motion.activity[:] = 0.0
    motion.labiodental[80:120] = 0.9
    np.testing.assert_allclose(perform(motion, STYLE), np.tile(STYLE.rest, (200, 1)), atol=1e-4)


def test_nothing_heard_is_nothing_performed() -> None:
    """An empty sound."""
    empty = MouthMotion(np.zeros((0, 7), np.float32), *np.zeros((3, 0), np.float32))
    assert perform(empty, STYLE).shape == (0, 7)


@pytest.mark.parametrize("fps", [15.0, 24.0, 25.0, 29.97, 30.0, 60.0])
def test_a_closure_is_seen_at_every_frame_rate(fps: float) -> None:
    """A single frame at least shows closed lips, wherever the closure falls between frames."""
    for place in range(80, 100):
        motion = speaking(200)
        motion.closure[place] = 0.9
        shown = at_times(perform(motion, STYLE), np.arange(0, 2, 1 / fps))
        assert (shown[3:-5, Measure.GAP] < CLOSED_GAP_MM).any()


def test_frames_outside_the_sound_show_its_ends() -> None:
    """Before 0 and after the end the mouth rests."""
    pose = perform(speaking(100), STYLE)
    shown = at_times(pose, np.array([-5.0, 0.5, 99.0]))
    np.testing.assert_allclose(shown[[0, 2]], np.tile(STYLE.rest, (2, 1)), atol=0.8)
    assert shown[1, Measure.GAP] > 5.0


def test_no_frames_are_no_poses() -> None:
    """m = 0."""
    assert at_times(np.zeros((5, 7), np.float32), np.zeros(0)).shape == (0, 7)


def test_an_empty_performance_cannot_be_sampled() -> None:
    """There is no pose to hold."""
    with pytest.raises(UsageError, match="at least one step"):
        at_times(np.zeros((0, 7), np.float32), np.array([0.0]))


@pytest.mark.parametrize(
    "options",
    [{"over_articulation": -0.1}, {"over_articulation": 3.0}, {"lead_seconds": -0.01}, {"lead_seconds": 0.2},
     {"closure_threshold": 0.0}, {"closure_threshold": 1.0}, {"lead_seconds": float("nan")}],
)  # fmt: skip
def test_options_out_of_range_are_refused(options: dict[str, float]) -> None:
    """Checked where they are built."""
    with pytest.raises(UsageError, match="expected"):
        Articulation(**options)


def test_only_the_open_mouthed_need_stronger_evidence_to_close() -> None:
    """Mean gap in spreads above closed: at the population's or below the option holds, above it rises."""
    assert closing_threshold(STYLE, Articulation()) == pytest.approx(USUAL, abs=1e-3)
    lifted = STYLE.mean + np.array([5, 0, 0, 0, 0, 0, 0], np.float32)
    open_mouthed = replace(STYLE, mean=lifted)
    assert USUAL < closing_threshold(open_mouthed, Articulation()) < 0.7
    assert closing_threshold(replace(STYLE, mean=STYLE.rest), Articulation()) == pytest.approx(
        USUAL, abs=1e-3
    )


@pytest.mark.parametrize("end", [96, 100, 104])
def test_lips_do_not_pop_open_between_a_closure_and_a_pause(end: int) -> None:
    """A word that ends in /m/ stays closed into the rest, whether that is heard a little before or after."""
    motion = speaking(200)
    motion.closure[93:104] = 0.9
    motion.activity[end:] = 0.0
    pose = perform(motion, STYLE, ON_TIME)
    assert np.all(pose[93:, Measure.GAP] < CLOSED_GAP_MM)


def test_a_long_voice_fills_little_memory() -> None:
    """One measure after the other: all seven at once took 400 bytes for each of 100 steps a second."""
    motion = speaking(30_000)
    tracemalloc.start()
    perform(motion, STYLE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 150 * len(motion.closure)
