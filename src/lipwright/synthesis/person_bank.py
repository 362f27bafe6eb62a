"""A mouth bank that also remembers how each face looks, so that a mouth can be made up in its manner."""

from lipwright.analysis.faces.likeness import Likeness, LikenessRecord
from lipwright.analysis.faces.track import FaceObservation
from lipwright.media.picture import Picture
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from lipwright.synthesis.mouth_look import MouthLook, measure_look, settle_look

_LOOKS = (0, 12, 25, 50, 100, 200, 400, 800)
"""Sightings of a track, counted from 0, at which its look is taken."""


class PersonBank(MouthBank):
    """Donors by track and frame, and for each track its look and what it can be recognised by."""

    def __init__(self, options: BankOptions) -> None:
        super().__init__(options)
        self._sightings: dict[int, int] = {}
        self._looks: dict[int, list[MouthLook]] = {}
        self._settled: dict[int, MouthLook] = {}
        self._likenesses: dict[int, LikenessRecord] = {}

    def keep(self, picture: Picture, observation: FaceObservation) -> None:
        """See ``MouthBank.keep``; now and then also looks at the whole face."""
        super().keep(picture, observation)
        number = observation.track_id
        n_seen = self._sightings.get(number, 0)
        self._sightings[number] = n_seen + 1
        if n_seen in _LOOKS:
            self._look_at(picture, observation)

    def look(self, track_id: int) -> MouthLook:
        """The look of a track that was seen at least once; asked for often, so it is remembered."""
        if track_id not in self._settled:
            self._settled[track_id] = settle_look(self._looks[track_id])
        return self._settled[track_id]

    def likeness(self, track_id: int) -> Likeness | None:
        """What a track's person can be recognised by; None where that cannot be told."""
        record = self._likenesses.get(track_id)
        return None if record is None else record.finish()

    def _look_at(self, picture: Picture, observation: FaceObservation) -> None:
        number = observation.track_id
        self._settled.pop(number, None)
        self._looks.setdefault(number, []).append(measure_look(picture, observation.landmarks))
        self._likenesses.setdefault(number, LikenessRecord()).add(picture, observation.landmarks)
