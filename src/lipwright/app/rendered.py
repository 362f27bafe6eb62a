"""Finds the faces of a report again in its finished output, and what their mouths do there."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.track import FaceTrack
from lipwright.render.report import Curve
from lipwright.scoring.curves import mouth_gaps
from lipwright.scoring.watch import Watched

IntArray = NDArray[np.intp]
Float32Array = NDArray[np.float32]

_REACH = 1 / 3
"""Of a face's height: so far from its place it is found again. A new mouth hardly moves a face, and the
middles of two people side by side are a face's width apart, which is more."""
_CLOCK_SLACK_SECONDS = 0.002


def with_rendered(curves: Sequence[Curve], watched: Watched) -> list[Curve]:
    """The curves with the gaps that their faces show in the output.

    Each track of the output is the face that it lies nearest to, in the frames that both are seen in; tracks
    of people who were given no voice are nobody's.

    Args:
        curves: of a finished job.
        watched: its output.
    """
    shown = [np.full(len(curve.seconds), np.nan, np.float32) for curve in curves]
    rows = [_rows(curve, watched) for curve in curves]
    for number, track in watched.analysis.tracks.items():
        owner = _owner(track, curves, rows)
        gap = mouth_gaps(track, watched.records[number]).read
        for curve, at, values in zip(curves, rows, shown, strict=True):
            inside = (at >= track.start) & (at < track.stop)
            if curve.track_id == owner and inside.any():
                values[inside] = gap[at[inside] - track.start]
    return [
        replace(curve, rendered_gap_mm=_rounded(values)) for curve, values in zip(curves, shown, strict=True)
    ]


def _rows(curve: Curve, watched: Watched) -> IntArray:
    """The frame of the output that shows each value of a curve; rising."""
    at = np.searchsorted(watched.seconds, np.array(curve.seconds) - _CLOCK_SLACK_SECONDS)
    return np.asarray(np.minimum(at, len(watched.seconds) - 1), np.intp)


def _owner(track: FaceTrack, curves: Sequence[Curve], rows: Sequence[IntArray]) -> int | None:
    """Whose face a track of the output shows; None for nobody's of the report."""
    apart: dict[int, list[Float32Array]] = {}
    for curve, at in zip(curves, rows, strict=True):
        if len(at) and at[0] < track.stop and at[-1] >= track.start:
            apart.setdefault(curve.track_id, []).append(_distances(track, curve, at))
    typical = {number: _median(np.concatenate(parts)) for number, parts in apart.items()}
    nearest = min(typical, key=lambda number: typical[number], default=None)
    return nearest if nearest is not None and typical[nearest] <= _REACH else None


def _distances(track: FaceTrack, curve: Curve, at: IntArray) -> Float32Array:
    """How far a track is from the place of a curve's face, in heights of the face, frame by frame."""
    inside = np.flatnonzero((at >= track.start) & (at < track.stop))
    places = np.array([curve.places[k] or (math.nan, math.nan) for k in inside], np.float32).reshape(-1, 2)
    own = at[inside] - track.start
    steps = np.linalg.norm(track.translations[own, :2] - places, axis=1)
    return np.asarray(steps / track.heights()[own], np.float32)


def _median(distances: Float32Array) -> float:
    known = distances[np.isfinite(distances)]
    return float(np.median(known)) if len(known) else math.inf


def _rounded(values: Float32Array) -> list[float | None]:
    return [round(float(value), 3) if np.isfinite(value) else None for value in values]
