import cv2
import numpy as np
import pytest

from lipwright.media.picture import Picture
from lipwright.synthesis.sharpness import laplacian_variance
from lipwright.synthesis.sway import MOVES, Head, Sway
from tests.unit.media.synthetic import same

WIDTH, HEIGHT = 400, 480
HEAD = Head((200.0, 220.0), 1.2, 0.0)


def _picture(width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """A slope in each direction: the luma of a sample says how far it has come from the left."""
    luma = np.broadcast_to(np.linspace(20, 220, width), (height, width)).astype(np.uint8).copy()
    half = ((height + 1) // 2, (width + 1) // 2)
    return Picture(luma, np.full(half, 120, np.uint8), np.full(half, 130, np.uint8))


def _moves(**wanted: float) -> np.ndarray:
    return np.array([[wanted.get(name, 0.0) for name in MOVES]], np.float32)


def test_nothing_happens_without_a_move() -> None:
    picture = _picture()
    assert not Sway(WIDTH, HEIGHT, [HEAD]).apply(picture, _moves())
    assert same(picture, _picture())


def test_face_goes_where_it_is_told_and_the_background_stays() -> None:
    """5 mm to the right: at the face the picture is what was 6 pixels to the left."""
    picture = _picture()
    assert Sway(WIDTH, HEIGHT, [HEAD]).apply(picture, _moves(right=5))
    change = picture.luma.astype(int) - _picture().luma
    assert change[220, 200] == pytest.approx(-6 * 200 / 400, abs=1)
    assert (change[:40, :40] == 0).all()


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_head_that_is_held_otherwise_moves_as_one_that_is_upright(quarters: int) -> None:
    """Its picture, turned back, is the same to the rounding of samples."""
    rng = np.random.default_rng(2)
    size, coarse = 400, rng.integers(40, 200, (25, 25)).astype(np.float32)
    luma = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)
    upright, held = _picture(size, size), _picture(size, size)
    upright.luma[:], held.luma[:] = luma, np.rot90(luma, quarters)
    middle = ((size - 1) / 2, (size - 1) / 2)
    moves = _moves(right=2, down=1, roll=2, yaw=1, pitch=1)
    Sway(size, size, [Head(middle, 1.2, 0.0)]).apply(upright, moves)
    Sway(size, size, [Head(middle, 1.2, -quarters * np.pi / 2)]).apply(held, moves)
    change = np.abs(np.rot90(held.luma, -quarters).astype(int) - upright.luma)
    assert change.max() <= 3


@pytest.mark.parametrize("name", MOVES)
def test_edges_of_the_picture_never_move(name: str) -> None:
    """So nothing is needed from beyond them, and no border shows."""
    rng = np.random.default_rng(1)
    picture = _picture()
    picture.luma[:] = np.kron(rng.integers(40, 200, (HEIGHT // 8, WIDTH // 8)), np.ones((8, 8)))
    before = picture.luma.astype(int).copy()
    Sway(WIDTH, HEIGHT, [Head((200.0, 100.0), 2.2, 0.1)]).apply(picture, _moves(**{name: 4}))
    change = np.abs(picture.luma - before)
    edges = np.concatenate([change[0], change[-1], change[:, 0], change[:, -1]])
    assert edges.max() <= 6
    assert change.max() > 6


def test_turning_moves_the_nose_and_not_the_outline() -> None:
    picture = _picture()
    Sway(WIDTH, HEIGHT, [HEAD]).apply(picture, _moves(yaw=3))
    change = picture.luma.astype(int) - _picture().luma
    assert change[220, 200] < -1
    assert abs(change[220, 200 + round(1.2 * 92)]) <= 1


def test_two_heads_move_on_their_own() -> None:
    heads = [Head((100.0, 200.0), 0.6, 0.0), Head((300.0, 200.0), 0.6, 0.0)]
    picture = _picture()
    Sway(WIDTH, HEIGHT, heads).apply(picture, np.concatenate([_moves(right=6), _moves()]))
    change = picture.luma.astype(int) - _picture().luma
    assert change[200, 100] < -1
    assert change[200, 300] == 0


def test_odd_sizes() -> None:
    picture = _picture(201, 301)
    assert Sway(201, 301, [Head((100.0, 140.0), 0.8, 0.0)]).apply(picture, _moves(roll=2))
    assert picture.luma.shape == (301, 201)


def test_each_place_keeps_the_detail_it_has() -> None:
    """Teeth beside a smooth cheek: both are as fine as in the picture, though one gain would not do it."""
    picture = _picture()
    rng = np.random.default_rng(4)
    picture.luma[:, :200] = rng.normal(120, 2, (HEIGHT, 200)).clip(0, 255)
    picture.luma[:, 200:] = rng.normal(120, 25, (HEIGHT, 200)).clip(0, 255)
    before = picture.luma.copy()
    Sway(WIDTH, HEIGHT, [HEAD]).apply(picture, _moves(right=0.4, down=0.45))
    for part in (np.s_[180:260, 150:190], np.s_[180:260, 210:250]):
        kept = laplacian_variance(picture.luma[part]) / laplacian_variance(before[part])
        assert 0.85 < kept < 1.2
