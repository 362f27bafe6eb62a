"""Corpus clips from footage of one's own: ``python -m training.corpus VIDEO... --output CORPUS_DIR``.

Measures the mouth in every frame and brings sound and picture into step.

Sound and picture of found footage are rarely in step: of 56 clips 35 were more than 40 ms apart, and learning
from them as they are costs a third of the correlation. So the offset is measured, and footage in which no
offset stands out (a dubbed voice, somebody off screen, a face too small to see) is left out.
"""

import argparse
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.analysis.faces.landmarks import CORPUS, VERTICES
from lipwright.analysis.faces.track import FaceTrack
from lipwright.analysis.speech.articulation import articulate
from lipwright.analysis.speech.mel import SAMPLE_RATE
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.errors import LipwrightError, UsageError
from lipwright.measures import Measure
from lipwright.media.audio_reader import read_audio
from lipwright.media.video_reader import VideoReader

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

_CHANNELS = (Measure.GAP, Measure.WIDTH, Measure.JAW, Measure.UPPER, Measure.LOWER)
_LAGS = np.arange(-0.4, 0.401, 0.01)
_EYE_CORNERS = [VERTICES.index(33), VERTICES.index(263)]


@dataclass(frozen=True)
class Gates:
    """What footage must reach to be learnt from."""

    least_r: float = 0.30
    """Mean correlation of five measures with the heard mouth at the best offset. Voices of other people reach
    0.24 in one case of twenty, own voices 0.32 in all but one of twenty."""
    least_prominence: float = 0.20
    """How far that must stand above the median over all offsets."""
    least_seconds: float = 2.0
    """Of tracked face; below three seconds the offset is only known to two frames."""
    least_eye_distance: float = 30.0
    """Pixels between the outer corners of the eyes; below 60 the measures are coarse."""


@dataclass(frozen=True)
class Offset:
    """How far sound and picture are apart."""

    seconds: float
    """To be taken off the frames' times: > 0 when the picture is late."""
    r: float
    """Mean correlation of five measures there."""
    prominence: float
    """How far ``r`` is above the median over all offsets that were tried."""


@dataclass(frozen=True)
class Entry:
    """What became of one face of one video."""

    name: str
    seconds: float
    """Of tracked face."""
    eye_distance: float
    """Pixels, median."""
    offset: Offset
    refusal: str
    """Why the face was left out; empty when it is in the corpus now."""


def add_video(
    video: Path,
    corpus: Path,
    *,
    sound: Path | None = None,
    speaker: str | None = None,
    language: str = "?",
    gates: Gates = Gates(),
) -> list[Entry]:
    """Writes a clip for every stretch of the video in which a mouth follows the sound.

    Args:
        video: footage of people speaking.
        corpus: the folder above ``clips``; made if missing. Clips of the same name are replaced.
        sound: another file with the sound; None for the video's own.
        speaker: tag of the person, the same in all their footage; None for the name of the video.
        language: code of the language spoken.
        gates: what a stretch must reach.

    Returns:
        One entry per face and shot, in order of time.

    Raises:
        MediaError: a file that cannot be read, or no sound.
    """
    tracks, seconds, start = _watched(video)
    samples = read_audio(sound) if sound else read_audio(video, start=start)
    motion = articulate(samples)
    judged = [(_judged(track, seconds, motion), track) for track in tracks]
    taken = np.zeros(len(seconds), np.bool_)
    entries: dict[int, Entry] = {}
    for place in sorted(range(len(judged)), key=lambda place: -np.nan_to_num(judged[place][0].r, nan=-1.0)):
        offset, track = judged[place]
        refusal = _refusal(track, offset, gates, seconds)
        if not refusal and taken[track.start : track.stop].any():
            refusal = "somebody else follows the sound better"
        name = f"{video.stem}_{place}"
        if not refusal:
            taken[track.start : track.stop] = True
            tags = {"speaker": np.array(speaker or video.stem), "lang": np.array(language)}
            _write(corpus, name, _arrays(track, seconds, samples, offset.seconds) | tags)
        entries[place] = Entry(name, _length(track, seconds), _eye_distance(track), offset, refusal)
    return [entries[place] for place in range(len(judged))]


def find_offset(measures: Float32Array, seconds: Float64Array, motion: MouthMotion) -> Offset:
    """The offset, within 0.4 s each way, at which a mouth follows the sound best.

    Args:
        measures: float32, shape (n, 7), canonical mm, of tracked frames.
        seconds: float64, shape (n,): when they are shown, on the file's own time line.
        motion: what was heard.
    """
    steps = np.arange(len(motion.closure)) / MOTION_RATE
    by_lag = np.full(len(_LAGS), np.nan)
    for place, lag in enumerate(_LAGS):
        wanted = seconds - lag
        inside = (wanted >= 0) & (wanted < len(steps) / MOTION_RATE)
        if inside.sum() >= 2:
            rows = [np.interp(wanted[inside], steps, motion.measures[:, channel]) for channel in _CHANNELS]
            by_lag[place] = _mean_correlation(measures[inside][:, _CHANNELS], np.stack(rows, axis=1))
    if not np.isfinite(by_lag).any():
        return Offset(float("nan"), float("nan"), float("nan"))
    best = int(np.nanargmax(by_lag))
    return Offset(float(_LAGS[best]), float(by_lag[best]), float(by_lag[best] - np.nanmedian(by_lag)))


