from pathlib import Path

import pytest

from lipwright.errors import MediaError
from lipwright.media.image_header import image_kind, read_header
from tests.picture_files import (
    encoded,
    exif,
    jpeg_with_orientation,
    png_of_size,
    png_with,
    shades,
    webp_chunk,
    webp_extended,
)

KINDS = {"png": "png", "jpg": "jpeg", "webp": "webp"}


@pytest.mark.parametrize("suffix", KINDS)
def test_size_is_read_without_decoding(suffix: str) -> None:
    header = read_header(encoded(shades(), suffix))
    assert (header.kind, header.width, header.height) == (KINDS[suffix], 96, 64)
    assert (header.is_animated, header.orientation) == (False, 1)


def test_kind_is_told_by_bytes_and_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "picture.mp4"
    path.write_bytes(encoded(shades(), "jpg"))
    assert image_kind(path) == "jpeg"
    path.write_bytes(b"\0\0\0\x20ftypisom" + bytes(50))
    assert image_kind(path) is None
    assert image_kind(tmp_path / "nothing") is None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation_is_found_wherever_a_kind_keeps_it(orientation: int, order: str) -> None:
    block = exif(orientation, order)
    jpeg = jpeg_with_orientation(encoded(shades(), "jpg"), orientation, order)
    png = png_with(encoded(shades(), "png"), b"eXIf", block)
    webp = webp_extended(encoded(shades(), "webp"), flags=8, chunks=webp_chunk(b"EXIF", block))
    assert [read_header(data).orientation for data in (jpeg, png, webp)] == [orientation] * 3


@pytest.mark.parametrize("block", [b"", b"II*\0", exif(1)[:12], exif(9), exif(0), b"XX" + exif(6)])
def test_damaged_orientation_counts_as_upright(block: bytes) -> None:
    assert read_header(png_with(encoded(shades(), "png"), b"eXIf", block)).orientation == 1


def test_animation_is_told_from_the_header() -> None:
    png = png_with(encoded(shades(), "png"), b"acTL", bytes(8))
    webp = webp_extended(encoded(shades(), "webp"), flags=2)
    assert read_header(png).is_animated
    assert read_header(webp).is_animated


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("n_bytes", [12, 20])
def test_file_that_ends_in_its_header_is_an_error(suffix: str, n_bytes: int) -> None:
    with pytest.raises(MediaError, match="cut short or damaged; export or download it again"):
        read_header(encoded(shades(), suffix)[:n_bytes])


def test_picture_without_a_size_is_damaged() -> None:
    with pytest.raises(MediaError, match="a PNG picture that is cut short or damaged"):
        read_header(png_of_size(0, 64))


def test_something_else_is_an_error() -> None:
    with pytest.raises(MediaError, match="expected a PNG, JPEG or WebP picture"):
        read_header(b"GIF89a" + bytes(20))
