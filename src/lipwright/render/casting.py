"""Decides which faces are given the voice, and in which frames."""

from lipwright.analysis.faces.cast import CastMember, throughout
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.pick import pick_at, pick_in
from lipwright.analysis.faces.speaker import SourceSound, cast_speakers
from lipwright.analysis.faces.turns import take_turns
from lipwright.engines.base import Scene
from lipwright.engines.people import tracks_of_person


def cast_faces(
    choice: FaceChoice, scene: Scene, sound: SourceSound | None, frames_per_second: float
) -> list[CastMember]:
    """The cast of a video; who is not in it stays untouched.

    Args:
        choice: of the client.
        scene: what was seen.
        sound: the source's own; without it nobody can be told to take turns.
        frames_per_second: of the source.

    Raises:
        FaceChoiceError: there is no face where the choice says.
    """
    analysis = scene.analysis
    if choice.bounding_boxes is not None:
        return pick_in(analysis, choice.bounding_boxes)
    if choice.frame_number is not None and choice.coordinates is not None:
        chosen = pick_at(analysis, choice.frame_number, choice.coordinates)
        people = tracks_of_person(scene, chosen)
        return [throughout(number, analysis.tracks[number]) for number in people]
    if choice.auto_detect and sound is not None:
        return take_turns(analysis, sound, frames_per_second)
    return [throughout(number, analysis.tracks[number]) for number in cast_speakers(analysis, sound)]