def _mean_correlation(seen: Float32Array, heard: Float64Array) -> float:
    one, other = seen - seen.mean(axis=0), heard - heard.mean(axis=0)
    power = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    return float(((one * other).sum(axis=0) / np.maximum(power, 1e-9)).mean())


def _watched(video: Path) -> tuple[list[FaceTrack], Float64Array, Fraction]:
    """All faces, not smoothed over time; when each frame is shown; where that clock starts in the file."""
    with VideoReader(video) as reader, FaceAnalyzer(FaceOptions(smoothing_reach=0)) as analyzer:
        for picture in reader.read():
            analyzer.push(picture)
        clock = reader.info.clock
        seconds = np.asarray(clock.ticks() * float(clock.time_base), np.float64)
        tracks = sorted(analyzer.finish().tracks.values(), key=lambda track: track.start)
        return tracks, seconds, reader.info.start_seconds


def _judged(track: FaceTrack, seconds: Float64Array, motion: MouthMotion) -> Offset:
    good = track.is_tracked
    return find_offset(track.measures[good], seconds[track.start : track.stop][good], motion)


def _refusal(track: FaceTrack, offset: Offset, gates: Gates, seconds: Float64Array) -> str:
    length, eyes = _length(track, seconds), _eye_distance(track)
    if length < gates.least_seconds:
        return f"tracked for {length:.1f} s of at least {gates.least_seconds:.1f} s"
    if eyes < gates.least_eye_distance:
        return f"eyes {eyes:.0f} of at least {gates.least_eye_distance:.0f} pixels apart"
    if not offset.r >= gates.least_r:
        return f"follows the sound with r {offset.r:.2f} of at least {gates.least_r:.2f}"
    if not offset.prominence >= gates.least_prominence:
        return f"no offset stands out: {offset.prominence:.2f} of at least {gates.least_prominence:.2f}"
    return ""


def _arrays(
    track: FaceTrack, seconds: Float64Array, samples: Float32Array, offset: float
) -> dict[str, NDArray[np.generic]]:
    """The arrays of a corpus clip; the sound is cut to the stretch in which the face was seen."""
    times = seconds[track.start : track.stop] - offset
    first = max(0, round(float(times[0]) * SAMPLE_RATE))
    last = min(len(samples), round(float(times[-1]) * SAMPLE_RATE) + SAMPLE_RATE // 10)
    if last <= first:
        raise UsageError(f"sound as long as the picture expected, found {len(samples) / SAMPLE_RATE:.1f} s")
    return {
        "audio": np.clip(np.nan_to_num(samples[first:last]) * 32768.0, -32768, 32767).astype(np.int16),
        "t": (times - first / SAMPLE_RATE).astype(np.float32),
        "feat": track.measures.astype(np.float16),
        "pts": track.canonical[:, CORPUS].astype(np.float16),
        "ok": track.is_tracked,
        "yaw": track.yaw.astype(np.float16),
        "av_offset": np.array(offset, np.float32),
        "iod": np.array(_eye_distance(track), np.float32),
    }


def _length(track: FaceTrack, seconds: Float64Array) -> float:
    shown = seconds[track.start : track.stop]
    span = float(shown[-1] - shown[0])
    return span * float(track.is_tracked.mean())


def _eye_distance(track: FaceTrack) -> float:
    corners = track.landmarks[track.is_tracked][:, _EYE_CORNERS]
    return float(np.median(np.linalg.norm(corners[:, 0] - corners[:, 1], axis=-1)))


def _write(corpus: Path, name: str, arrays: dict[str, NDArray[np.generic]]) -> None:
    folder = corpus / "clips"
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / f"{name}.npz", **arrays)


def main(arguments: list[str] | None = None) -> int:
    """The command ``python -m training.corpus``; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m training.corpus", description=__doc__)
    parser.add_argument("videos", type=Path, nargs="+", metavar="VIDEO", help="footage of people speaking")
    parser.add_argument("--output", type=Path, required=True, help="corpus folder, the one above 'clips'")
    parser.add_argument("--sound", type=Path, help="the sound of a single video, if it is in another file")
    parser.add_argument("--speaker", help="who speaks in all of them; default: the name of each video")
    parser.add_argument("--language", default="?", help="code of the language spoken, such as en")
    chosen = parser.parse_args(arguments)
    n_kept = 0
    try:
        if chosen.sound and len(chosen.videos) > 1:
            raise UsageError(f"one video expected with --sound, found {len(chosen.videos)}; add them singly")
        for video in chosen.videos:
            tags = {"sound": chosen.sound, "speaker": chosen.speaker, "language": chosen.language}
            entries = add_video(video, chosen.output, **tags)
            n_kept += sum(not entry.refusal for entry in entries)
            print("\n".join(map(_line, entries)) or f"{video.stem}: no face found")
    except LipwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{n_kept} clips written to {chosen.output / 'clips'}")
    return 0 if n_kept else 1


def _line(entry: Entry) -> str:
    offset = entry.offset
    verdict = f"left out: {entry.refusal}" if entry.refusal else "kept"
    return (
        f"{entry.name}: {entry.seconds:.1f} s, eyes {entry.eye_distance:.0f} px apart, "
        f"picture late by {offset.seconds * 1000:+.0f} ms (r {offset.r:.2f}), {verdict}"
    )
