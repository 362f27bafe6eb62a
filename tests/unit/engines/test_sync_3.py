from dataclasses import replace

import numpy as np
import pytest

from lipwright.analysis.faces.track import FaceAnalysis, FaceObservation
from lipwright.engines import people, registry
from lipwright.engines.base import MouthOrder, Scene
from lipwright.engines.sync_3 import Sync3
from lipwright.geometry import Box
from lipwright.measures import Measure
from lipwright.media.picture import Picture
from lipwright.synthesis.placement import measure_geometry
from tests.tracks import make_track

SPEAKING = 6 + 6 * np.sin(np.arange(60) / 3)
QUIET = np.full(60, 0.1)


def _picture() -> Picture:
    rng = np.random.default_rng(5)
    luma = rng.integers(90, 140, (320, 320)).astype(np.uint8)
    chroma = np.full((160, 160), 128, np.uint8)
    return Picture(luma, chroma, chroma.copy())


def _scene(gaps: dict[int, np.ndarray]) -> Scene:
    """Shots that follow one another, a face in each."""
    bank = Sync3().new_bank()
    tracks, start = {}, 0
    for number, values in gaps.items():
        tracks[number] = make_track(values, start)
        start += len(values)
    for number, track in tracks.items():
        for row in range(len(track.is_tracked)):
            box = _box(track.landmarks[row])
            bank.keep(_picture(), FaceObservation(track.start + row, number, track.landmarks[row], box))
    geometries = {number: measure_geometry(track, 25.0) for number, track in tracks.items()}
    starts = [track.start for track in tracks.values()]
    return Scene(FaceAnalysis(start, starts, tracks), bank, geometries)


def _box(landmarks: np.ndarray) -> Box:
    low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    return Box(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _order(scene: Scene, number: int, gaps: np.ndarray) -> MouthOrder:
    track = scene.analysis.tracks[number]
    frames = track.start + np.arange(len(gaps)) % len(track.is_tracked)
    measures = make_track(gaps).measures
    return MouthOrder(number, np.arange(len(gaps)), frames, measures, np.ones(len(gaps), np.float32))


@pytest.fixture
def everybody_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The faces of these tests have landmarks and no pictures to be recognised by."""
    monkeypatch.setattr(people, "is_same_person", lambda one, other: True)


def test_who_speaks_in_the_source_keeps_their_own_mouths() -> None:
    scene = _scene({0: SPEAKING})
    plan = Sync3().plan(scene, _order(scene, 0, SPEAKING[::-1]))
    assert not plan.is_made_up
    assert plan.donors.shape == plan.weights.shape == (60, 2)
    assert plan.weights.sum(axis=1) == pytest.approx(1)


def test_who_never_opens_the_mouth_gets_one_made_up_and_it_opens() -> None:
    scene = _scene({0: QUIET})
    order = _order(scene, 0, SPEAKING)
    plan = Sync3().plan(scene, order)
    assert plan.is_made_up
    assert (plan.order.measures == order.measures).all()
    assert (plan.weights == 0).all()
    shut, opened = _picture(), _picture()
    widest, shuttest = int(np.argmax(SPEAKING)), int(np.argmin(SPEAKING))
    drawing = Sync3().draw(opened, scene, plan, widest)
    Sync3().draw(shut, scene, plan, shuttest)
    assert drawing is not None
    change = (opened.luma != _picture().luma).sum()
    assert change > 5 * (shut.luma != _picture().luma).sum()


def test_a_yawn_makes_no_bank() -> None:
    """A few open frames in a quiet clip are not the range of a speaker."""
    gaps = QUIET.copy()
    gaps[20:24] = (6, 12, 12, 6)
    scene = _scene({0: gaps})
    assert Sync3().plan(scene, _order(scene, 0, SPEAKING)).is_made_up


def test_silence_needs_nothing_made_up() -> None:
    """Whoever shuts the mouth somewhere has all the mouths that silence asks for."""
    scene = _scene({0: SPEAKING})
    assert not Sync3().plan(scene, _order(scene, 0, np.full(30, -0.1))).is_made_up


def test_a_mouth_that_is_always_open_has_no_shut_one_to_lend() -> None:
    scene = _scene({0: np.full(60, 6.0)})
    assert Sync3().plan(scene, _order(scene, 0, np.full(30, 0.0))).is_made_up


@pytest.mark.usefixtures("everybody_is_one")
def test_a_quiet_shot_borrows_from_the_shot_in_which_the_same_person_speaks() -> None:
    scene = _scene({0: SPEAKING, 1: QUIET})
    plan = Sync3().plan(scene, _order(scene, 1, SPEAKING))
    assert not plan.is_made_up
    assert plan.donor_tracks is not None
    wide = plan.order.measures[:, Measure.GAP] > 6
    assert (plan.donor_tracks[wide] == 0).all()
    for track, frame in zip(plan.donor_tracks.reshape(-1), plan.donors.reshape(-1), strict=True):
        assert frame in scene.bank.frames(int(track))
    picture = _picture()
    assert Sync3().draw(picture, scene, plan, int(np.argmax(SPEAKING))) is not None


@pytest.mark.usefixtures("everybody_is_one")
def test_mouths_of_several_shots_are_drawn_beside_one_another() -> None:
    """Where a phrase goes over from the donors of one shot to those of another, no frame is lost."""
    scene = _scene({0: np.minimum(SPEAKING, 3), 1: np.maximum(SPEAKING, 3), 2: QUIET})
    plan = Sync3().plan(scene, _order(scene, 2, SPEAKING))
    assert plan.donor_tracks is not None
    owners = plan.donor_tracks[:, 0]
    changes = np.flatnonzero(np.diff(owners))
    assert len(changes) > 2
    assert all(Sync3().draw(_picture(), scene, plan, int(row)) is not None for row in changes)


def test_strangers_lend_one_another_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "is_same_person", lambda one, other: False)
    scene = _scene({0: SPEAKING, 1: QUIET})
    assert Sync3().plan(scene, _order(scene, 1, SPEAKING)).is_made_up


@pytest.mark.usefixtures("everybody_is_one")
def test_two_faces_of_one_frame_are_two_people() -> None:
    scene = _scene({0: SPEAKING, 1: QUIET})
    tracks = scene.analysis.tracks
    tracks[1] = replace(tracks[1], start=tracks[0].start + 30)
    assert people.tracks_of_person(scene, 0) == [0]


def test_detail_is_kept_up_to_2048_pixels_unless_less_is_asked_for() -> None:
    """The height of the faces decides: these have 270 pixels."""
    scene = _scene({0: SPEAKING})
    frame = int(scene.bank.frames(0)[0])
    points = scene.geometries[0].own_points(frame)
    whole = scene.bank.donor(0, frame, points).crop
    small = Sync3().new_bank(max_face_resolution=100)
    track = scene.analysis.tracks[0]
    small.keep(_picture(), FaceObservation(0, 0, track.landmarks[0], _box(track.landmarks[0])))
    assert small.donor(0, 0, points).crop.shape[0] < 0.6 * whole.shape[0]


def test_only_sync_3_takes_stills() -> None:
    assert [info.id for info in registry.models() if info.takes_stills] == ["sync-3"]
