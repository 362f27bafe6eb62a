"""The use case that judges a finished video: does the mouth follow the voice, and how does it look?"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.speaker import SourceSound, cast_speakers
from lipwright.analysis.speech.filterbank import BAND_RATE
from lipwright.analysis.speech.judge import JUDGED, expect_mouth
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.analysis.speech.streaming import CONTEXT_SECONDS, articulate_long
from lipwright.errors import NoFaceError, UsageError
from lipwright.measures import Measure
from lipwright.media.audio_reader import read_audio
from lipwright.media.probe import VideoInfo, probe
from lipwright.media.video_reader import VideoReader
from lipwright.render.progress import Listener, Progress, ignore
from lipwright.scoring.curves import MouthCurves, mouth_curves
from lipwright.scoring.flicker import flicker_at_same_motion
from lipwright.scoring.result import Curves, Picture, Score, Steadiness
from lipwright.scoring.sharpness import sharpness_at_same_opening
from lipwright.scoring.silence import silence_figures, silent_frames
from lipwright.scoring.sync import sync_figures
from lipwright.scoring.watch import Watched, watch

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

__all__ = ["Score", "score", "score_and_watch"]

_SPEECH = 0.3
"""Activity from which somebody speaks."""


@dataclass(frozen=True, eq=False)
class _Voice:
    """What was heard: by the engine's ear when somebody speaks, by the judge what the mouth would do."""

    motion: MouthMotion
    expected: Float32Array
    """float32, shape (n, len(JUDGED)); NaN throughout when nobody speaks: silence fits any mouth."""

    @property
    def expected_seconds(self) -> Float64Array:
        return np.arange(len(self.expected), dtype=np.float64) / BAND_RATE


def score(
    video: str | Path,
    audio: str | Path | None = None,
    *,
    reference: str | Path | None = None,
    progress: Listener | None = None,
) -> Score:
    """Measures how well the mouth in a video follows a voice, how sharp it is and how steady.

    Args:
        video: any finished video of somebody speaking.
        audio: the voice, from the video's first frame on; None for the video's own sound.
        reference: the video it was made from: sharpness and flicker are also given as ratios to it. Frames
            are compared with those of the same number, as far as both go.
        progress: called with each step forward.

    Raises:
        MediaError: a file that cannot be read as what it should be, or a silent video without ``audio``.
        NoFaceError: nobody to be seen in the video or the reference.
        UsageError: the reference has another size.
    """
    return score_and_watch(Path(video), audio, reference=reference, progress=progress)[0]


def score_and_watch(
    video: Path,
    audio: str | Path | None = None,
    *,
    reference: str | Path | None = None,
    progress: Listener | None = None,
) -> tuple[Score, Watched]:
    """``score`` with all that was seen of the video, for those who ask for more than one mouth."""
    voice = video if audio is None else Path(audio)
    listener = progress or ignore
    with VideoReader(video) as reader:
        start = reader.info.start_seconds if audio is None else Fraction(0)
        heard = _listen(voice, start, reader.info.duration, listener)
        own = None if reference is None else _open_reference(Path(reference), reader.info)
        total = reader.info.n_frames + (min(own.info.n_frames, reader.info.n_frames) if own else 0)
        curves, watched = _look(reader, heard.motion, listener, 0, total)
        info = reader.info
    original = None
    if own is not None:
        original, _ = _look(own, heard.motion, listener, info.n_frames, total)
    found = Score(
        video=video,
        audio=voice,
        reference=None if reference is None else Path(reference),
        picture=_picture(info, watched, curves),
        sync=sync_figures(curves.judged, curves.seconds, heard.expected, heard.expected_seconds),
        silence=silence_figures(
            curves.gap, silent_frames(heard.motion.activity, curves.seconds), curves.is_unread
        ),
        steadiness=_steadiness(curves, original),
        curves=_drawn(curves, heard),
    )
    return found, watched


def _listen(voice: Path, start: Fraction, video_seconds: Fraction, listener: Listener) -> _Voice:
    """Hears a voice as far as the video goes, and a little more: what follows has a say in it."""
    listener(Progress("hear", 0, 1))
    probe(voice).need_audio()
    samples = read_audio(voice, start=start, most_seconds=video_seconds + CONTEXT_SECONDS)
    motion, expected = articulate_long(samples), expect_mouth(samples)
    if not (motion.activity > _SPEECH).any():
        expected = np.full_like(expected, np.nan)
    listener(Progress("hear", 1, 1))
    return _Voice(motion, expected)


