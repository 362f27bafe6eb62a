"""Who speaks when, inside a shot."""

import numpy as np

from lipwright.analysis.faces.speaker import SourceSound, covers_sound
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.analysis.faces.turns import take_turns
from tests.unit.analysis.faces.test_speaker import talking, track

RATE = 25.0
FIRST = np.repeat([1.0, 0.0, 1.0], 100).astype(np.float32)
"""One speaks for four seconds, then the other, then the one again."""
SOUND = SourceSound(np.ones(300, np.float32))


def test_the_voice_goes_to_whoever_moves_the_lips() -> None:
    tracks = {3: track(talking(FIRST)), 5: track(talking(1 - FIRST, 1))}
    one, other = take_turns(FaceAnalysis(300, [0], tracks), SOUND, RATE)
    assert (one.track_id, other.track_id) == (3, 5)
    assert (one.speaks == (FIRST > 0)).mean() > 0.95
    assert (one.speaks ^ other.speaks).all()


def test_a_listener_is_never_given_the_voice() -> None:
    tracks = {0: track(talking(0 * FIRST)), 1: track(talking(FIRST * 0 + 1, 1))}
    (only,) = take_turns(FaceAnalysis(300, [0], tracks), SOUND, RATE)
    assert (only.track_id, only.speaks.all()) == (1, True)


def test_a_word_between_does_not_take_the_voice() -> None:
    """Handing over for a syllable would make two mouths twitch."""
    word = np.zeros(300, np.float32)
    word[150:154] = 1
    tracks = {0: track(talking(np.ones(300))), 1: track(talking(word, 1))}
    (only,) = take_turns(FaceAnalysis(300, [0], tracks), SOUND, RATE)
    assert only.track_id == 0


def test_turns_are_taken_in_each_shot_for_itself() -> None:
    tracks = {0: track(talking(np.ones(100))), 1: track(talking(np.ones(60), 1), start=140)}
    analysis = FaceAnalysis(200, [0, 100, 140], tracks)
    assert [member.track_id for member in take_turns(analysis, SOUND, RATE)] == [0, 1]


def test_of_two_who_talk_all_the_time_the_voice_goes_to_whom_it_opens() -> None:
    """Movement says nothing where both move: people who talk over one another, or who are not heard."""
    one, other = (openings(300, seed) for seed in (1, 2))
    heard = np.where(FIRST > 0, one, other)
    tracks = {0: track(one), 1: track(np.roll(other, -3))}
    sound = SourceSound(np.ones(300, np.float32), heard)
    cast = {
        member.track_id: member.speaks for member in take_turns(FaceAnalysis(300, [0], tracks), sound, RATE)
    }
    assert (cast[0] == (FIRST > 0)).mean() > 0.9


def openings(n: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A mouth that talks without pause: syllables of no fixed length, 0 to 8 mm."""
    rng = np.random.default_rng(seed)
    turns = np.cumsum(rng.uniform(2, 5, n))
    return np.interp(np.arange(n), turns, rng.uniform(0, 8, n)).astype(np.float32)


def test_who_is_lost_hands_over_to_who_is_seen() -> None:
    gone = talking(np.ones(300))
    gone[120:240] = np.nan
    tracks = {0: track(gone), 1: track(talking(0 * FIRST))}
    cast = {
        member.track_id: member.speaks for member in take_turns(FaceAnalysis(300, [0], tracks), SOUND, RATE)
    }
    assert not cast[0][130:230].any()
    assert cast[0][:110].all()


def test_who_rests_through_part_of_the_sound_covers_less_of_it() -> None:
    sound = np.ones(300, np.float32)
    assert (
        covers_sound(track(talking(FIRST)), sound) < covers_sound(track(talking(0 * FIRST + 1)), sound) - 0.1
    )
    assert covers_sound(track(talking(FIRST)), 0 * sound) == 0.0
