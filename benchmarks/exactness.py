"""Whether a finished file is exactly what was asked for, read with plain PyAV rather than our own reader."""

from fractions import Fraction
from pathlib import Path

import av

from lipwright.media.probe import VideoInfo
from lipwright.render.timing import Timeline

_SOUND_TOLERANCE = Fraction(1, 20)
"""Seconds: an encoder's last packet may be filled up."""


def faults(output: Path, source: VideoInfo, timeline: Timeline) -> list[str]:
    """What is not as it should be; empty when all is exact and every frame decodes."""
    found = []
    with av.open(str(output)) as container:
        video = container.streams.video[0]
        sizes = set()
        stamps = []
        for frame in container.decode(video):
            sizes.add((frame.width, frame.height))
            stamps.append(Fraction(frame.pts or 0) * Fraction(frame.time_base or 0))
        size = (source.width + source.width % 2, source.height + source.height % 2)
        if sizes != {size}:
            found.append(f"size {sizes}, not {size}")
        if len(stamps) != timeline.n_frames:
            found.append(f"{len(stamps)} frames, not {timeline.n_frames}")
        ticks = timeline.clock.ticks()
        wrong = [
            i
            for i, stamp in enumerate(stamps[: len(ticks)])
            if stamp != int(ticks[i]) * timeline.clock.time_base
        ]
        if wrong:
            found.append(f"{len(wrong)} frames at another time, first {wrong[0]}")
        duration = Fraction(video.duration or 0) * Fraction(video.time_base or 0)
        if duration != timeline.duration:
            found.append(f"{duration} s of video, not {timeline.duration}")
        if video.average_rate != timeline.clock.fps and not timeline.clock.is_variable:
            found.append(f"{video.average_rate} frames/s, not {timeline.clock.fps}")
    sound = _sound_seconds(output)
    if abs(sound - timeline.audio_duration) > _SOUND_TOLERANCE:
        found.append(f"{float(sound):.3f} s of sound, not {float(timeline.audio_duration):.3f}")
    return found


def _sound_seconds(output: Path) -> Fraction:
    with av.open(str(output)) as container:
        n_samples, rate = 0, 1
        for frame in container.decode(container.streams.audio[0]):
            n_samples += frame.samples
            rate = frame.sample_rate
    return Fraction(n_samples, rate)
