"""Stills of the drawn presenter with all that drawing their mouths needs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.track import FaceTrack
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.synthesis.mouth_look import MouthLook, measure_look
from lipwright.synthesis.open_mouth import Manner, draw_synthesized
from lipwright.synthesis.placement import FaceGeometry, measure_geometry
from tests.pictures import picture_of

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Still:
    """One picture of a face."""

    picture: Picture
    track: FaceTrack
    geometry: FaceGeometry
    look: MouthLook

    @property
    def own(self) -> Float32Array:
        """The measures of its mouth."""
        return self.track.measures[0]

    def drawn(self, gap: float, **options: float) -> Picture:
        """The picture with its mouth opened so far."""
        picture = self.picture.copy()
        draw_synthesized(picture, self.geometry, 0, opened(self.own, gap), self.look, Manner(**options))
        return picture


def opened(own: Float32Array, gap: float) -> Float32Array:
    """Measures of a mouth that opens as mouths do: the lower lip most, the upper lip and the jaw with it."""
    wanted = own.copy()
    change = gap - max(float(own[Measure.GAP]), 0.0)
    wanted[Measure.GAP] = gap
    wanted[Measure.LOWER] += 0.65 * change
    wanted[Measure.UPPER] += 0.3 * change
    wanted[Measure.JAW] += 0.35 * change
    return wanted


def presenter_still(gap: float, seed: int = 3) -> Still:
    """The presenter with lips that far apart, millimetres."""
    rgb = Presenter(PresenterOptions(seed=seed)).draw(MouthPose(gap=gap, jaw=0.5 * gap))
    return still_of(picture_of(rgb))


def still_of(picture: Picture) -> Still:
    """A picture of one face, analysed."""
    track = track_of([picture])
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    return Still(picture, track, geometry, measure_look(picture, track.landmarks[0]))


def track_of(pictures: list[Picture]) -> FaceTrack:
    """The face that a few pictures show."""
    with FaceAnalyzer(FaceOptions(smoothing_reach=0)) as analyzer:
        for picture in pictures:
            analyzer.push(picture)
        return next(iter(analyzer.finish().tracks.values()))


def seen_gaps(pictures: list[Picture]) -> Float32Array:
    """How far apart the face mesh sees the lips in each, millimetres."""
    return track_of(pictures).measures[:, Measure.GAP]
