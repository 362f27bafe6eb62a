"""A second look at a face, in the mirror: steadier points, and whether the mouth can be read at all.

What the mesh gets wrong it gets wrong differently in the mirror. On two talks scaled down to faces of 35 to
1000 pixels, the mean of both looks has 0.5 to 0.9 of the error of one. Under a moustache, or behind a hand,
the two contradict each other: there either is a guess.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from lipwright.analysis.faces.landmarks import INNER_LIP, MEAN_FACE, MIRROR, OUTER_LIP, RIGID, VERTICES
from lipwright.analysis.faces.mesh import FaceMesh
from lipwright.analysis.faces.mouth_shape import seen_gap
from lipwright.analysis.faces.tracking import Sighting
from lipwright.analysis.faces.two_looks import TwoLooks
from lipwright.geometry import align

_VERTICES = np.array(VERTICES)
_LIPS = np.concatenate([OUTER_LIP, INNER_LIP])
_PROBE_INTERVAL = 8
"""Frames of a face between those that are looked at twice to find out whether it can be read."""
_DOUBTED_FRAMES = 25
"""For so long every frame is looked at twice after the looks have contradicted each other."""


@dataclass(eq=False)
class SecondLooks:
    """Gives a second look to the faces that need one: small ones, and those that are misread.

    A second look costs as much as the first. The points of a face that is seen well are those of the first
    look throughout: the mean of both in some frames alone would make them tremble.
    """

    mesh: FaceMesh
    small_below: float
    """Pixels of height: faces that start lower are looked at twice from then on."""
    _small: set[int] = field(default_factory=set)
    _n_seen: dict[int, int] = field(default_factory=dict)
    _doubted_until: dict[int, int] = field(default_factory=dict)

    def surer(self, number: int, sighting: Sighting) -> Sighting:
        """The next sighting of a face, with a second look if it needs one."""
        seen = self._n_seen[number] = self._n_seen.get(number, -1) + 1
        if sighting.face_box.height < self.small_below:
            self._small.add(number)
        is_doubted = number in self._small or seen < self._doubted_until.get(number, 0)
        if not is_doubted and seen % _PROBE_INTERVAL:
            return sighting
        twice = look_again(self.mesh, sighting)
        assert twice.looks is not None
        if not twice.looks.agree:
            self._doubted_until[number] = seen + _DOUBTED_FRAMES
            return twice
        return twice if is_doubted else replace(sighting, looks=twice.looks)


def look_again(mesh: FaceMesh, sighting: Sighting) -> Sighting:
    """The sighting with the mean of its points and those seen in the mirror."""
    first, mirrored = sighting.landmarks, mesh.fit_mirrored(sighting.fit)[_VERTICES][MIRROR]
    pixels_per_mm = align(MEAN_FACE[RIGID].astype(np.float64), first[RIGID].astype(np.float64)).scale
    pixels = float(np.sqrt(np.square((mirrored - first)[_LIPS, :2]).sum(axis=1).mean()))
    looks = TwoLooks((seen_gap(first), seen_gap(mirrored)), pixels / pixels_per_mm)
    return replace(sighting, landmarks=0.5 * (first + mirrored), looks=looks)
