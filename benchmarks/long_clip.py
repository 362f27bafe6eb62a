"""A clip brought to any length: it plays forward and backward, so that it stays one shot."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.clips import write_sound
from lipwright.media.audio_reader import read_audio
from lipwright.media.picture import Picture
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import VideoFormat, VideoWriter


def write_long_clip(video: Path, folder: Path, seconds: int) -> tuple[Path, Path]:
    """Writes ``clip.mp4`` and its voice ``voice.wav`` into a folder.

    Args:
        video: with sound, which is repeated.
        seconds: length of both.
    """
    clip, voice = folder / "clip.mp4", folder / "voice.wav"
    with VideoReader(video) as reader:
        info = reader.info
        n_frames = round(seconds * info.fps)
        form = VideoFormat(info.width, info.height, info.fps, None, info.color, info.sample_aspect)
        with VideoWriter(clip, form) as writer:
            for place, picture in zip(range(n_frames), _to_and_fro(reader), strict=False):
                writer.write(picture, place)
    samples = np.resize(read_audio(video), seconds * 16000)
    write_sound(voice, np.round(samples * 32767).clip(-32768, 32767).astype(np.int16))
    return clip, voice


def _to_and_fro(reader: VideoReader) -> Iterator[Picture]:
    while True:
        yield from reader.read()
        yield from reader.read_backwards(reader.info.n_frames)
