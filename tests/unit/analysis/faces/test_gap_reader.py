import math

import numpy as np
import pytest

from lipwright.analysis.faces.gap_reader import GapReader
from lipwright.analysis.faces.mesh import FaceMesh, FaceRegion, region_around
from lipwright.analysis.faces.mouth_shape import seen_gap
from lipwright.analysis.faces.tracking import look
from lipwright.media.picture import Picture
from tests.unit.analysis.faces.drawn_face import as_picture, draw_face, plain_canvas


def test_a_mouth_reads_as_when_it_was_found() -> None:
    """Looked for where the face is known to be, the gap is that of the face as it was followed."""
    mesh = FaceMesh()
    found = []
    with GapReader() as reader:
        for opening in (0.0, 0.15):
            picture = as_picture(draw_face(plain_canvas(400, 400), (200, 190), 220, opening))
            rough = look(mesh, picture, region_around(_points(mesh, picture)))
            assert rough is not None
            read = reader.read(picture, rough.landmarks)
            assert read == pytest.approx(seen_gap(rough.landmarks), abs=1.5)
            found.append(read)
    mesh.close()
    assert found[1] > found[0] + 4


def test_no_face_reads_as_nothing() -> None:
    """A wall where the face was is no mouth of any opening."""
    mesh = FaceMesh()
    picture = as_picture(draw_face(plain_canvas(400, 400), (200, 190), 220))
    landmarks = look(mesh, picture, region_around(_points(mesh, picture)))
    mesh.close()
    assert landmarks is not None
    with GapReader() as reader:
        assert math.isnan(reader.read(as_picture(plain_canvas(400, 400)), landmarks.landmarks))


def _points(mesh: FaceMesh, picture: Picture) -> np.ndarray:
    return mesh.fit(picture, FaceRegion(200, 200, 330, 0.0)).points
