"""Tiny numbered videos and click tracks, made with plain PyAV."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from lipwright.media.picture import ColorTags, Picture
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter

WIDTH, HEIGHT = 160, 96
FPS = Fraction(25)


def numbered_rgb(number: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A picture that carries its number in eight blocks and a moving bar below them."""
    image = np.full((height, width, 3), 128, np.uint8)
    for bit in range(8):
        image[8:40, bit * 16 + 4 : bit * 16 + 16] = 220 if number >> bit & 1 else 30
    left = number * 3 % (width - 20)
    image[height // 2 :, left : left + 20] = (200, 40, 40)
    return image


def numbered_picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """The same as a picture; chroma is flat."""
    half = ((height + 1) // 2, (width + 1) // 2)
    luma = np.ascontiguousarray(numbered_rgb(number, width, height)[..., 0])
    return Picture(luma, np.full(half, 100 + number % 50, np.uint8), np.full(half, 140, np.uint8))


def number_of(picture: Picture) -> int:
    """The number a picture carries."""
    return sum(int(picture.luma[24, bit * 16 + 10] > 128) << bit for bit in range(8))


def same(first: Picture, second: Picture) -> bool:
    """Whether all samples are equal."""
    planes = ((first.luma, second.luma), (first.blue, second.blue), (first.red, second.red))
    return all(np.array_equal(a, b) for a, b in planes)


def encode_video(
    path: Path,
    codec: str = "libx264",
    n_frames: int = 60,
    *,
    fps: Fraction = FPS,
    options: dict[str, str] | None = None,
    stamps: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    pixel_format: str = "yuv420p",
    size: tuple[int, int] = (WIDTH, HEIGHT),
    rotation: int | None = None,
) -> Path:
    """A numbered video made by FFmpeg alone, with whatever oddity is wanted."""
    with av.open(str(path), "w") as container:
        quick = {"preset": "veryfast"} if codec in ("libx264", "libx265") else {}
        stream = container.add_stream(codec, rate=fps, options=quick | (options or {}))
        stream.codec_context.thread_count = 1
        stream.width, stream.height, stream.pix_fmt = *size, pixel_format
        if time_base is not None:
            stream.codec_context.time_base = time_base
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for number in range(n_frames):
            frame = av.VideoFrame.from_ndarray(numbered_rgb(number, *size), format="rgb24")
            frame = frame.reformat(format=pixel_format)
            frame.pts = number if stamps is None else stamps[number]
            frame.time_base = time_base or 1 / fps
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def encode_sound(
    path: Path, codec: str, samples: np.ndarray, sample_rate: int = 48000, *, start_samples: int = 0
) -> Path:
    """Sound in any format; samples: float32, shape (n_channels, n_samples)."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(samples)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=sample_rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
        frame.sample_rate, frame.time_base = sample_rate, Fraction(1, sample_rate)
        frame.pts = start_samples
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def click_track(seconds: float, clicks: Sequence[float], sample_rate: int = 48000) -> np.ndarray:
    """float32, shape (1, n): silence with a short click at each given second."""
    samples = np.zeros((1, round(seconds * sample_rate)), np.float32)
    for click in clicks:
        at = round(click * sample_rate)
        samples[0, at : at + 240] = 0.8 * np.exp(-np.arange(240) / 40)
    return samples


def onsets(samples: np.ndarray, sample_rate: int) -> list[float]:
    """Seconds at which clicks begin in mono samples."""
    loud = np.flatnonzero(np.abs(samples) > 0.3)
    firsts = loud[np.diff(loud, prepend=-sample_rate) > sample_rate // 10]
    return [float(first) / sample_rate for first in firsts]


def write_part(
    path: Path, numbers: Sequence[int], options: EncoderOptions, color: ColorTags | None = None
) -> Path:
    """A file of ``VideoWriter`` that holds the pictures with these numbers."""
    form = VideoFormat(WIDTH, HEIGHT, FPS, color=color or ColorTags())
    with VideoWriter(path, form, options) as writer:
        for pts, number in enumerate(numbers):
            writer.write(numbered_picture(number), pts)
    return path
