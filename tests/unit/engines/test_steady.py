from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from lipwright.engines.base import MouthOrder, MouthPlan
from lipwright.engines.steady import shut_lips_about, steadied
from lipwright.measures import Measure
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.mouth_bank import Tone
from lipwright.synthesis.shade import BESIDE, LIPS, N_PLACES

N_ROWS = 24
DONOR = Donor(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.float32))


def _tone(lips: float, texture: float | None) -> Tone:
    shade = np.full((N_PLACES, 3), 120, np.float32)
    shade[LIPS] = lips
    return Tone(shade, np.zeros(3, np.float32), texture)


def _plan(frames: list[int], gap: float | np.ndarray = 0.0) -> MouthPlan:
    rows = np.arange(len(frames))
    measures = np.zeros((len(rows), 7), np.float32)
    measures[:, Measure.GAP] = gap
    order = MouthOrder(0, rows, rows, measures, np.ones(len(rows), np.float32))
    return MouthPlan(order, np.array(frames)[:, None], np.ones((len(rows), 1), np.float32))


class _Bank:
    def __init__(self, tones: dict[int, Tone]) -> None:
        self._tones = tones

    def tone(self, track_id: int, frame_index: int, points_of: object) -> Tone:
        return self._tones[frame_index]


def _drawn(tones: dict[int, Tone], frames: list[int]) -> list[Donor]:
    geometry = SimpleNamespace(own_points=lambda frame: None)
    scene = SimpleNamespace(bank=_Bank(tones), geometries={0: geometry})
    plan = _plan(frames)
    return [steadied(scene, plan, row, DONOR, (0, frame)) for row, frame in enumerate(frames)]


def test_lips_change_their_colour_in_several_frames() -> None:
    """A donor of darker lips follows: no frame takes more than a third of the way, and all of it is gone."""
    tones = {3: _tone(100, 8.0), 70: _tone(70, 8.0)}
    frames = [3] * (N_ROWS // 2) + [70] * (N_ROWS // 2)
    donors = _drawn(tones, frames)
    shown = [
        tones[frame].shade[LIPS].mean() + donor.shift[LIPS].mean()
        for frame, donor in zip(frames, donors, strict=True)
    ]
    assert abs(shown[0] - 100) < 0.5
    assert abs(shown[-1] - 70) < 0.5
    assert max(-np.diff(shown)) < 10.0
    assert np.abs(donors[N_ROWS // 2].shift[BESIDE]).max() < 1.0


def test_a_donor_that_is_held_is_left_as_it_is() -> None:
    """Nothing differs, nothing is added."""
    donor = _drawn({3: _tone(100, 8.0)}, [3] * 6)[2]
    assert not donor.shift.any()
    assert donor.lift == 1.0


def test_a_soft_donor_is_lifted_towards_its_sharp_neighbours_and_those_are_not_softened() -> None:
    """Half as sharp for one frame: more detail is wanted of it; of the others no less than they have."""
    tones = {3: _tone(100, 8.0), 70: _tone(100, 4.0)}
    donors = _drawn(tones, [3] * 8 + [70] + [3] * 8)
    assert donors[8].texture == 4.0
    assert 1.3 < donors[8].lift <= 1.5
    assert all(donor.lift == 1.0 for donor in donors[:8] + donors[9:])


def test_lips_too_small_to_tell_their_sharpness_are_not_lifted() -> None:
    """A face of a few pixels has no texture to speak of."""
    donors = _drawn({3: _tone(100, 8.0), 70: _tone(100, None)}, [3] * 4 + [70] + [3] * 4)
    assert all(donor.lift == 1.0 for donor in donors)


def test_lips_take_on_the_shape_of_shut_ones_before_they_shut() -> None:
    """Step by step over three frames to either side of a closure, and not at all further away."""
    gap = np.full(15, 8.0)
    gap[6:9] = 0.0
    asked = []

    def shut_lips(donors: np.ndarray, weights: np.ndarray) -> np.ndarray:
        asked.append(donors[weights > 0].tolist())
        return np.zeros((60, 3), np.float32)

    scene = SimpleNamespace(geometries={0: SimpleNamespace(shut_lips=shut_lips)})
    plan = _plan(list(range(15)), gap)
    found = [shut_lips_about(scene, plan, row) for row in range(15)]
    nearness = np.array([near for _, near in found])
    np.testing.assert_allclose(nearness[2:7], [0, 1 / 16, 3 / 16, 6 / 16, 1])
    np.testing.assert_allclose(nearness, nearness[::-1])
    assert [lips is None for lips, _ in found] == [near == 0 for near in nearness]
    assert all(set(donors) <= {6, 7, 8} for donors in asked)


def test_shut_lips_are_those_of_the_track_that_lends_them() -> None:
    """Of the donors of two shots only those of the track that lends the row its mouth shape it."""
    asked = []
    lends = SimpleNamespace(
        shut_lips=lambda donors, weights: asked.append((donors.tolist(), weights.tolist()))
    )
    scene = SimpleNamespace(geometries={0: lends, 5: lends})
    plan = replace(_plan([1, 2, 3]), donor_tracks=np.array([[5], [5], [0]]))
    shut_lips_about(scene, plan, 1)
    assert asked == [([1, 2], [1.0, 1.0])]
