"""Things that are laid before a mouth hide what is said of them, and what is done to them is counted."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.clips import Case
from benchmarks.covered import Covered
from benchmarks.covers import CLIPS, chosen
from benchmarks.occluders import OCCLUDERS, Layer, Occluder, lay
from benchmarks.tolls import toll
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import Drawing
from tests.tracks import make_track

FRAME = 30
"""A second and more after the start: each thing is before the face then."""


def grey() -> Picture:
    """A picture that ``make_track`` lays a face into."""
    chroma = np.full((160, 160), 128, np.uint8)
    return Picture(np.full((320, 320), 120, np.uint8), chroma, chroma.copy())


def laid(thing: Occluder) -> tuple[Picture, Covered]:
    """A thing over that face, which keeps its lips shut."""
    track, picture = make_track(np.zeros(FRAME + 1)), grey()
    return picture, Covered(Path("none"), track, {FRAME: lay(thing, picture, track, FRAME)})


@pytest.mark.parametrize("thing", OCCLUDERS, ids=lambda thing: thing.name)
def test_a_thing_changes_what_it_hides_and_nothing_else(thing: Occluder) -> None:
    picture, covered = laid(thing)
    alpha = covered.alpha(FRAME, (320, 320))
    assert (alpha > 0.99).any()
    assert (picture.luma[alpha == 0] == 120).all()
    assert (picture.luma[alpha > 0.99] != 120).mean() > 0.9


def test_equal_frames_are_covered_equally() -> None:
    one, other = (laid(OCCLUDERS[0])[0] for _ in range(2))
    assert np.array_equal(one.luma, other.luma)


def test_what_is_drawn_over_a_thing_and_what_is_left_of_lips_is_counted() -> None:
    """All that is in front is drawn over, and of the lips only what lies behind the mask."""
    before, covered = laid(OCCLUDERS[1])
    after, box = before.copy(), Box(0, 0, 320, 320)
    after.luma += 40
    none = toll(covered, FRAME, before, before, Drawing(box, np.zeros((320, 320), np.uint8)))
    all_of_it = toll(covered, FRAME, before, after, Drawing(box, np.full((320, 320), 255, np.uint8)))
    assert none.changed == 0
    assert none.left == none.free
    assert all_of_it.changed == all_of_it.solid > 0
    assert all_of_it.left == 0


def test_a_free_mouth_has_all_of_its_lips() -> None:
    track = make_track(np.zeros(1))
    layer = Layer(Box(0, 0, 10, 10), np.ones((10, 10), np.float32))
    covered = Covered(Path("none"), track, {0: layer})
    found = toll(covered, 0, grey(), grey(), Drawing(Box(20, 20, 40, 40), np.zeros((20, 20), np.uint8)))
    assert found.solid == 0
    assert found.free == found.left > 100


def test_clips_are_chosen_by_a_part_of_their_names() -> None:
    """With one of their voices; without a name all are."""
    kim, noem = (Case(Path(f"real_{name}.mp4"), Path("voice.wav"), "silence") for name in ("kim", "noem"))
    own = Case(kim.video, kim.video, "own")
    assert chosen([own, kim, noem], ["kim"], "silence") == [kim]
    assert chosen([own, kim, noem], [], "silence") == [kim, noem]


def test_without_real_clips_things_are_laid_over_the_presenter() -> None:
    """Whatever clips are named: only who has them could name others."""
    presenter = Case(Path("sample/presenter.mp4"), Path("line.wav"), "foreign")
    assert chosen([presenter], CLIPS, "foreign") == [presenter]
