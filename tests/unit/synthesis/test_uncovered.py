"""The chin below a lip that goes up."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.draw import draw_mouth
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.placement import FaceGeometry, measure_geometry
from lipwright.synthesis.target import Placement, lay_out
from lipwright.synthesis.uncovered import uncovered_share
from tests.tracks import PIXELS_PER_MM, make_track

Float32Array = NDArray[np.float32]

LOWER = np.arange(mesh.N_RING)[mesh.LOWER_HALF]
CHIN = mesh.places((18,))[0]
CROP = Box(60, 100, 260, 300)
SKIN, SHADOW = 120, 30
LONGER_MM = 12


@pytest.fixture(scope="module")
def geometry() -> FaceGeometry:
    found = measure_geometry(make_track(np.linspace(0, 12, 30)), 25.0)
    assert found is not None
    return found


def _shut(geometry: FaceGeometry) -> Float32Array:
    """Shut lips above a long chin: what a layer round the lips does not reach is to be seen."""
    shut = geometry.own_points(0).copy()
    skin = shut[3 * mesh.N_RING :]
    skin[skin[:, 1] > shut[mesh.OUTER][LOWER, 1].max(), 1] += LONGER_MM * PIXELS_PER_MM
    return shut


def _lowered(geometry: FaceGeometry) -> tuple[Float32Array, Float32Array]:
    """A mouth whose lower lip reaches down to the chin but for a millimetre, and the same shut."""
    shut = _shut(geometry)
    lowered = shut.copy()
    way = shut[CHIN, 1] - shut[mesh.OUTER][LOWER, 1].max() - PIXELS_PER_MM
    for ring in (mesh.OUTER, mesh.MIDDLE, mesh.INNER):
        lowered[ring][LOWER, 1] += way
    return lowered, shut


def _donor(points: Float32Array, crop: Box = CROP) -> Donor:
    plain = np.full((crop.height, crop.width, 3), (SKIN, 128, 128), np.uint8)
    return Donor(plain, points - np.array([crop.left, crop.top], np.float32))


def _drawn(geometry: FaceGeometry, donor: Donor) -> NDArray[np.uint8]:
    """Luma of a frame with a shadow below its lowered lip, when the lips are drawn shut."""
    own, shut = _lowered(geometry)
    picture = Picture(
        np.full((320, 320), SKIN, np.uint8),
        np.full((160, 160), 128, np.uint8),
        np.full((160, 160), 128, np.uint8),
    )
    lip, chin = own[mesh.OUTER][LOWER], own[mesh.places((83, 18, 313))]
    shade = np.concatenate([lip, chin[::-1] + np.float32([0, 2 * PIXELS_PER_MM])])
    cv2.fillPoly(picture.luma, [shade.round().astype(np.int32)], (SHADOW,))
    draw_mouth(picture, Placement(own, shut, PIXELS_PER_MM), [(donor, 1.0)], geometry.mouth_mesh)
    return picture.luma


def _below(geometry: FaceGeometry) -> tuple[slice, int]:
    """The column of skin from the shut lip to the chin."""
    shut = _shut(geometry)
    return slice(int(shut[mesh.OUTER][LOWER, 1].max()), int(shut[CHIN, 1])), int(shut[CHIN, 0])


def test_the_shadow_below_a_lowered_lip_is_not_stretched_over_the_chin(geometry: FaceGeometry) -> None:
    """Below the shut lips it looked like a second mouth; the donor shows the chin."""
    drawn = _drawn(geometry, _donor(_shut(geometry)))
    assert drawn[_below(geometry)].min() > SKIN - 30


def test_skin_that_the_donor_shows_no_better_stays_the_frames(geometry: FaceGeometry) -> None:
    """One of another lowered lip would be stretched as far."""
    own, shut = _lowered(geometry)
    target = lay_out(Placement(own, shut, PIXELS_PER_MM), geometry.mouth_mesh)
    assert len(target.stretched) > 0
    assert uncovered_share(target, shut, (320, 320)).max() > 0.9
    assert uncovered_share(target, own, (320, 320)).max() == 0


def test_a_donor_of_another_size_shows_as_much(geometry: FaceGeometry) -> None:
    """Its crop may be kept smaller than the frame."""
    own, shut = _lowered(geometry)
    target = lay_out(Placement(own, shut, PIXELS_PER_MM), geometry.mouth_mesh)
    whole, half = uncovered_share(target, shut, (320, 320)), uncovered_share(target, shut / 2, (160, 160))
    np.testing.assert_allclose(whole, half, atol=1e-3)


def test_nothing_is_taken_from_beyond_the_crop(geometry: FaceGeometry) -> None:
    """The last row of a crop would be drawn out to a streak."""
    own, shut = _lowered(geometry)
    target = lay_out(Placement(own, shut, PIXELS_PER_MM), geometry.mouth_mesh)
    lips_only = int(shut[mesh.OUTER][:, 1].max()) + 1
    assert uncovered_share(target, shut, (lips_only, 320)).max() == 0


def test_a_mouth_that_opens_or_stays_uncovers_nothing(geometry: FaceGeometry) -> None:
    """And no more of the chin is drawn than without it."""
    own, shut = _lowered(geometry)
    for wanted in (own, shut):
        target = lay_out(Placement(shut, wanted, PIXELS_PER_MM), geometry.mouth_mesh)
        assert len(target.stretched) == 0
        assert not uncovered_share(target, shut, (320, 320)).any()
