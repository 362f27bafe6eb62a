"""Whether the voice goes to who speaks, on real clips with several faces.

    python -m benchmarks.speakers ../shared/media

Prints for each clip the shots in which the likeliest speaker is right most of the time, and the share of its
annotated frames that give the voice to somebody who speaks in them: with one speaker for each shot, and with
automatic choice.
"""

import argparse
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.pick import face_boxes
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.engines import registry
from lipwright.media.video_reader import VideoReader
from lipwright.render.casting import cast_faces
from lipwright.render.give_voice import source_sound
from lipwright.render.job import RenderJob, probe_inputs
from lipwright.render.progress import ignore
from lipwright.render.see import see

Point = tuple[int, int]


@dataclass(frozen=True)
class Spoken:
    """Who was seen to speak in frames ``start`` to ``stop``: by eye, from every fifth to eighth frame.

    Stretches in which the picture alone does not decide are left out; where people talk over one another,
    each of them is right.
    """

    start: int
    stop: int
    speakers: tuple[Point, ...]
    """The middle of each speaker's face, pixels."""


_HOST, _GUEST = (395, 276), (893, 228)
_TOP_RIGHT, _TOP_LEFT, _BELOW_LEFT, _BELOW_RIGHT = (880, 148), (378, 133), (412, 395), (886, 408)
_RIGHT = (1663, 296)
_SINGER, _STAGE = (250, 96), (546, 76)
CLIPS: dict[str, list[Spoken]] = {
    "real_two_speakers_interview.mp4": [
        Spoken(0, 200, (_HOST, _GUEST)),
        Spoken(213, 223, (_GUEST,)),
        Spoken(238, 258, (_GUEST,)),
        Spoken(268, 374, (_GUEST,)),
        Spoken(388, 426, (_HOST, _GUEST)),
    ],
    "real_four_faces_cnn.mp4": [
        Spoken(0, 95, (_TOP_RIGHT, _BELOW_RIGHT)),
        Spoken(112, 212, (_TOP_LEFT, _BELOW_RIGHT)),
        Spoken(214, 236, (_BELOW_RIGHT,)),
        Spoken(258, 308, (_TOP_RIGHT, _BELOW_LEFT)),
        Spoken(322, 375, (_TOP_RIGHT,)),
    ],
    "real_debate_wide_small_faces.mp4": [
        Spoken(20, 60, (_RIGHT,)),
        Spoken(80, 215, (_RIGHT,)),
        Spoken(255, 295, (_RIGHT,)),
        Spoken(425, 475, (_RIGHT,)),
        Spoken(525, 565, (_RIGHT,)),
        Spoken(672, 694, (_RIGHT,)),
    ],
    # nobody who is seen from frame 211 on speaks, so that any choice there is left out
    "real_rap_mic_occlusion_cuts.mp4": [Spoken(0, 20, (_STAGE,)), Spoken(82, 211, (_SINGER,))],
}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path)
    arguments = parser.parse_args()
    totals = np.zeros(5, int)
    print(f"{'clip':36} {'shots right':>12} {'frames right':>14} {'automatic':>12}")
    for name, spoken in CLIPS.items():
        with tempfile.TemporaryDirectory() as scratch:
            counts = measure(arguments.media / "video" / name, spoken, Path(scratch))
        totals += counts
        _print_row(name, counts)
    _print_row("all", totals)


def measure(clip: Path, spoken: list[Spoken], scratch: Path) -> np.ndarray[tuple[int], np.dtype[np.int_]]:
    """Shots right, shots, frames right with a speaker per shot, with automatic choice, frames."""
    job = RenderJob(clip, clip, scratch / "unused.mp4", registry.engine("lipsync-1.9"))
    inputs = probe_inputs(job)
    n_frames = inputs.video.n_frames
    with VideoReader(clip) as reader:
        scene = see(reader, registry.engine("lipsync-2"), n_frames, None, ignore, scratch)
    analysis = scene.analysis
    clock, rate = inputs.video.clock, float(inputs.video.fps)
    heard = source_sound(job, inputs)
    sound = heard.at(clock.ticks()[:n_frames] * float(clock.time_base)) if heard else None
    fixed = _right(analysis, cast_faces(FaceChoice(), scene, sound, rate), spoken)
    followed = _right(analysis, cast_faces(FaceChoice(auto_detect=True), scene, sound, rate), spoken)
    shots = [*analysis.shot_starts, analysis.n_frames]
    edges = [slice(start, stop) for start, stop in pairwise(shots)]
    judged = [fixed[edge][~np.isnan(fixed[edge])] for edge in edges]
    verdicts = [bool(shot.mean() >= 0.5) for shot in judged if len(shot)]
    known = ~np.isnan(followed)
    frames = int(fixed[known].sum()), int(followed[known].sum()), int(known.sum())
    return np.array([sum(verdicts), len(verdicts), *frames])


def _right(
    analysis: FaceAnalysis, cast: list[CastMember], spoken: list[Spoken]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """For each frame 1 if somebody who speaks is given the voice, 0 if not, NaN if nobody knows."""
    right = np.full(analysis.n_frames, np.nan)
    for part in spoken:
        right[part.start : part.stop] = 0.0
    for member in cast:
        track = analysis.tracks[member.track_id]
        boxes = face_boxes(track)
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        sizes = boxes[:, 3] - boxes[:, 1]
        frames = np.arange(track.start, track.stop)
        for part in spoken:
            inside = (frames >= part.start) & (frames < part.stop) & member.speaks
            for point in part.speakers:
                # people lean and walk: within one and a half faces of where they mostly are
                is_near = np.hypot(*(middles - point).T) < 1.5 * sizes
                right[frames[inside & is_near]] = 1.0
    return right


def _print_row(name: str, counts: np.ndarray[tuple[int], np.dtype[np.int_]]) -> None:
    shots_right, shots, fixed, followed, frames = counts
    print(f"{name:36} {f'{shots_right} of {shots}':>12} {fixed / frames:>14.1%} {followed / frames:>12.1%}")


if __name__ == "__main__":
    main()
