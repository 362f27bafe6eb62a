"""How often the inside of a mouth changes from one frame to the next as it hardly ever does in the source.

    python -m benchmarks.insides out/quality --media ../shared/media

Looks at the renders of ``benchmarks.quality`` in a folder. Two frames are compared where both show what is
between the lips, in the place that the head gives them; what lips do is left out.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.clips import named_clips
from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.analysis.faces.landmarks import INNER_LIP, MEAN_FACE
from lipwright.media.picture import Picture
from lipwright.media.video_reader import VideoReader
from lipwright.scoring.mouth_window import HeadPose

Float32Array = NDArray[np.float32]

USUAL_QUANTILE = 0.95
"""Of the changes of the source: by definition it has one change in twenty that is larger."""
_SAMPLES_PER_MM = 4
_WIDTH_MM, _HEIGHT_MM = 56, 40
_EDGE_MM = 0.7
"""Nearer to the lips lies what the mesh takes for the inside by mistake."""
_FINE_MM = 0.4
_LEAST_MM2 = 6.0
_MIDDLE = MEAN_FACE[INNER_LIP, :2].mean(axis=0).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Inside:
    """What one face shows between its lips in one frame, where the head gives it."""

    place: tuple[int, int]
    """Track and frame."""
    luma: Float32Array
    """float32, levels; finer detail than ``_FINE_MM`` is left out."""
    is_seen: NDArray[np.bool_]
    """bool, same shape: between the lips."""


def look_inside(picture: Picture, landmarks: Float32Array, place: tuple[int, int]) -> Inside:
    """The inside of one mouth.

    Args:
        picture: which shows it.
        landmarks: float32, shape (N_VERTICES, 3), of this frame alone, picture pixels.
        place: track and frame.
    """
    head = HeadPose.of(landmarks)
    size = _WIDTH_MM * _SAMPLES_PER_MM, _HEIGHT_MM * _SAMPLES_PER_MM
    half = np.array([_WIDTH_MM, _HEIGHT_MM]) / 2
    corners = _MIDDLE + half * np.array([[-1, 1], [1, 1], [-1, -1]])
    places = np.array([[0, 0], [size[0], 0], [0, size[1]]], np.float32)
    to_picture = cv2.getAffineTransform(places, head.picture_points(corners))
    luma = cv2.warpAffine(picture.luma, to_picture, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    ring = (head.canonical(landmarks[INNER_LIP])[:, :2] - _MIDDLE) * (1, -1) + half
    mask = np.zeros(luma.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(ring * _SAMPLES_PER_MM * 16).astype(np.int32)], (1,), cv2.LINE_8, 4)
    edge = 2 * round(_EDGE_MM * _SAMPLES_PER_MM) + 1
    inner = cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (edge, edge)))
    fine = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), _FINE_MM * _SAMPLES_PER_MM)
    return Inside(place, np.asarray(fine, np.float32), np.asarray(inner > 0))


def change(before: Inside, after: Inside) -> float:
    """Mean change of what both frames show, levels; NaN if that is too little, or they do not follow."""
    both = before.is_seen & after.is_seen
    follows = after.place == (before.place[0], before.place[1] + 1)
    if not follows or both.sum() < _LEAST_MM2 * _SAMPLES_PER_MM**2:
        return float("nan")
    return float(np.abs(after.luma - before.luma)[both].mean())


def changes(video: Path) -> Float32Array:
    """All changes that can be told of the faces of a video, levels, shape (n,)."""
    last: dict[int, Inside] = {}
    found = []
    for seen in _insides(video):
        track_id, _ = seen.place
        if track_id in last:
            found.append(change(last[track_id], seen))
        last[track_id] = seen
    known = np.array(found, np.float32)
    return np.asarray(known[np.isfinite(known)])


def unusual(source: Float32Array, output: Float32Array) -> float:
    """Share of the output's changes that are larger than all but one in twenty of the source's."""
    return float((output > np.quantile(source, USUAL_QUANTILE)).mean())


def _insides(video: Path) -> Iterator[Inside]:
    with VideoReader(video, threads=1) as reader, FaceAnalyzer() as analyzer:
        for frame_index, picture in enumerate(reader.read()):
            for seen in analyzer.push(picture):
                yield look_inside(picture, seen.landmarks, (seen.track_id, frame_index))


def report(folder: Path, media: Path, names: list[str]) -> Table:
    """A row for each render that is found."""
    table = Table("clip", "voice", "pairs", "mean ÷ source", "unusual changes")
    shares = []
    for clip in named_clips(media, names):
        source = None
        for kind in ("own", "foreign", "silence"):
            render = folder / f"{clip.stem}-{kind}.mp4"
            if not render.exists():
                continue
            source = changes(clip) if source is None else source
            output = changes(render)
            if len(source) == 0 or len(output) == 0:
                continue
            shares.append(unusual(source, output))
            ratio = f"{output.mean() / source.mean():.2f}"
            table.add_row(clip.stem, kind, str(len(output)), ratio, f"{shares[-1]:.1%}")
    if shares:
        table.add_row("mean", "", "", "", f"{np.mean(shares):.1%}")
    return table


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="How often insides change as in no source.")
    parser.add_argument("folder", type=Path, help="of renders named CLIP-own.mp4 and so on")
    parser.add_argument("--media", type=Path, default=Path("../shared/media"))
    parser.add_argument("--clips", nargs="*", default=["real_"], help="parts of clip names")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    Console(width=120).print(report(arguments.folder, arguments.media, arguments.clips))
    return 0


if __name__ == "__main__":
    sys.exit(main())
