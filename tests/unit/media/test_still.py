import io
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwright.errors import MediaError, UsageError
from lipwright.media.source import open_source, probe_source
from lipwright.media.still import StillReader, load_still
from lipwright.media.video_reader import VideoReader
from tests.picture_files import (
    encoded,
    jpeg_with_orientation,
    png_of_size,
    png_with,
    shades,
    webp_extended,
    write_picture,
)
from tests.unit.media.synthetic import encode_video, same

KINDS = ("png", "jpg", "webp")


def _rgb(path: Path) -> np.ndarray:
    return load_still(path).picture.rgb().astype(int)


@pytest.mark.parametrize("kind", KINDS)
def test_colors_are_those_of_the_file(tmp_path: Path, kind: str) -> None:
    """Within what 4:2:0 samples and lossy kinds take."""
    path = write_picture(tmp_path / f"x.{kind}", shades())
    assert np.abs(_rgb(path) - shades()).mean() < 3


@pytest.mark.parametrize("size", [(97, 63), (17, 200), (16, 16)])
def test_any_size_is_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    info = load_still(write_picture(tmp_path / "x.png", shades(*size))).info
    assert (info.width, info.height) == size
    assert info.scaled_from is None


@pytest.mark.parametrize("width", [852, 1092])
def test_no_column_of_a_jpeg_is_left_to_chance(tmp_path: Path, width: int) -> None:
    """Four more than a multiple of eight wide: the last columns held what was in memory before."""
    path = write_picture(tmp_path / "x.jpg", shades(width, 480))
    for _ in range(4):
        before = np.full(4_000_000, 255, np.uint8)  # what is freed is what comes next
        del before
        assert np.abs(_rgb(path) - shades(width, 480))[:, -8:].max() < 24


def test_still_is_a_video_of_one_frame(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "x.png", shades())
    info = probe_source(path).need_video()
    assert (info.n_frames, info.fps, info.is_still) == (1, Fraction(25), True)
    with open_source(path) as reader:
        assert isinstance(reader, StillReader)
        (picture,) = reader.read()
        (again,) = reader.read_backwards(1)
        assert same(picture, again)
        picture.luma[:] = 0
        (fresh,) = reader.read(0, 1)
        assert same(fresh, again)  # everybody gets samples of their own
        with pytest.raises(UsageError, match="frames within 0 to 1"):
            reader.read(0, 2)


def test_video_is_read_as_a_video_whatever_its_name(tmp_path: Path) -> None:
    path = encode_video(tmp_path / "x.mp4", n_frames=3).rename(tmp_path / "x.png")
    assert isinstance(open_source(path), VideoReader)
    assert not probe_source(path).need_video().is_still


def test_grey_and_16_bit_pictures(tmp_path: Path) -> None:
    grey = shades()[..., 0]
    assert np.abs(_rgb(write_picture(tmp_path / "g.jpg", grey)) - grey[..., None]).mean() < 3
    deep = shades().astype(np.uint16) * 257
    (tmp_path / "d.png").write_bytes(encoded(deep, "png"))
    assert np.abs(_rgb(tmp_path / "d.png") - shades()).mean() < 3


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_what_is_transparent_shows_white(tmp_path: Path, kind: str) -> None:
    image = np.dstack([shades(), np.full((64, 96), 255, np.uint8)])
    image[:, 48:, 3] = 0
    rgb = _rgb(write_picture(tmp_path / f"x.{kind}", image))
    assert rgb[:, 52:].min() > 245
    assert np.abs(rgb[:, :44] - shades()[:, :44]).mean() < 4


def test_cmyk_jpeg(tmp_path: Path) -> None:
    """As print shops send them."""
    pillow = pytest.importorskip("PIL.Image")
    data = io.BytesIO()
    pillow.fromarray(shades()).convert("CMYK").save(data, "JPEG", quality=95)
    (tmp_path / "x.jpg").write_bytes(data.getvalue())
    assert np.abs(_rgb(tmp_path / "x.jpg") - shades()).mean() < 5


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [  # what EXIF says of where row 0 and column 0 are
        (1, lambda stored: stored),
        (2, lambda stored: stored[:, ::-1]),
        (3, lambda stored: stored[::-1, ::-1]),
        (4, lambda stored: stored[::-1]),
        (5, lambda stored: stored.transpose(1, 0, 2)),
        (6, lambda stored: np.rot90(stored, -1)),
        (7, lambda stored: stored[::-1, ::-1].transpose(1, 0, 2)),
        (8, np.rot90),
    ],
)
def test_picture_is_turned_upright(tmp_path: Path, orientation: int, upright: object) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(jpeg_with_orientation(encoded(shades(), "jpg"), orientation))
    wanted = upright(shades())  # type: ignore[operator]
    assert _rgb(path).shape == wanted.shape
    assert np.abs(_rgb(path) - wanted).mean() < 4


def test_huge_picture_is_scaled_down_and_says_so(tmp_path: Path) -> None:
    info = load_still(write_picture(tmp_path / "wide.jpg", shades(6000, 1000))).info
    assert (info.width, info.height, info.scaled_from) == (4096, 683, (6000, 1000))
    info = load_still(write_picture(tmp_path / "tall.jpg", shades(2400, 4400))).info
    assert (info.width, info.height, info.scaled_from) == (2160, 3960, (2400, 4400))


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((30_000, 40), "16 to 16384 pixels a side, found 30000x40"),
        ((12, 40), "16 to 16384 pixels a side, found 12x40"),
        ((16_000, 16_000), "at most 110 million pixels, found 16000x16000"),
    ],
)
def test_size_that_makes_no_sense_is_refused_by_the_header(
    tmp_path: Path, size: tuple[int, int], said: str
) -> None:
    """Nothing is decoded: the file holds no such picture."""
    (tmp_path / "x.png").write_bytes(png_of_size(*size))
    with pytest.raises(MediaError, match=said):
        load_still(tmp_path / "x.png")


def test_animated_picture_is_refused(tmp_path: Path) -> None:
    for name, data in {
        "PNG": png_with(encoded(shades(), "png"), b"acTL", bytes(8)),
        "WebP": webp_extended(encoded(shades(), "webp"), flags=2),
    }.items():
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(MediaError, match=f"found an animated {name}; save one frame"):
            load_still(tmp_path / "x")


@pytest.mark.parametrize("kind", KINDS)
def test_picture_that_was_cut_short_is_refused(tmp_path: Path, kind: str) -> None:
    data = encoded(cv2.randu(np.empty((64, 96, 3), np.uint8), 0, 255), kind)
    (tmp_path / "x").write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(MediaError, match=r"cut short or damaged; export or download it again: .*x$"):
        load_still(tmp_path / "x")


def test_picture_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        load_still(tmp_path / "x.png")
    (tmp_path / "x.png").touch()
    with pytest.raises(MediaError, match="an empty one"):
        load_still(tmp_path / "x.png")
