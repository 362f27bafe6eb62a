"""Where the points of a face's own mouth go when it opens further, or shuts, than the picture shows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.measures import CLOSED_GAP_MM, Measure
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.placement import FaceGeometry

Float32Array = NDArray[np.float32]

_SHUT_MM, _APART_MM = 0.6, 1.6
"""Lips that measure less are shut, whatever the landmarks say; lips that measure more are apart."""

UPPER_SHARE = 0.35
"""Of an opening, by which the upper lip rises; the lower lip sinks by the rest."""
_LEAST_AREA = 0.1
"""Of the plane of the lips as it is seen, against one from the front; with less, millimetres are lost."""
_EDGE_MM = 0.6
"""How far inside the red of the lips their edge is taken from."""
_MOST_SHARE = 0.8
"""Of the way to the middle of a lip; further in, what is left of it would be drawn out."""
_MOST_TO_MEAN = 1.3
"""Of the opening at any place, against the middle."""
_MIDDLE_SHARE = 0.6
"""Of what is pressed in of the edge of a lip, by which its middle comes after."""
_PRESS_ARCH = (np.sin(np.linspace(0.0, np.pi, 11)[1:-1]) ** 1.5).astype(np.float32)[:, None]
"""Lips are thin at the corners: pressed there, skin would come over them."""


@dataclass(frozen=True, eq=False)
class MouthPlane:
    """Canonical millimetres on the plane of the lips, seen from the picture."""

    origin: Float32Array
    """float32, shape (2,): picture pixels of the middle of the mouth."""
    axes: Float32Array
    """float32, shape (2, 2): pixels for a millimetre to the right (column 0) and up (column 1)."""
    depth: Float32Array
    """float32, shape (2,): pixels for a millimetre towards the camera."""

    @cached_property
    def rise(self) -> float:
        """Millimetres up in the plane by which a millimetre towards the camera is seen."""
        return float(np.clip(self.inverse[1] @ self.depth, -1.0, 1.0))

    @cached_property
    def inverse(self) -> Float32Array:
        """float32, shape (2, 2): millimetres for a pixel to the right (column 0) and down (column 1)."""
        (a, b), (c, d) = self.axes
        size = 0.5 * float(np.square(self.axes).sum())
        # negative, as up is against the rows; a face turned right away has no plane to speak of
        area = min(float(a * d - b * c), -_LEAST_AREA * size)
        # by hand: a library call for 2 x 2 wakes all its threads
        return np.array([[d, -b], [-c, a]], np.float32) / np.float32(area)

    def plane(self, pixels: Float32Array) -> Float32Array:
        """Picture pixels, shape (..., 2), in millimetres of the plane: x right, y up."""
        return np.asarray((pixels - self.origin) @ self.inverse.T, np.float32)

    def pixels(self, plane: Float32Array) -> Float32Array:
        """The inverse of ``plane``."""
        return np.asarray(plane @ self.axes.T + self.origin, np.float32)


@dataclass(frozen=True, eq=False)
class OpenShape:
    """An own mouth and the wanted one."""

    own: Float32Array
    """float32, shape (N_POINTS, 2): picture pixels; lips that are shut meet exactly."""
    edge: Float32Array
    """float32, shape (N_POINTS, 2): ``own`` with the inner edge of the lips taken a little inside their red,
    where neither the dark line between shut lips nor teeth behind open ones are moved along."""
    wanted: Float32Array
    """float32, shape (N_POINTS, 2): picture pixels."""
    own_gap: float
    """Millimetres; 0 for lips that are shut."""
    gap: float
    """Millimetres, wanted."""
    plane: MouthPlane
    rest: Float32Array
    """float32, shape (2,): where this face's lips meet at rest, in the plane; it goes with the head alone."""
    pixels_per_mm: float
    press: float = 0.0
    """Millimetres of the red next to the opening that are hidden between the lips."""

    @property
    def hides(self) -> float:
        """0 to 1: whether lips that meet lie on what the frame shows: red that is pressed in, teeth."""
        closing = max(0.0, self.own_gap - self.gap) * max(0.0, 1.0 - self.gap / CLOSED_GAP_MM)
        return min(1.0, self.press + closing)


