"""Who says a segment."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.speaker import SourceSound
from lipwright.analysis.faces.track import FaceAnalysis, FaceTrack
from lipwright.engines.base import Scene
from lipwright.errors import FaceChoiceError
from lipwright.render.layout import Stretch
from lipwright.render.segment_cast import Hearing, cast_segment
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from tests.tracks import CENTER, make_track

TALKS_FIRST = np.where(np.arange(100) < 50, 6 + 5 * np.sin(1.5 * np.arange(100)), 0.0)
WHOEVER = FaceChoice()
SOUND = SourceSound(np.ones(100, np.float32))


def seen(tracks: dict[int, FaceTrack]) -> Scene:
    return Scene(FaceAnalysis(100, [0], tracks), MouthBank(BankOptions()), {})


def cast(
    scene: Scene, frames: range, choice: FaceChoice = WHOEVER, sound: SourceSound | None = SOUND
) -> list[CastMember]:
    stretch = Stretch(3, frames, Fraction(0), Fraction(1), Fraction(1))
    return cast_segment(choice, scene, stretch, Hearing(scene.analysis, sound, 25.0))


@pytest.mark.parametrize(("frames", "speaker"), [(range(5, 45), 0), (range(55, 95), 1)])
@pytest.mark.parametrize("is_auto", [False, True])
def test_whoever_speaks_meanwhile_says_it(frames: range, speaker: int, is_auto: bool) -> None:
    """Two who take turns: on the whole neither speaks more."""
    scene = seen({0: make_track(TALKS_FIRST), 1: make_track(TALKS_FIRST[::-1].copy())})
    (member,) = cast(scene, frames, FaceChoice(auto_detect=is_auto))
    assert member.track_id == speaker
    assert np.flatnonzero(member.speaks).tolist() == list(frames)


@pytest.mark.parametrize("is_auto", [False, True])
def test_a_listener_whose_lips_happen_to_follow_says_nothing(is_auto: bool) -> None:
    """In a few seconds a smile may fit what is heard by chance; whose turn it is the whole shot knows."""
    time = np.arange(100)
    heard = np.sin(0.7 * time)
    sound = SourceSound(np.ones(100, np.float32), heard.astype(np.float32))
    scene = seen({0: make_track(1 + 0.1 * heard), 1: make_track(6 + 5 * np.sin(1.9 * time))})
    (member,) = cast(scene, range(20, 70), FaceChoice(auto_detect=is_auto), sound)
    assert member.track_id == 1


def test_without_sound_the_face_that_moves_says_it() -> None:
    scene = seen({0: make_track(np.zeros(100)), 1: make_track(TALKS_FIRST)})
    (member,) = cast(scene, range(5, 45), sound=None)
    assert member.track_id == 1


def test_one_face_at_a_time_says_a_segment_that_names_none() -> None:
    """The other one is lost in the middle and found again as another track."""
    first, second = make_track(TALKS_FIRST[:40]), replace(make_track(TALKS_FIRST[:40]), start=60)
    scene = seen({0: first, 1: make_track(np.zeros(100)), 2: second})
    members = cast(scene, range(5, 95))
    assert [member.track_id for member in members] == [0, 2]


def test_a_face_that_is_pointed_at_says_it_there_only() -> None:
    scene = seen({7: replace(make_track(TALKS_FIRST[:80]), start=20)})
    choice = FaceChoice(frame_number=90, coordinates=(CENTER[0], CENTER[1]))
    (member,) = cast(scene, range(10, 30), choice)
    assert np.flatnonzero(member.speaks).tolist() == list(range(10))


def test_a_segment_without_a_face_has_no_cast() -> None:
    scene = seen({7: replace(make_track(TALKS_FIRST[:50]), start=50)})
    assert cast(scene, range(40)) == []


def test_a_point_beside_every_face_names_the_segment() -> None:
    choice = FaceChoice(frame_number=3, coordinates=(5, 5))
    with pytest.raises(FaceChoiceError, match=r"segments\[3\]\.coordinates"):
        cast(seen({0: make_track(TALKS_FIRST)}), range(10), choice)
