"""What a picture file says of itself before anything is decoded: kind, size, orientation, animation."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lipwright.errors import MediaError

ImageKind = Literal["png", "jpeg", "webp"]

IMAGE_NAMES: dict[ImageKind, str] = {"png": "PNG", "jpeg": "JPEG", "webp": "WebP"}
"""As people write them."""

_SIGNATURE_BYTES = 16
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_EXIF = b"Exif\x00\x00"
_ORIENTATION_TAG = 0x0112
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a frame header (SOF): all of the range but DHT, JPG and DAC (ITU-T T.81, table B.1)."""
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers that no length follows."""
_START_OF_SCAN = 0xDA
_WEBP_ANIMATED = 0x02
"""Flag of the VP8X chunk."""


@dataclass(frozen=True)
class ImageHeader:
    """What is known of a still picture without decoding it."""

    kind: ImageKind
    width: int
    """Pixels as stored."""
    height: int
    """Pixels as stored."""
    is_animated: bool = False
    orientation: int = 1
    """As EXIF counts it, 1 to 8; 1 is upright."""


def image_kind(path: Path) -> ImageKind | None:
    """The kind of picture that a file's first bytes announce; None when it is none of ours, or no file."""
    try:
        with path.open("rb") as file:
            head = file.read(_SIGNATURE_BYTES)
    except OSError:
        return None
    return _kind(head)


def read_header(data: bytes) -> ImageHeader:
    """The header of a PNG, JPEG or WebP file.

    Args:
        data: the whole file.

    Raises:
        MediaError: it is none of these, or is damaged where these facts stand.
    """
    readers = {"png": _read_png, "jpeg": _read_jpeg, "webp": _read_webp}
    kind = _kind(data)
    if kind is None:
        raise MediaError("expected a PNG, JPEG or WebP picture, found something else; convert it first")
    try:
        header = readers[kind](data)
    except (struct.error, IndexError) as error:
        raise damaged(kind) from error
    if min(header.width, header.height) < 1:
        raise damaged(kind)
    return header


def damaged(kind: ImageKind) -> MediaError:
    """The error for a picture of which only a part can be used, or nothing."""
    return MediaError(
        f"expected a whole picture, found a {IMAGE_NAMES[kind]} picture that is cut short or damaged; "
        "export or download it again"
    )


def _kind(head: bytes) -> ImageKind | None:
    if head.startswith(_PNG):
        return "png"
    if head.startswith(_JPEG):
        return "jpeg"
    return "webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _read_png(data: bytes) -> ImageHeader:
    width, height = struct.unpack_from(">II", data, 16)
    is_animated, orientation = False, 1
    for name, start, size in _png_chunks(data):
        if name == b"acTL":
            is_animated = True
        elif name == b"eXIf":
            orientation = _orientation(data[start : start + size])
    return ImageHeader("png", width, height, is_animated, orientation)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and size of each chunk's content."""
    place = len(_PNG)
    while place + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, place)
        yield name, place + 8, size
        place += size + 12


def _read_jpeg(data: bytes) -> ImageHeader:
    orientation = 1
    for marker, start, size in _jpeg_segments(data):
        if marker == 0xE1 and data[start : start + len(_EXIF)] == _EXIF:
            orientation = _orientation(data[start + len(_EXIF) : start + size])
        elif marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, start + 1)
            return ImageHeader("jpeg", width, height, orientation=orientation)
    raise struct.error("no frame header")


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and size of the content of each segment before the picture itself."""
    place = 2
    while data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # fill byte
            place += 1
        elif marker in _JPEG_ALONE:
            place += 2
        elif marker == _START_OF_SCAN:
            return
        else:
            (length,) = struct.unpack_from(">H", data, place + 2)
            yield marker, place + 4, length - 2
            place += 2 + length


def _read_webp(data: bytes) -> ImageHeader:
    width = height = 0
    is_animated, orientation = False, 1
    for name, start, size in _webp_chunks(data):
        if name == b"VP8X":
            is_animated = bool(data[start] & _WEBP_ANIMATED)
            width, height = (1 + int.from_bytes(data[start + k : start + k + 3], "little") for k in (4, 7))
        elif name == b"VP8 " and not width:
            width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, start + 6))
        elif name == b"VP8L" and not width:
            (bits,) = struct.unpack_from("<I", data, start + 1)
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif name == b"EXIF":
            orientation = _orientation(data[start : start + size].removeprefix(_EXIF))
    if not width:
        raise struct.error("no picture chunk")
    return ImageHeader("webp", width, height, is_animated, orientation)


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    place = 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        yield name, place + 8, size
        place += 8 + size + size % 2


def _orientation(exif: bytes) -> int:
    """The orientation in an EXIF block (a TIFF header and its first directory); 1 when there is none.

    What is damaged counts as absent: viewers show such pictures as they are stored.
    """
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}I", exif, 4)
        (n_entries,) = struct.unpack_from(f"{order}H", exif, directory)
        for entry in range(n_entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, directory + 2 + 12 * entry)
            if tag == _ORIENTATION_TAG:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1
