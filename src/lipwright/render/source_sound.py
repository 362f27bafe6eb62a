"""What the source's own sound tells: who speaks in it, and whether it is in step with its picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.speaker import SourceSound
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.analysis.speech.filterbank import BAND_RATE
from lipwright.analysis.speech.judge import expect_mouth
from lipwright.analysis.speech.mel import SAMPLE_RATE, Samples
from lipwright.analysis.speech.motion import MOTION_RATE, MouthMotion
from lipwright.analysis.speech.streaming import articulate_long, between
from lipwright.analysis.sync_judge import SURE, SyncOpinion, Verdict, judged_measures, lag_curves, opinion
from lipwright.measures import Measure

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

_JUDGED_SECONDS = 300
"""Of the source, at most: an offset that is not clear by then does not become so."""
_SPEECH = 0.3
"""Activity from which somebody speaks."""


@dataclass(frozen=True, eq=False)
class HeardSource:
    """The sound of a source, heard once."""

    activity: Float32Array
    """float32, shape (n,), 0 to 1: how surely somebody speaks, ``MOTION_RATE`` steps a second from
    the source's first frame on."""
    gap: Float32Array
    """float32, shape (n,): z-score of the gap that the engine's ear hears at these steps."""
    expected: Float32Array
    """float32, shape (n, k): what the sync judge expects of the first minutes; none when nobody speaks."""
    motion: MouthMotion | None = None
    """What the engine's ear hears in the first minutes; None when that was not kept."""

    def at(self, seconds: Float64Array, av_offset: float = 0.0) -> SourceSound:
        """What was heard frame by frame; the sound of a frame is ``av_offset`` seconds after its picture."""
        steps = np.arange(len(self.activity)) / MOTION_RATE
        activity, gap = (
            np.interp(seconds + av_offset, steps, curve, right=0.0).astype(np.float32)
            for curve in (self.activity, self.gap)
        )
        return SourceSound(activity, gap)


def hear_source(samples: Samples) -> HeardSource | None:
    """Hears a source; None when its sound has no length."""
    if len(samples) == 0:
        return None
    motion = articulate_long(samples)
    speaks = bool((motion.activity > _SPEECH).any())
    expected = expect_mouth(between(samples, 0, _JUDGED_SECONDS * SAMPLE_RATE if speaks else 0))
    first = slice(_JUDGED_SECONDS * MOTION_RATE)
    kept = MouthMotion(
        motion.measures[first].copy(),
        motion.closure[first],
        motion.activity[first],
        motion.labiodental[first],
    )
    return HeardSource(motion.activity, motion.measures[:, Measure.GAP].copy(), expected, kept)


def cast_in_step(
    choose: Callable[[SourceSound | None], list[CastMember]],
    analysis: FaceAnalysis,
    heard: HeardSource | None,
    seconds: Float64Array,
) -> tuple[list[CastMember], SyncOpinion | None]:
    """The speakers, chosen with the sound where it belongs, and how far it is off its picture.

    Args:
        choose: casts the faces by a sound.
        analysis: what was seen.
        heard: the source's own sound; None when it has none.
        seconds: float64, shape (n_frames,): when each frame of the source is shown.
    """
    if heard is None:
        return choose(None), None
    cast = choose(heard.at(seconds))
    said = _opinion(analysis, cast, heard, seconds)
    if said.verdict is Verdict.CANNOT_TELL and (offset := _offset_of_any(analysis, cast, heard, seconds)):
        other_cast = choose(heard.at(seconds, offset))
        other = _opinion(analysis, other_cast, heard, seconds)
        return (other_cast, other) if other.verdict is Verdict.OFF else (cast, said)
    if said.verdict is Verdict.OFF:
        cast = choose(heard.at(seconds, said.av_offset))
    return cast, said


def _offset_of_any(
    analysis: FaceAnalysis, cast: list[CastMember], heard: HeardSource, seconds: Float64Array
) -> float:
    """How far the sound is off the face that it fits best, seconds; 0 if it surely fits none.

    Sound that is off by more than a quarter of a second shows who speaks no more than chance, and of somebody
    else's mouth nobody can tell by how much it is off. Of many faces one fits by chance: each has to be the
    surer.
    """
    n_given = sum(int(member.speaks.sum()) for member in cast)
    if n_given == sum(len(track.is_tracked) for track in analysis.tracks.values()):
        return 0.0  # nobody else could be meant
    said = [
        _compared(judged_measures((track,), track.stop)[track.start :], heard, seconds[track.start :])
        for track in analysis.tracks.values()
        if seconds[track.start] < _JUDGED_SECONDS
    ]
    best = max(said, key=lambda one: one.confidence, default=None)
    if best is None or 1.0 - best.confidence > (1.0 - SURE) / len(said):
        return 0.0
    return best.av_offset if best.verdict is Verdict.OFF else 0.0


def _opinion(
    analysis: FaceAnalysis, cast: list[CastMember], heard: HeardSource, seconds: Float64Array
) -> SyncOpinion:
    return _compared(_spoken(analysis, cast), heard, seconds)


def _compared(measured: Float32Array, heard: HeardSource, seconds: Float64Array) -> SyncOpinion:
    """What the judge says of some frames that follow one another, as far as it listens.

    Args:
        measured: float32, shape (n, k): see ``judged_measures``. Not more frames than show the face: each of
            the moves that are tried costs as much as there are.
        seconds: float64, shape (n or more,): when they are shown.
    """
    n_frames = min(len(measured), int(np.searchsorted(seconds, _JUDGED_SECONDS)))
    steps = np.arange(len(heard.expected)) / BAND_RATE
    return opinion(lag_curves(measured[:n_frames], seconds[:n_frames], heard.expected, steps))


def _spoken(analysis: FaceAnalysis, cast: list[CastMember]) -> Float32Array:
    """The judged measures of whoever speaks, float32, shape (n_frames, k); NaN while nobody does."""
    measured = judged_measures((), analysis.n_frames)
    for member in cast:
        track = analysis.tracks[member.track_id]
        rows = track.start + np.flatnonzero(member.speaks)
        measured[rows] = judged_measures((track,), analysis.n_frames)[rows]
    return measured
