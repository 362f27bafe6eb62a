"""Small files with sound and picture, and some that only pretend."""

import io
import wave
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.unit.media.synthetic import encode_video


def sound(seconds: float = 0.5) -> bytes:
    """A WAV file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(b"\0\0" * int(16000 * seconds))
    return file.getvalue()


@cache
def video() -> bytes:
    """An MP4 file of 10 frames at 25 frames/s, without sound."""
    with TemporaryDirectory() as folder:
        return encode_video(Path(folder) / "clip.mp4", n_frames=10).read_bytes()


PRETENDERS = {
    "text": b"this is no video" * 100,
    "zip": b"PK\x03\x04" + b"\0" * 500,
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
    "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    "zeros": b"\0" * 5000,
    "script": b"<html><script>alert(1)</script></html>",
}
