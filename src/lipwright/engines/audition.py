"""Tries the mouths that may be shut on other frames of the face, and reads what they look like there.

A mouth that reads shut where it was filmed may read 2 mm open under another nose and over another chin, and
another of the same gap never does: nothing that was tried on its pixels tells them apart as well as a look.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.gap_reader import GapReader
from lipwright.analysis.faces.track import FaceTrack
from lipwright.analysis.speech.style import measure_style
from lipwright.engines.base import Scene
from lipwright.media.picture import Picture
from lipwright.synthesis.draw import draw_mouth
from lipwright.synthesis.selection import DonorTable
from lipwright.synthesis.stages import Stage
from lipwright.synthesis.target import Placement

Float32Array = NDArray[np.float32]

N_CANDIDATES, N_STAGES = 12, 5
"""Sixty looks of 7 ms for each face."""
_APART_FRAMES = 3
"""Mouths nearer in time than this are too much alike to try both."""
_MAX_YAW_DEGREES = 38.0
_OCCLUDED = 0.25
_WIDEST_MM = 4.0
_UNTRIED_MM = 1.0
"""Added to the doubt of mouths that were not tried."""


def auditioned(scene: Scene, track_id: int, table: DonorTable) -> DonorTable:
    """The table with a tried doubt for its likeliest donors of shut lips.

    A face is auditioned once; where there is no other frame of it the table stays as it is.
    """
    if track_id not in scene.auditions:
        scene.auditions[track_id] = _audition(scene, track_id, table)
    tried = scene.auditions[track_id]
    if not tried:
        return table
    doubt = [tried.get(int(frame), own + _UNTRIED_MM) for frame, own in zip(table.frames, table.doubt)]
    return replace(table, doubt=np.array(doubt, np.float32))


def _audition(scene: Scene, track_id: int, table: DonorTable) -> dict[int, float]:
    """How far open candidates look on average on the stages, mm by donor frame."""
    track = scene.analysis.tracks[track_id]
    stages = _fit_stages(scene, track_id, track)
    if not stages:
        return {}
    rest = measure_style(scene.geometries[track_id].upright_measures()).rest
    tried = {}
    reader = GapReader(looks_twice=scene.bank.is_hard_to_read(track_id))
    with reader, ThreadPoolExecutor(1) as reading:  # one look is read while the next is drawn
        for frame in _candidates(table):
            looks = [
                reading.submit(reader.read, _drawn_on(scene, track_id, frame, stage, rest), stage.landmarks)
                for stage in stages
            ]
            gaps = np.array([look.result() for look in looks])
            seen = gaps[np.isfinite(gaps)]
            if len(seen):
                tried[frame] = float(np.clip(seen, 0.0, _WIDEST_MM).mean())
    return tried


def _fit_stages(scene: Scene, track_id: int, track: FaceTrack) -> list[Stage]:
    """Some frames that show the mouth, spread over the track."""
    fit = [stage for stage in scene.bank.stages.of(track_id) if _shows_mouth(track, stage.frame_index)]
    places = np.unique(np.linspace(0, len(fit) - 1, min(N_STAGES, len(fit))).astype(int))
    return [fit[place] for place in places]


def _shows_mouth(track: FaceTrack, frame_index: int) -> bool:
    row = frame_index - track.start
    return bool(
        0 <= row < len(track.is_tracked)
        and track.is_tracked[row]
        and abs(track.yaw[row]) < _MAX_YAW_DEGREES
        and not track.occlusion[row] >= _OCCLUDED
    )


def _candidates(table: DonorTable) -> list[int]:
    """The frames of least doubt, one of each closure."""
    chosen: list[int] = []
    for frame in table.frames[np.argsort(table.doubt, kind="stable")].tolist():
        if all(abs(frame - other) >= _APART_FRAMES for other in chosen):
            chosen.append(frame)
        if len(chosen) == N_CANDIDATES:
            break
    return chosen


def _drawn_on(scene: Scene, track_id: int, donor_frame: int, stage: Stage, rest: Float32Array) -> Picture:
    """A stage with a donor drawn on it at rest."""
    geometry = scene.geometries[track_id]
    frame_index = stage.frame_index
    shut_lips = geometry.shut_lips(np.array([donor_frame]), np.ones(1, np.float32))
    placement = Placement(
        geometry.own_points(frame_index) - stage.origin,
        geometry.place(frame_index, rest, shut_lips) - stage.origin,
        float(geometry.track.scales[frame_index - geometry.track.start]),
    )
    donor = scene.bank.donor(track_id, donor_frame, geometry.own_points(donor_frame))
    picture = stage.picture()
    draw_mouth(picture, placement, [(donor, 1.0)], geometry.mouth_mesh)
    return picture
