"""Contact sheets: consecutive mouths, source above output, and a few whole frames."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.landmarks import FACE_OVAL, NOSE_BASE
from lipwright.analysis.faces.track import FaceTrack
from lipwright.geometry import Box
from lipwright.media.picture import Picture
from lipwright.media.video_reader import VideoReader

UInt8Array = NDArray[np.uint8]

COLUMNS, PAIRS = 8, 3
_TILE = (300, 280)
_WHOLE_HEIGHT = 540


def write_sheet(
    path: Path,
    source: Path,
    output: Path,
    source_frames: NDArray[np.int64],
    tracks: list[FaceTrack],
    strength: NDArray[np.float32],
) -> None:
    """Writes a PNG: 24 consecutive frames of the mouth in pairs of rows, then three whole frames.

    Args:
        tracks: of the face to show, as seen in the output.
        strength: float32, shape (n_frames,): how strongly each output frame was drawn into.
    """
    first = _liveliest(strength, COLUMNS * PAIRS)
    frames = range(first, min(first + COLUMNS * PAIRS, len(strength)))
    box = _lower_face(tracks, frames)
    new = _pictures(output, frames)
    old = _pictures(source, [int(source_frames[frame]) for frame in frames])
    rows = []
    for start in range(0, len(frames), COLUMNS):
        part = range(start, min(start + COLUMNS, len(frames)))
        rows.append(_row([_tile(old[i], box, f"src {source_frames[frames[i]]}") for i in part]))
        rows.append(_row([_tile(new[i], box, f"out {frames[i]}") for i in part]))
    rows.append(_row([_whole(new[i], frames[i]) for i in (0, len(frames) // 2, len(frames) - 1)]))
    width = max(row.shape[1] for row in rows)
    padded = [cv2.copyMakeBorder(row, 0, 4, 0, width - row.shape[1], cv2.BORDER_CONSTANT) for row in rows]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(padded), cv2.COLOR_RGB2BGR))


def _liveliest(strength: NDArray[np.float32], length: int) -> int:
    """Where the run of frames starts in which most is drawn, the one nearest the middle among equals."""
    length = min(length, len(strength))
    drawn = np.convolve(strength, np.ones(length), "valid")
    starts = np.flatnonzero(drawn >= drawn.max() - 1e-3)
    return int(starts[np.abs(starts - (len(strength) - length) / 2).argmin()])


def _lower_face(tracks: list[FaceTrack], frames: range) -> Box:
    """One box round nose to chin of the largest face in these frames; the whole middle without one."""
    corners: list[tuple[float, NDArray[np.float32]]] = []
    for track in tracks:
        rows = np.array([f - track.start for f in frames if track.start <= f < track.stop], int)
        rows = rows[track.is_tracked[rows]]
        if len(rows):
            points = track.landmarks[rows]
            nose = points[:, NOSE_BASE, 1].min()
            oval = points[:, FACE_OVAL, :2]
            low, high = oval.min(axis=(0, 1)), oval.max(axis=(0, 1))
            pad = 0.08 * (high[0] - low[0])
            box = np.array([low[0] - pad, nose - 2 * pad, high[0] + pad, high[1] + 2 * pad], np.float32)
            corners.append((float(track.scales[rows].mean()) * len(rows), box))
    if not corners:
        return Box(0, 0, 256, 256)
    left, top, right, bottom = max(corners, key=lambda item: item[0])[1]
    return Box(int(left), int(top), int(right), int(bottom)).even()


def _pictures(path: Path, frames: Iterable[int]) -> list[Picture]:
    wanted = list(frames)
    with VideoReader(path, threads=1) as reader:
        first, last = min(wanted), min(max(wanted), reader.info.n_frames - 1)
        held = dict(zip(range(first, last + 1), reader.read(first, last + 1)))
    return [held[min(frame, last)] for frame in wanted]


def _tile(picture: Picture, box: Box, label: str) -> UInt8Array:
    scale = min(_TILE[0] / box.width, _TILE[1] / box.height)
    crop = cv2.resize(picture.crop_rgb(box), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return _labelled(np.asarray(crop, np.uint8), label)


def _whole(picture: Picture, frame: int) -> UInt8Array:
    width = max(2, round(picture.width * _WHOLE_HEIGHT / picture.height))
    return _labelled(picture.rgb(width, _WHOLE_HEIGHT), f"out {frame}")


def _labelled(image: UInt8Array, label: str) -> UInt8Array:
    image = np.ascontiguousarray(image)
    for color, thickness in ((0, 3), (255, 1)):
        cv2.putText(
            image, label, (4, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (color,) * 3, thickness, cv2.LINE_AA
        )
    return image


def _row(tiles: list[UInt8Array]) -> UInt8Array:
    height = max(tile.shape[0] for tile in tiles)
    return np.hstack(
        [cv2.copyMakeBorder(t, 0, height - t.shape[0], 0, 4, cv2.BORDER_CONSTANT) for t in tiles]
    )
