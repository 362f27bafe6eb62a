"""Whether the voice goes to who speaks, on split screens whose speaker is known.

    python -m benchmarks.split_screens ../shared/media --each 8 --drawn 1

Real clips of one speaker are put into one picture, with the sound of one of them at a time. Four kinds:

- ``one heard``: everybody talks without pause, one is heard, for 6 s;
- ``turns``: who is heard changes every 1.5 to 4 s, the others listen;
- ``all talk``: the same, but the others go on talking, unheard;
- ``cuts``: three shots with other layouts and other people, one speaker in each; the others listen.

Panels lie side by side, two by two, in two sizes or one inside the other; some are mirrored. Where turns
change, people are heard together for 0.3 s, and each of them is right; frames without a voice count as well.
Prints for each kind the clips (shots, of ``cuts``) and the share of frames that give the voice to the right
face, with one speaker for each shot (where one speaks) and with automatic choice; for the clips that are
drawn, how many luma samples differ outside the panels whose people are given the voice.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.actors import ACTORS, FPS, SIDE, SOUND_PER_FRAME, Actor, load_actor
from benchmarks.clips import write_sound
from lipwright.analysis.faces.cast import CastMember
from lipwright.analysis.faces.choice import FaceChoice
from lipwright.analysis.faces.pick import face_boxes
from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.engines import registry
from lipwright.engines.base import MouthOrder
from lipwright.media.frame_clock import FrameClock
from lipwright.media.mux import mux
from lipwright.media.picture import Picture
from lipwright.media.sound_track import SoundTrack
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter
from lipwright.render.casting import cast_faces
from lipwright.render.give_voice import source_sound
from lipwright.render.job import RenderJob, probe_inputs
from lipwright.render.prepare import prepare
from lipwright.render.progress import ignore
from lipwright.render.see import see
from lipwright.render.source_sound import cast_in_step

Float32Array = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
Place = tuple[int, int, int]
"""left, top, side of a panel, pixels."""

WIDTH, HEIGHT = 2 * SIDE, 2 * SIDE
LAYOUTS: tuple[tuple[Place, ...], ...] = (
    ((0, SIDE // 2, SIDE), (SIDE, SIDE // 2, SIDE)),
    ((0, 0, SIDE), (SIDE, 0, SIDE), (0, SIDE, SIDE), (SIDE, SIDE, SIDE)),
    ((0, 64, 320), (320, 160, 192)),
    ((64, 64, 384), (352, 352, 160)),
)
KINDS = ("one heard", "turns", "all talk", "cuts")
_ONE_FRAMES, _TURN_FRAMES, _N_SHOTS, _N_TURNS = 150, (38, 100), 3, 4
_BOTH_FRAMES = 8


@dataclass(frozen=True, eq=False)
class Shot:
    """One layout for some time: what each panel shows, who is heard, and what."""

    places: tuple[Place, ...]
    panels: list[list[Picture]]
    speaks: BoolArray
    """bool, shape (n panels, n frames)."""
    sound: Float32Array
    """float32, shape (n,), 16 kHz."""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("media", type=Path)
    parser.add_argument("--each", type=int, default=8, help="clips of each kind")
    parser.add_argument("--drawn", type=int, default=1, help="how many of them are drawn, to their own sound")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    actors = [actor for name in ACTORS if (actor := load_actor(arguments.media / "video", name))]
    if len(actors) < 4:
        raise SystemExit(f"expected the clips of ../shared/media, found {len(actors)}; name their folder")
    print(f"{'kind':10} {'one a shot':>12} {'frames':>8} {'automatic':>12} {'frames':>8} {'changed':>8}")
    for kind in KINDS:
        rng = np.random.default_rng([arguments.seed, KINDS.index(kind)])
        figures = [_measured(kind, rng, actors, number < arguments.drawn) for number in range(arguments.each)]
        has_turns = kind in ("turns", "all talk")
        _print_row(kind, has_turns, np.concatenate([rows for rows, _ in figures]), sum(n for _, n in figures))


def _measured(
    kind: str, rng: np.random.Generator, actors: list[Actor], is_drawn: bool
) -> tuple[NDArray[np.float64], int]:
    """Shares of frames right in each shot, shape (n shots, 2), and the samples that changed elsewhere."""
    shots = list(_shots(kind, rng, actors))
    with tempfile.TemporaryDirectory() as folder:
        clip = _written(shots, Path(folder))
        shares = _shares(clip, shots)
        return shares, _changed_elsewhere(clip, shots) if is_drawn else 0


def _shots(kind: str, rng: np.random.Generator, actors: list[Actor]) -> Iterator[Shot]:
    for _ in range(_N_SHOTS if kind == "cuts" else 1):
        places = LAYOUTS[rng.integers(len(LAYOUTS))]
        people = [actors[k] for k in _strangers(rng, actors, len(places))]
        if kind in ("one heard", "cuts"):
            yield _shot(rng, places, people, [(int(rng.integers(len(people))), _ONE_FRAMES)], kind == "cuts")
        else:
            order = rng.integers(1, len(people), _N_TURNS).cumsum() % len(people)
            turns = [(int(k), int(rng.integers(*_TURN_FRAMES))) for k in order]
            yield _shot(rng, places, people, turns, kind == "turns")


def _strangers(rng: np.random.Generator, actors: list[Actor], n_people: int) -> list[int]:
    chosen: list[int] = []
    for number in rng.permutation(len(actors)):
        if all(actors[number].person != actors[other].person for other in chosen):
            chosen.append(int(number))
    return chosen[:n_people]


def _shot(
    rng: np.random.Generator,
    places: tuple[Place, ...],
    people: list[Actor],
    turns: list[tuple[int, int]],
    others_listen: bool,
) -> Shot:
    n_frames = sum(length for _, length in turns)
    sound = np.zeros(n_frames * SOUND_PER_FRAME, np.float32)
    speaks = np.zeros((len(people), n_frames), np.bool_)
    panels: list[list[Picture]] = [[] for _ in people]
    start = 0
    for speaker, length in turns:
        for number, person in enumerate(people):
            if number != speaker and others_listen:
                panels[number] += person.listens(length)
                continue
            pictures, said = person.talks(length, rng)
            panels[number] += pictures
            if number == speaker:
                sound[start * SOUND_PER_FRAME : (start + length) * SOUND_PER_FRAME] = said
                speaks[number, max(0, start - _BOTH_FRAMES) : start + length + _BOTH_FRAMES] = True
        start += length
    is_mirrored = rng.random(len(people)) < 0.5
    shown = [
        [_mirrored(picture) for picture in panel] if mirrored else panel
        for panel, mirrored in zip(panels, is_mirrored, strict=True)
    ]
    return Shot(places, shown, speaks, sound)


def _mirrored(picture: Picture) -> Picture:
    return Picture(picture.luma[:, ::-1], picture.blue[:, ::-1], picture.red[:, ::-1], picture.color)


def _written(shots: list[Shot], folder: Path) -> Path:
    clip, silent, sound = (folder / name for name in ("clip.mp4", "silent.mp4", "sound.wav"))
    n_frames = 0
    with VideoWriter(silent, VideoFormat(WIDTH, HEIGHT, FPS), EncoderOptions(preset="veryfast")) as writer:
        for shot in shots:
            for panels in zip(*shot.panels, strict=True):
                writer.write(_composed(shot.places, panels), n_frames)
                n_frames += 1
    heard = np.concatenate([shot.sound for shot in shots])
    write_sound(sound, np.round(heard * 32767).clip(-32768, 32767).astype(np.int16))
    track = SoundTrack(sound, Fraction(n_frames) / FPS)
    mux([silent], track, clip, clock=FrameClock.constant(FPS, n_frames))
    return clip


def _composed(places: tuple[Place, ...], panels: tuple[Picture, ...]) -> Picture:
    blue, red = np.full((2, HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    canvas = Picture(np.full((HEIGHT, WIDTH), 40, np.uint8), blue, red)
    for (left, top, side), panel in zip(places, panels, strict=True):
        _put(canvas.luma, panel.luma, left, top, side)
        _put(canvas.blue, panel.blue, left // 2, top // 2, side // 2)
        _put(canvas.red, panel.red, left // 2, top // 2, side // 2)
    return canvas


def _put(canvas: NDArray[np.uint8], plane: NDArray[np.uint8], left: int, top: int, side: int) -> None:
    canvas[top : top + side, left : left + side] = cv2.resize(
        np.ascontiguousarray(plane), (side, side), interpolation=cv2.INTER_AREA
    )


def _shares(clip: Path, shots: list[Shot]) -> NDArray[np.float64]:
    """For each shot the share of its frames that are right, one speaker per shot and automatic: (n, 2)."""
    job = RenderJob(clip, clip, clip.with_name("unused.mp4"), registry.engine("lipsync-2"))
    inputs = probe_inputs(job)
    with VideoReader(clip) as reader:
        scene = see(reader, job.engine, inputs.video.n_frames, None, ignore, clip.parent)
    seconds = np.arange(inputs.video.n_frames) / float(FPS)
    heard = source_sound(job, inputs)
    columns = []
    for is_automatic in (False, True):
        choice = FaceChoice(auto_detect=is_automatic)
        cast, _ = cast_in_step(
            lambda sound, choice=choice: cast_faces(choice, scene, sound, float(FPS)),  # type: ignore[misc]
            scene.analysis,
            heard,
            seconds,
        )
        right = _right(scene.analysis, cast, shots)
        columns.append([float(part.mean()) for part in right])
    return np.array(columns).T


def _right(analysis: FaceAnalysis, cast: list[CastMember], shots: list[Shot]) -> list[BoolArray]:
    """For each frame of each shot whether the voice is given to who speaks, and to nobody else."""
    given = list(_given(analysis, cast, shots))
    return [
        (voice & shot.speaks).any(axis=0) & ~(voice & ~shot.speaks).any(axis=0)
        for voice, shot in zip(given, shots, strict=True)
    ]


def _given(analysis: FaceAnalysis, cast: list[CastMember], shots: list[Shot]) -> Iterator[BoolArray]:
    """For each shot which of its panels are given the voice when, bool, (n panels, n frames)."""
    first = 0
    for shot in shots:
        given = np.zeros_like(shot.speaks)
        for member in cast:
            track = analysis.tracks[member.track_id]
            boxes = face_boxes(track)
            for row in np.flatnonzero(member.speaks & track.is_tracked):
                frame = track.start + row - first
                if 0 <= frame < given.shape[1]:
                    given[_panel_at(shot.places, (boxes[row, :2] + boxes[row, 2:]) / 2), frame] = True
        yield given
        first += given.shape[1]


def _panel_at(places: tuple[Place, ...], point: NDArray[Any]) -> int:
    """The topmost panel under a point."""
    inside = [
        number
        for number, (left, top, side) in enumerate(places)
        if left <= point[0] < left + side and top <= point[1] < top + side
    ]
    return inside[-1] if inside else 0


def _changed_elsewhere(clip: Path, shots: list[Shot]) -> int:
    """Luma samples that differ, before encoding, outside the panels of those who are given the voice."""
    choice = FaceChoice(auto_detect=True)
    output = clip.with_name("output.mp4")
    plan = prepare(RenderJob(clip, clip, output, registry.engine("lipsync-2"), face_choice=choice), ignore)
    members = [_drawn(plan.scene.analysis, mouth.order) for mouth in plan.mouths]
    given = np.concatenate([_padded(rows) for rows in _given(plan.scene.analysis, members, shots)], axis=1)
    places = [shot.places for shot in shots for _ in range(shot.speaks.shape[1])]
    n_changed = 0
    with VideoReader(clip) as reader:
        for number, picture in enumerate(islice(reader.read(), len(places))):
            own = picture.luma.astype(np.int16)
            for mouth, row in plan.rows_of(number):
                plan.job.engine.draw(picture, plan.scene, mouth, row)
            changed = picture.luma != own
            for panel in np.flatnonzero(given[:, number]):
                left, top, side = places[number][panel]
                changed[top : top + side, left : left + side] = False
            n_changed += int(changed.sum())
    return n_changed


def _drawn(analysis: FaceAnalysis, order: MouthOrder) -> CastMember:
    track = analysis.tracks[order.track_id]
    is_drawn = np.zeros(len(track.is_tracked), np.bool_)
    is_drawn[order.source_frames[order.strength > 0] - track.start] = True
    return CastMember(order.track_id, is_drawn)


def _padded(given: BoolArray) -> BoolArray:
    return np.pad(given, ((0, 4 - len(given)), (0, 0)))


def _print_row(kind: str, has_turns: bool, shares: NDArray[np.float64], n_changed: int) -> None:
    right = [f"{int((column >= 0.5).sum())} of {len(shares)}" for column in shares.T]
    frames = [f"{share:.1%}" for share in shares.mean(axis=0)]
    if has_turns:
        right[0] = frames[0] = "-"
    print(f"{kind:10} {right[0]:>12} {frames[0]:>8} {right[1]:>12} {frames[1]:>8} {n_changed:>8}", flush=True)


if __name__ == "__main__":
    main()
