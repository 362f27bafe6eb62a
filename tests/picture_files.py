"""Picture files made on the spot: every kind, and what is done to them to make them odd or broken."""

import struct
import zlib
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions

UInt8Array = NDArray[np.uint8]


def shades(width: int = 96, height: int = 64) -> UInt8Array:
    """Red grows to the right, green downwards; uint8 RGB."""
    y, x = np.mgrid[:height, :width]
    blue = np.full_like(x, 90)
    return np.stack([40 + 160 * x // width, 40 + 160 * y // height, blue], axis=-1).astype(np.uint8)


@cache
def portrait(gap: float = 0.0, width: int = 320, height: int = 400, seed: int = 0) -> UInt8Array:
    """The drawn presenter looking at the camera; uint8 RGB."""
    options = PresenterOptions(width, height, face_height=0.5, center=(0.5, 0.5), seed=seed)
    return Presenter(options).draw(MouthPose(gap=gap))


def encoded(image: UInt8Array, kind: str) -> bytes:
    """An RGB (or grey, or RGBA) image as ``png``, ``jpg`` or ``webp``; 16 bits stay 16 bits in PNG."""
    codes = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    stored = image if image.ndim == 2 else cv2.cvtColor(image, codes[image.shape[2]])
    is_ok, data = cv2.imencode(f".{kind}", stored)
    assert is_ok
    return data.tobytes()


def write_picture(path: Path, image: UInt8Array) -> Path:
    """Written in the kind that the name says."""
    path.write_bytes(encoded(image, path.suffix[1:]))
    return path


def exif(orientation: int, order: str = "<") -> bytes:
    """A TIFF header and a directory with nothing but an orientation."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(f"{order}IH", 8, 1) + entry + bytes(4)


def png_chunk(name: bytes, content: bytes) -> bytes:
    """Length, name, content and checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_with(data: bytes, name: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk after its header."""
    return data[:33] + png_chunk(name, content) + data[33:]


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is so large; of its content there is next to nothing."""
    small = encoded(shades(), "png")
    header = png_chunk(b"IHDR", struct.pack(">II", width, height) + small[24:29])
    return small[:8] + header + small[33:]


def jpeg_with_orientation(data: bytes, orientation: int, order: str = "<") -> bytes:
    """A JPEG with an EXIF segment."""
    content = b"Exif\0\0" + exif(orientation, order)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + data[2:]


def webp_extended(data: bytes, *, flags: int = 0, chunks: bytes = b"") -> bytes:
    """A simple WebP put into the extended form, with more chunks after its picture."""
    sides = (95).to_bytes(3, "little") + (63).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<II", 10, flags) + sides + data[12:] + chunks
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunk(name: bytes, content: bytes) -> bytes:
    """Name, length and content, padded to an even length."""
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
