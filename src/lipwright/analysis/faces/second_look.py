"""Further looks at a face: steadier points, and whether the mouth can be read at all.

What the mesh gets wrong it gets wrong differently in the mirror. On two talks scaled down to faces of 35 to
1000 pixels, the mean of both looks has 0.5 to 0.9 of the error of one. Under a moustache, or behind a hand,
the two contradict each other: there either is a guess, and two may agree by chance. Such a face is looked at
six times, with the crop turned to either side as well. On a talk in which a moustache and its shadow hide the
lips, looks at one and the same frame with shut lips read from 0 to 20 mm.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import INNER_LIP, MEAN_FACE, MIRROR, OUTER_LIP, RIGID, VERTICES
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.mesh import FaceMesh
from lipwright.analysis.faces.mouth_shape import seen_gap
from lipwright.analysis.faces.tracking import Sighting
from lipwright.geometry import align

Float32Array = NDArray[np.float32]

_VERTICES = np.array(VERTICES)
_LIPS = np.concatenate([OUTER_LIP, INNER_LIP])
_PROBE_INTERVAL = 8
"""Frames of a face between those that are looked at twice to find out whether it can be read."""
_DOUBTED_FRAMES = 25
"""For so long every frame is looked at closely after the looks have contradicted each other."""
_TURNS = (0.1, -0.1)
"""Radians by which crops are turned for a close look: less than a track turns by itself in a second."""


@dataclass(eq=False)
class SecondLooks:
    """Gives further looks to the faces that need them: small ones, and those that are misread.

    A look costs as much as the first. The points of a face that is seen well are those of the first
    look throughout: the mean of several in some frames alone would make them tremble.
    """

    mesh: FaceMesh
    small_below: float
    """Pixels of height: faces that start lower are looked at twice from then on."""
    _small: set[int] = field(default_factory=set)
    _n_seen: dict[int, int] = field(default_factory=dict)
    _doubted_until: dict[int, int] = field(default_factory=dict)

    def surer(self, number: int, sighting: Sighting) -> Sighting:
        """The next sighting of a face, with further looks if it needs them."""
        seen = self._n_seen[number] = self._n_seen.get(number, -1) + 1
        if sighting.face_box.height < self.small_below:
            self._small.add(number)
        is_small, is_doubted = number in self._small, seen < self._doubted_until.get(number, 0)
        if not is_small and not is_doubted and seen % _PROBE_INTERVAL:
            return sighting
        two = _two(self.mesh, sighting, 0.0)
        pair = _looks(two)
        if not pair.agree:
            self._doubted_until[number] = seen + _DOUBTED_FRAMES
        elif not is_doubted:
            return _mean(sighting, two) if is_small else replace(sighting, looks=pair)
        return _mean(sighting, [*two, *_turned(self.mesh, sighting)])


def look_again(mesh: FaceMesh, sighting: Sighting) -> Sighting:
    """The sighting with the mean of its points and those seen in the mirror."""
    return _mean(sighting, _two(mesh, sighting, 0.0))


def look_closely(mesh: FaceMesh, sighting: Sighting) -> Sighting:
    """The sighting with the mean of six looks: turned to either side, and each in the mirror too."""
    return _mean(sighting, [*_two(mesh, sighting, 0.0), *_turned(mesh, sighting)])


def _turned(mesh: FaceMesh, sighting: Sighting) -> list[Float32Array]:
    return [points for turned in _TURNS for points in _two(mesh, sighting, turned)]


def _two(mesh: FaceMesh, sighting: Sighting, turned: float) -> list[Float32Array]:
    """What is seen of a turned crop and of its mirror image; float32, shape (N_VERTICES, 3) each."""
    plain = mesh.fit_again(sighting.fit, turned=turned)[_VERTICES] if turned else sighting.landmarks
    return [plain, mesh.fit_again(sighting.fit, turned=turned, mirrored=True)[_VERTICES][MIRROR]]


def _mean(sighting: Sighting, points: list[Float32Array]) -> Sighting:
    mean = np.asarray(np.mean(points, axis=0), np.float32)
    return replace(sighting, landmarks=mean, looks=_looks(points))


def _looks(points: list[Float32Array]) -> Looks:
    first = points[0]
    pixels_per_mm = align(MEAN_FACE[RIGID].astype(np.float64), first[RIGID].astype(np.float64)).scale
    lips = np.stack([look[_LIPS, :2] for look in points])
    pixels = 2 * float(np.sqrt(np.square(lips - lips.mean(axis=0)).sum(axis=2).mean()))
    return Looks(tuple(seen_gap(look) for look in points), pixels / pixels_per_mm)
