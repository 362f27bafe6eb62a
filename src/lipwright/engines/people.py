"""Which tracks of a video show the same person, so far as that can be told for sure."""

from lipwright.analysis.faces.likeness import Likeness, is_same_person
from lipwright.engines.base import Scene
from lipwright.synthesis.person_bank import PersonBank


def tracks_of_person(scene: Scene, track_id: int) -> list[int]:
    """The tracks that surely show the person of a track, itself among them, ascending.

    Each is compared with the track itself, not with one another: a chain of likenesses would lead from one
    person to the next. Tracks that share a frame are different people.
    """
    bank = scene.bank
    own = bank.likeness(track_id) if isinstance(bank, PersonBank) else None
    if own is None:
        return [track_id]
    same = [track_id]
    for other in scene.geometries:
        if other != track_id and _is_same(scene, own, same, other):
            same.append(other)
    return sorted(same)


def _is_same(scene: Scene, own: Likeness, same: list[int], other: int) -> bool:
    assert isinstance(scene.bank, PersonBank)
    tracks = scene.analysis.tracks
    track = tracks[other]
    if any(track.start < tracks[one].stop and tracks[one].start < track.stop for one in same):
        return False
    likeness = scene.bank.likeness(other)
    return likeness is not None and is_same_person(own, likeness)
