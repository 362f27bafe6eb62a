import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.mouth_bank import BankOptions, MouthBank
from tests.tracks import make_track


def _picture(seed: int = 0) -> Picture:
    rng = np.random.default_rng(seed)
    return Picture(
        rng.integers(0, 255, (320, 320), dtype=np.uint8),
        rng.integers(0, 255, (160, 160), dtype=np.uint8),
        rng.integers(0, 255, (160, 160), dtype=np.uint8),
    )


def _filled(gaps: np.ndarray, options: BankOptions, tilt: float = 0) -> tuple[MouthBank, FaceAnalysis]:
    """A bank of a track; its picture may be turned about its middle, by degrees."""
    track = make_track(gaps)
    track.landmarks = _tilted(np.asarray(track.landmarks), np.radians(tilt))
    bank = MouthBank(options)
    for row in range(len(gaps)):
        bank.keep(_picture(), FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 320, 320)))
    return bank, FaceAnalysis(len(gaps), [0], {0: track})


def _tilted(landmarks: np.ndarray, angle: float) -> np.ndarray:
    middle = np.array([160, 160, 0], np.float32)
    turn = np.eye(3, dtype=np.float32)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return np.asarray((landmarks - middle) @ turn.T + middle, np.float32)


def _donor(bank: MouthBank, analysis: FaceAnalysis, frame_index: int) -> Donor:
    return bank.donor(0, frame_index, analysis.tracks[0].landmarks[frame_index, mesh.ROWS, :2])


def test_a_donor_shows_the_pixels_round_its_points() -> None:
    """Crop and points agree: the picture's sample at a point is the crop's at the donor's point."""
    bank, analysis = _filled(np.full(3, 4.0), BankOptions())
    donor = _donor(bank, analysis, 1)
    corner = analysis.tracks[0].landmarks[1, mesh.ROWS[0], :2]
    x, y = np.round(donor.points[0]).astype(int)
    picture_x, picture_y = np.round(corner).astype(int)
    assert donor.crop[y, x, 0] == _picture().luma[picture_y, picture_x]


def test_detail_is_kept_up_to_the_limit() -> None:
    """A face three times the limit is kept at a third of its size, points included."""
    whole, analysis = _filled(np.full(2, 4.0), BankOptions())
    small, _ = _filled(np.full(2, 4.0), BankOptions(face_resolution=90))
    large_donor, small_donor = _donor(whole, analysis, 0), _donor(small, analysis, 0)
    factor = small_donor.crop.shape[1] / large_donor.crop.shape[1]
    assert factor < 0.6
    np.testing.assert_allclose(
        np.ptp(small_donor.points[:, 0]) / np.ptp(large_donor.points[:, 0]), factor, rtol=0.02
    )


@pytest.mark.parametrize("tilt", [0, 40, 90, 180])
def test_memory_stays_within_the_budget_and_rare_mouths_stay(tilt: float) -> None:
    """Of a hundred shut mouths and one open, the open one outlives the thinning, however the head is held."""
    gaps = np.zeros(101)
    gaps[51] = 12.0  # a frame that no thinning keeps for its number
    one_crop = _filled(np.zeros(1), BankOptions())[0]
    size = _donor(one_crop, FaceAnalysis(1, [0], {0: make_track(np.zeros(1))}), 0).crop.nbytes
    bank, analysis = _filled(gaps, BankOptions(budget_bytes=30 * size), tilt)
    frames = bank.frames(0)
    assert 0 < sum(_donor(bank, analysis, int(frame)).crop.nbytes for frame in frames) <= 32 * size
    assert 51 in frames


def test_a_bank_without_a_budget_keeps_nothing() -> None:
    """As the passthrough engine wants it."""
    bank, _ = _filled(np.zeros(5), BankOptions(budget_bytes=0))
    assert len(bank.frames(0)) == 0
    assert len(bank.frames(7)) == 0


def test_a_donor_tells_its_gap_as_it_was_seen() -> None:
    """Frame by frame: no neighbour has a say in whether lips met."""
    bank, _ = _filled(np.array([9.0, 0.0, 9.0]), BankOptions())
    np.testing.assert_allclose([bank.seen_gap(0, frame) for frame in range(3)], [9.0, 0.0, 9.0], atol=0.2)


def test_lips_cut_by_the_edge_of_the_picture_are_no_donor() -> None:
    """Whatever lies beyond the edge was never filmed."""
    track = make_track(np.full(2, 4.0))
    lips = track.landmarks[0, mesh.ROWS[mesh.OUTER], :2]
    bank = MouthBank(BankOptions())
    for row, beyond in enumerate((-1.0, 1.0)):
        moved = track.landmarks[row] + np.array([320 - lips[:, 0].max() + beyond, 0, 0], np.float32)
        bank.keep(_picture(), FaceObservation(row, 0, moved, Box(0, 0, 320, 320)))
    assert bank.frames(0).tolist() == [0]
