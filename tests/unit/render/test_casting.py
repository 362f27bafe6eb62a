"""Which faces are given the voice."""

import numpy as np

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.speaker import SourceSound
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.engines.base import Scene
from lipwright.render.casting import cast_faces
from lipwright.render.strength import replacement_strength
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from tests.tracks import CENTER, make_track

RATE = 25.0
SPEAKS = np.repeat([True, False], 50)
GAPS = np.where(SPEAKS, 6 + 5 * np.sin(1.5 * np.arange(100)), 0.0)
SOUND = SourceSound(np.ones(100, np.float32))


def seen(tracks: dict[int, FaceTrack]) -> Scene:
    return Scene(FaceAnalysis(100, [0], tracks), MouthBank(BankOptions()), {})


def two_who_take_turns() -> Scene:
    return seen({0: make_track(GAPS), 1: make_track(GAPS[::-1].copy())})


def test_without_a_choice_each_shot_has_one_speaker_throughout() -> None:
    (member,) = cast_faces(FaceChoice(), two_who_take_turns(), SOUND, RATE)
    assert member.speaks.all()


def test_automatic_choice_follows_the_speaker() -> None:
    cast = cast_faces(FaceChoice(auto_detect=True), two_who_take_turns(), SOUND, RATE)
    assert [member.track_id for member in cast] == [0, 1]
    assert (cast[0].speaks == SPEAKS).mean() > 0.9


def test_a_source_without_sound_takes_no_turns() -> None:
    (member,) = cast_faces(FaceChoice(auto_detect=True), two_who_take_turns(), None, RATE)
    assert member.speaks.all()


def test_a_point_gives_the_voice_to_that_face_alone() -> None:
    choice = FaceChoice(frame_number=3, coordinates=(CENTER[0], CENTER[1]))
    (member,) = cast_faces(choice, seen({7: make_track(GAPS)}), SOUND, RATE)
    assert (member.track_id, member.speaks.all()) == (7, True)


def test_frames_in_which_a_face_does_not_speak_are_untouched() -> None:
    """Not a sample of them changes, and the way there is gradual."""
    track = make_track(GAPS)
    strength = replacement_strength(track, np.arange(100), np.zeros(100, np.bool_), SPEAKS)
    assert (strength[~SPEAKS] == 0).all()
    assert (strength[:40] == 1).all()
    assert np.abs(np.diff(strength)).max() <= 0.21
