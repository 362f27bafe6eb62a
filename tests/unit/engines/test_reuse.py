"""Which mouths of a face are fit to be donors."""

import numpy as np

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines.base import Scene
from lipwright.engines.reuse import bank_of, donor_table
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

N_FRAMES = 12


def _scene(gaps: list[tuple[float, float] | None]) -> Scene:
    """A face whose frames were looked at twice where both gaps are given."""
    track = make_track(np.linspace(0, 8, N_FRAMES))
    bank = bank_of(512, None)
    grey = np.full((320, 320), 120, np.uint8)
    for row, pair in enumerate(gaps):
        picture = Picture(grey, grey[::2, ::2].copy(), grey[::2, ::2].copy())
        bank.keep(picture, FaceObservation(row, 0, track.landmarks[row], Box(0, 0, 320, 320), pair))
    geometry = measure_geometry(track, 25.0)
    assert geometry is not None
    return Scene(FaceAnalysis(N_FRAMES, [0], {0: track}), bank, {0: geometry})


def test_mouths_that_cannot_be_read_are_no_donors() -> None:
    """Their lips are not where the mesh says: drawn elsewhere, skin or teeth would be in their place."""
    scene = _scene([None, (0.5, 0.7), (0.1, 9.0), *[(5.0, 6.0)] * (N_FRAMES - 3)])
    assert donor_table(scene, 0).frames.tolist() == [0, 1, *range(3, N_FRAMES)]
    assert scene.bank.is_hard_to_read(0)


def test_where_no_mouth_can_be_read_all_are_donors() -> None:
    """The best there is; a face that was seen well in every frame is not called hard to read."""
    assert len(donor_table(_scene([(0.1, 9.0)] * N_FRAMES), 0)) == N_FRAMES
    assert not _scene([None] * N_FRAMES).bank.is_hard_to_read(0)
