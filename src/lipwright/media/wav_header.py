"""How much sound a WAV file announces: FFmpeg corrects that by the file's size, and says nothing."""

import struct
from fractions import Fraction
from pathlib import Path

_UNKNOWN_BYTES = 0x7FFF0000
"""From here on, and 0, are what programs write that do not know yet how much will follow."""
_MOST_CHUNKS = 64
"""Before the samples; a file with more is no recording."""


def missing_seconds(path: Path) -> Fraction:
    """Seconds of sound that the header announces and the file does not hold; 0 if it does not say.

    RIFF and WAVE as in Microsoft's Multimedia Programming Interface and Data Specifications 1.0, 1991.
    """
    size, byte_rate = path.stat().st_size, 0
    with path.open("rb") as file:
        kind, _, form = struct.unpack("<4sI4s", file.read(12).ljust(12, b"\0"))
        if (kind, form) != (b"RIFF", b"WAVE"):
            return Fraction(0)
        for _ in range(_MOST_CHUNKS):
            head = file.read(8)
            if len(head) < 8:
                break
            name, length = struct.unpack("<4sI", head)
            if name == b"data":
                return _seconds(file.tell() + length - size, length, byte_rate)
            if name == b"fmt ":
                byte_rate = struct.unpack("<8xI", file.read(12).ljust(12, b"\0"))[0]
                file.seek(-12, 1)
            file.seek(length + length % 2, 1)
    return Fraction(0)


def _seconds(n_missing: int, length: int, byte_rate: int) -> Fraction:
    is_known = 0 < length < _UNKNOWN_BYTES and byte_rate > 0
    return Fraction(n_missing, byte_rate) if is_known and n_missing > 0 else Fraction(0)