def _open_reference(reference: Path, video: VideoInfo) -> VideoReader:
    reader = VideoReader(reference)
    size, wanted = (reader.info.width, reader.info.height), (video.width, video.height)
    if any(abs(one - other) > 1 for one, other in zip(size, wanted, strict=True)):
        raise UsageError(
            f"expected a reference of {wanted[0]}x{wanted[1]} like the video, found {size[0]}x{size[1]}; "
            f"give the video it was made from: {reference}"
        )
    return reader


def _look(
    reader: VideoReader, motion: MouthMotion, listener: Listener, done: int, total: int
) -> tuple[MouthCurves, Watched]:
    watched = watch(
        reader, lambda seen, _: listener(Progress("analyse", done + seen, total)), most_frames=total - done
    )
    if not watched.analysis.tracks:
        raise NoFaceError(
            f"expected a face, found none in {float(reader.info.duration):.1f} s of video; "
            f"choose a clip in which somebody faces the camera: {reader.path}"
        )
    activity, gap = (
        np.interp(watched.seconds, _steps(motion), curve, right=0.0).astype(np.float32)
        for curve in (motion.activity, motion.measures[:, Measure.GAP])
    )
    cast = cast_speakers(watched.analysis, SourceSound(activity, gap))
    return mouth_curves(watched, cast), watched


def _steps(motion: MouthMotion) -> NDArray[np.float64]:
    return np.arange(len(motion.activity), dtype=np.float64) / MOTION_RATE


def _picture(info: VideoInfo, watched: Watched, curves: MouthCurves) -> Picture:
    return Picture(
        width=info.width,
        height=info.height,
        fps=str(info.fps),
        n_frames=info.n_frames,
        duration=float(info.duration),
        n_faces=len(watched.analysis.tracks),
        seen_share=float(curves.is_seen.mean()),
    )


def _steadiness(curves: MouthCurves, original: MouthCurves | None) -> Steadiness:
    known = curves.sharpness[np.isfinite(curves.sharpness)]
    plain = Steadiness(
        sharpness=float(np.median(known)),
        lip_flicker=curves.lip_flicker(),
        skin_flicker=curves.mean_skin_flicker(),
    )
    if original is None:
        return plain
    n = min(len(curves.gap), len(original.gap))
    one, other = curves.part(0, n), original.part(0, n)
    return Steadiness(
        plain.sharpness,
        plain.lip_flicker,
        plain.skin_flicker,
        sharpness_at_same_opening(one.sharpness, one.gap, other.sharpness, other.gap),
        flicker_at_same_motion(one.lips, one.steady_gap, other.lips, other.steady_gap),
        _ratio(one.mean_skin_flicker(), other.mean_skin_flicker()),
    )


def _ratio(value: float, reference: float) -> float:
    return value / reference if reference > 0 else float("nan")


def _drawn(curves: MouthCurves, voice: _Voice) -> Curves:
    heard = np.full(len(curves.seconds), np.nan, np.float32)
    if len(voice.expected):
        gap = voice.expected[:, JUDGED.index(Measure.GAP)]
        heard = np.interp(curves.seconds, voice.expected_seconds, gap, right=np.nan).astype(np.float32)
    read = curves.gap[np.isfinite(curves.gap)]
    if not len(read):  # hidden throughout: what is heard has no size
        read = np.full(1, np.nan, np.float32)
    predicted = read.mean() + read.std() * _standardized(heard)
    is_silent = silent_frames(voice.motion.activity, curves.seconds)
    return Curves(
        seconds=[round(float(value), 4) for value in curves.seconds],
        gap_mm=_rounded(curves.gap),
        predicted_mm=_rounded(predicted),
        silent_spans=_spans(curves.seconds, is_silent),
    )


def _standardized(values: Float32Array) -> Float32Array:
    known = values[np.isfinite(values)]
    spread = float(known.std()) if len(known) else 0.0
    return (values - known.mean()) / np.float32(spread) if spread > 1e-6 else values * np.float32(0)


def _rounded(values: Float32Array) -> list[float | None]:
    return [round(float(value), 3) if np.isfinite(value) else None for value in values]


def _spans(seconds: NDArray[np.float64], is_on: NDArray[np.bool_]) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_on, [False]]).astype(np.int8)))
    return [
        (round(float(seconds[start]), 4), round(float(seconds[stop - 1]), 4))
        for start, stop in edges.reshape(-1, 2)
    ]
