"""Four more looks at mouths that are hard to read, from nearer and from further away: for measuring.

Two looks agree by chance: on outputs whose lips are shut to the eye, and read so at full size, scaled down to
faces of 32 pixels, 0.26 to 0.97 of the frames that two looks agree on read shut; of those that six agree on
0.40 to 1.00. On two talks scaled down to 35 to 100 pixels, lips that are shut are called unreadable more
often than lips that are apart (0.24 beside 0.06), and lips that are apart are never read as shut.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from lipwright.analysis.faces.landmarks import MIRROR, VERTICES
from lipwright.analysis.faces.looks import Looks
from lipwright.analysis.faces.mesh import FaceMesh
from lipwright.analysis.faces.mouth_shape import seen_gap
from lipwright.analysis.faces.tracking import Sighting
from lipwright.geometry import Box
from lipwright.media.picture import Picture

_WINDOWS = (0.9, 1.12)
"""Of the usual region: the mouth falls on other pixels of the network, and the face still fills the view."""
_SMALL_BELOW = 128.0
"""Pixels of height: faces that the mesh blows up."""
_SURE_MM = 0.3
"""Of larger faces two looks that differ by less err by 0.7 mm in at most one frame of twenty."""
_DOUBTED_FRAMES = 25
"""For so long all frames are looked at further after looks have contradicted each other: two looks that are
2 mm off agree within 0.3 mm by chance."""
_VERTICES = np.array(VERTICES)


@dataclass(eq=False)
class FurtherLooks:
    """Gives further looks to the mouths that need them; frames of a face come in order."""

    mesh: FaceMesh
    _n_seen: dict[int, int] = field(default_factory=dict)
    _doubted_until: dict[int, int] = field(default_factory=dict)

    def surer(self, number: int, picture: Picture, sighting: Sighting) -> Sighting:
        """The next sighting of a face, with further looks if it was seen twice and that is not enough."""
        seen = self._n_seen[number] = self._n_seen.get(number, -1) + 1
        is_doubted = seen < self._doubted_until.get(number, 0)
        if sighting.looks is None or not (is_doubted or is_hard_to_read(sighting.face_box, sighting.looks)):
            return sighting
        sighting = look_further(self.mesh, picture, sighting)
        assert sighting.looks is not None
        if not sighting.looks.agree:
            self._doubted_until[number] = seen + _DOUBTED_FRAMES
        return sighting


def is_hard_to_read(face_box: Box, looks: Looks) -> bool:
    """Whether two looks are not enough to say how far the lips are apart."""
    first, second = looks.gaps[:2]
    return face_box.height < _SMALL_BELOW or abs(first - second) >= _SURE_MM


def look_further(mesh: FaceMesh, picture: Picture, sighting: Sighting) -> Sighting:
    """The sighting with four more gaps among its looks; its points stay as they are.

    Args:
        picture: in which it was seen.
        sighting: seen twice.
    """
    assert sighting.looks is not None
    gaps = list(sighting.looks.gaps)
    for size in _WINDOWS:
        fit = mesh.fit(picture, replace(sighting.region, size=sighting.region.size * size))
        gaps.append(seen_gap(fit.points[_VERTICES]))
        gaps.append(seen_gap(mesh.fit_again(fit, mirrored=True)[_VERTICES][MIRROR]))
    return replace(sighting, looks=replace(sighting.looks, gaps=tuple(gaps)))
