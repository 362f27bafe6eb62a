import numpy as np

from lipwright.analysis.speech.prosody import Prosody
from lipwright.synthesis.acting import act, visibility

SECONDS = np.arange(150) / 25.0
STRESS = (0.5 + 0.5 * np.sin(2 * np.pi * SECONDS)).astype(np.float32)
PITCH = (4 * np.sin(2 * np.pi * SECONDS / 2.5)).astype(np.float32)
VOICE = Prosody(SECONDS, STRESS, PITCH)
SILENCE = Prosody(SECONDS, np.zeros(150, np.float32), np.zeros(150, np.float32))
SEEN = np.ones(150, np.float32)


def test_an_expression_comes_and_goes_without_steps() -> None:
    """From rest to rest, and full in between."""
    amount = act(VOICE, SEEN, with_face=True, with_head=False).amount
    assert amount[0] == amount[-1] == 0
    assert np.abs(np.diff(amount)).max() < 0.15
    assert amount[40:110].min() > 0.7
    assert amount.max() <= 1.0


def test_an_expression_is_as_strong_whoever_speaks() -> None:
    """Stress adds a little to it; a soft voice does not take it away."""
    quiet = act(SILENCE, SEEN, with_face=True, with_head=False).amount[40:110]
    loud = act(Prosody(SECONDS, SEEN, PITCH), SEEN, with_face=True, with_head=False).amount[40:110]
    assert quiet.min() > 0.85
    assert (loud > quiet + 0.05).all()


def test_the_head_nods_on_stressed_syllables() -> None:
    """Positive turns the nose down."""
    turns = act(Prosody(SECONDS, STRESS, 0 * PITCH), SEEN, with_face=False, with_head=True).turns
    assert np.corrcoef(turns[30:120, 0], STRESS[30:120])[0, 1] > 0.9
    assert np.degrees(np.ptp(turns[:, 0])) > 1.0


def test_the_head_lifts_with_the_melody() -> None:
    turns = act(Prosody(SECONDS, 0 * STRESS, PITCH), SEEN, with_face=False, with_head=True).turns
    assert np.corrcoef(turns[30:120, 0], PITCH[30:120])[0, 1] < -0.9


def test_in_silence_the_head_is_still() -> None:
    acting = act(SILENCE, SEEN, with_face=False, with_head=True)
    assert not acting.turns.any()
    assert not acting.amount.any()


def test_heads_move_by_a_few_degrees_and_never_jerk() -> None:
    turns = np.degrees(act(VOICE, SEEN, with_face=False, with_head=True).turns)
    assert np.abs(turns).max() < 6
    assert np.abs(np.diff(turns, 2, axis=0)).max() < 0.5


def test_a_lost_or_turned_face_is_left_alone() -> None:
    """Nothing happens where the face is not seen, and it fades on the way there."""
    is_tracked = np.ones(60, np.bool_)
    is_tracked[30] = False
    yaw = np.zeros(60, np.float32)
    yaw[30], yaw[50:] = np.nan, 50
    share = visibility(is_tracked, yaw)
    assert share[30] == 0
    assert not share[50:].any()
    assert (share[:20] == 1).all()
    assert np.abs(np.diff(share)).max() < 0.35
    assert not act(VOICE, np.zeros(150, np.float32), with_face=True, with_head=True).amount.any()


def test_one_frame_is_no_performance() -> None:
    acting = act(VOICE.at(np.zeros(1)), np.ones(1, np.float32), with_face=True, with_head=True)
    assert acting.amount.tolist() == [0.0]