def open_shape(
    geometry: FaceGeometry,
    frame_index: int,
    wanted: Float32Array,
    own_points: Float32Array | None = None,
    *,
    press: float = 0.0,
) -> OpenShape:
    """The wanted mouth on a tracked frame, as a change of the frame's own.

    Args:
        wanted: float32, shape (7,): measures in canonical mm. A gap that is not larger than that of lips
            that are shut keeps them shut.
        own_points: float32, shape (N_POINTS, 2): the frame's own mouth where it is known better.
    """
    row = frame_index - geometry.track.start
    track = geometry.track
    measures = track.measures[row]
    is_shut = 1.0 - _ramp(float(measures[Measure.GAP]), _SHUT_MM, _APART_MM)
    own = (geometry.own_points(frame_index) if own_points is None else own_points).copy()
    scale = float(track.scales[row])
    axes = scale * track.rotations[row]
    _shut(own, is_shut)
    plane = MouthPlane(
        own[mesh.INNER][[0, 10]].mean(axis=0), axes[:2, :2].astype(np.float32), axes[:2, 2].astype(np.float32)
    )
    change = np.tensordot(wanted - measures, geometry.model.basis, axes=1) * geometry.follow[:, None]
    gaps = _gaps(plane.plane(own[mesh.INNER]))
    own_gap = float(gaps[2:7].mean())
    gap = _aim(own_gap, float(measures[Measure.GAP]), float(wanted[Measure.GAP]))
    _set_gap(change, gaps, gap, plane.rise)
    moved = change @ axes.T
    target = (own + moved[:, :2]).astype(np.float32)
    rest = plane.plane(_rest_point(geometry, frame_index))
    press *= max(0.0, 1.0 - gap / CLOSED_GAP_MM)
    reach = _EDGE_MM * _ramp(abs(gap - own_gap), 0.0, 2.5)
    edge = _inside_lips(own, scale * reach, scale * press)
    return OpenShape(own, edge, target, own_gap, gap, plane, rest, scale, press)


def _rest_point(geometry: FaceGeometry, frame_index: int) -> Float32Array:
    """The middle of the line on which the lips meet at rest, picture pixels, shape (2,).

    From the mean shape of the track: landmarks of single frames tremble, and teeth must not.
    """
    inner = geometry.model.mean[mesh.INNER]
    gap = max(float(geometry.model.mean_measures[Measure.GAP]), 0.0)
    x, z = inner[[0, 10], 0].mean(), inner[[5, 15], 2].mean()
    middle = np.array([[x, inner[15, 1] - UPPER_SHARE * gap, z]])
    return np.asarray(geometry.track.pose(frame_index).apply(middle)[0, :2], np.float32)


def _inside_lips(own: Float32Array, reach: float, press: float) -> Float32Array:
    """The points with the inner ring moved into the lips by so many pixels; pressed, the middle gives way."""
    edge = own.copy()
    pressed = np.float32(press) * _PRESS_ARCH
    _step_towards(edge, mesh.INNER, own[mesh.MIDDLE], np.maximum(pressed, np.float32(reach)))
    if press > 0:
        _step_towards(edge, mesh.MIDDLE, own[mesh.OUTER], _MIDDLE_SHARE * pressed)
    return edge


def _step_towards(points: Float32Array, ring: slice, aim: Float32Array, reach: Float32Array) -> None:
    """Moves a ring of points but its corners by so many pixels towards another one, in place."""
    for half in (mesh.UPPER_HALF, mesh.LOWER_HALF):
        step = aim[half] - points[ring][half]
        length = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-3)
        points[ring][half] += step * np.minimum(reach / length, _MOST_SHARE)


def _ramp(value: float, low: float, high: float) -> float:
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _shut(points: Float32Array, share: float) -> None:
    """Brings the two edges of the opening together, in place."""
    inner = points[mesh.INNER]
    middle = 0.5 * (inner[mesh.UPPER_HALF] + inner[mesh.LOWER_HALF][::-1])
    inner[mesh.UPPER_HALF] += share * (middle - inner[mesh.UPPER_HALF])
    inner[mesh.LOWER_HALF] += share * (middle[::-1] - inner[mesh.LOWER_HALF])


def _gaps(inner: Float32Array) -> Float32Array:
    """Height of the opening at the nine pairs from right to left, shape (9,)."""
    return np.asarray(inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1], np.float32)


def _aim(own_gap: float, own: float, wanted: float) -> float:
    """The gap to be drawn, mm: wider, by as much as is wanted; narrower, in proportion, so that 0 is shut."""
    if wanted > own:
        return max(own_gap, own_gap + wanted - max(own, 0.0))
    return own_gap * max(wanted, 0.0) / own if own > 0 else 0.0


def _set_gap(change: NDArray[np.floating[Any]], gaps: Float32Array, wanted: float, rise: float) -> None:
    """Makes a change of the lips leave the wanted gap, in place; what is added moves whole lips."""
    inner = change[mesh.INNER]
    seen = inner[:, 1] + rise * inner[:, 2]
    found = gaps + seen[mesh.UPPER_HALF] - seen[mesh.LOWER_HALF][::-1]
    arch = np.sin(np.linspace(0.0, np.pi, len(gaps) + 2)[1:-1]) ** 0.7
    opened = np.maximum(found + (wanted - found[2:7].mean()) * arch / arch[2:7].mean(), 0.0)
    mean = float(opened[2:7].mean())
    opened = opened * (wanted / mean) if mean > 1e-6 else np.zeros_like(opened)
    # a grin is wide open beside the middle: shut there, it must not stay open at its ends
    opened = np.minimum(opened, wanted * np.maximum(_MOST_TO_MEAN, gaps / max(gaps[2:7].mean(), 0.1)))
    correction = opened - found
    for ring, share in ((mesh.INNER, 1.0), (mesh.MIDDLE, 0.9), (mesh.OUTER, 0.75)):
        lips = change[ring]
        lips[mesh.UPPER_HALF, 1] += UPPER_SHARE * share * correction
        lips[mesh.LOWER_HALF, 1] -= (1 - UPPER_SHARE) * share * correction[::-1]
