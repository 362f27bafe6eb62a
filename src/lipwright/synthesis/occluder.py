"""What is in front of a mouth in its own frame: a hand, a microphone. It stays there, pixel by pixel."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.cover import is_at_edge
from lipwright.analysis.faces.landmarks import MEAN_FACE
from lipwright.analysis.faces.occlusion import MOUTH_POINTS
from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis.placement import FaceGeometry

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]

_IS_DRAWN = np.isin(MOUTH_POINTS, mesh.ROWS)
_PLACES = np.array([np.flatnonzero(row == mesh.ROWS)[0] for row in MOUTH_POINTS[_IS_DRAWN]], np.intp)
_IS_EDGE = is_at_edge(MEAN_FACE[MOUTH_POINTS[_IS_DRAWN]])
_LIPS = slice(mesh.OUTER.start, mesh.MIDDLE.stop)

_SEED_MM = 2.5
"""Round a point that is covered, or not, so much surely is as well: half the way to the next."""
_EDGE_OF_IT_MM = 7.0
"""A point that looks like the face, but is so near to one that is covered, may lie on the edge of the thing
or on its gloss: there the colors decide. Points lie 4 to 10 mm from the next. (From 9 mm on a shadow on the
chin of a man who bows his head becomes a thing.)"""
_ROOM_MM = 14.0
"""Beyond the points, to see what the thing looks like where it is no face any more."""
_WORK_PIXELS_PER_MM = 1.2
"""The outline is found at this resolution and refined by its softness: a fine one takes a second."""
_SOFT_MM = 1.2
"""The edge of the thing: blurred by the camera, and moved skin must not show it twice."""
_ROUNDS = 2
"""A third one takes a quarter more time and hardly changes the outline (intersection over union on 114
covered frames of two clips: 0.995 in the mean, 0.917 at least)."""
_EDGE_MM = 6.0
"""A thing comes from outside if it reaches so near the outline of the face; a shadow under the lip or a
wide-open mouth does not."""
_GREYER_LEVELS = 6.0
"""A thing that is not of skin has so much less red, Cr: a microphone 7 to 13 levels; a shadow on the chin of
a man who bows his head 1 to 4."""
_PATCH_MM = 3.0
"""Side of the least patch of it there."""
_MOUTH_MM = 3.0
"""What is nearer to the lips than this hides nothing beyond: a finger tip, or a spot that was misjudged."""
_DIRECTIONS = 120


@dataclass(frozen=True, eq=False)
class Cover:
    """Something in front of a frame's mouth."""

    own_points: Float32Array
    """float32, shape (N_POINTS, 2): the frame's own mouth, picture pixels."""
    is_covered: BoolArray
    """bool, shape (len(MOUTH_POINTS),): the points that are covered, some of them drawn ones."""
    pixels_per_mm: float

    def in_front(self, ycc: UInt8Array, box: Box) -> UInt8Array:
        """See ``in_front``."""
        return in_front(ycc, self.own_points, self.is_covered, box, self.pixels_per_mm)


def cover_of(geometry: FaceGeometry, frame_index: int) -> Cover | None:
    """What is in front of a face's mouth in a tracked frame, if anything is."""
    row = frame_index - geometry.track.start
    is_covered = geometry.track.covered(row)
    if not hides_anything(is_covered):
        return None
    return Cover(geometry.own_points(frame_index), is_covered, float(geometry.track.scales[row]))


def hides_anything(cover: BoolArray | None) -> bool:
    """Whether there is something to keep in front of the points that are drawn."""
    return cover is not None and bool(cover[_IS_DRAWN].any())


def hidden_points(cover: BoolArray) -> BoolArray:
    """Which points of a mouth that is drawn are covered; bool, shape (N_POINTS,).

    Args:
        cover: bool, shape (len(MOUTH_POINTS),).
    """
    is_hidden = np.zeros(mesh.N_POINTS, np.bool_)
    is_hidden[_PLACES] = cover[_IS_DRAWN]
    return is_hidden


def in_front(
    ycc: UInt8Array, own_points: Float32Array, cover: BoolArray, box: Box, pixels_per_mm: float
) -> UInt8Array:
    """The part of a frame that is in front of its mouth.

    The colors round covered points are told from those round the others in this very frame, and the outline
    is cut where it follows edges best (GrabCut: Rother et al., SIGGRAPH 2004).

    Args:
        ycc: uint8 Y'CbCr, shape (box.height, box.width, 3): the frame, not yet drawn into.
        own_points: float32, shape (N_POINTS, 2): the frame's own mouth, picture pixels.
        cover: bool, shape (len(MOUTH_POINTS),): the points that are covered, some of them drawn ones.
        box: where ``ycc`` lies in the picture.
        pixels_per_mm: of the face in the picture.

    Returns:
        uint8, shape (box.height, box.width): 255 in front, 0 behind, soft between, on the side of the
        face. All 0 if what is unusual about the face does not come from beyond its outline.
    """
    shrink = min(1.0, _WORK_PIXELS_PER_MM / pixels_per_mm)
    size = (max(8, round(box.width * shrink)), max(8, round(box.height * shrink)))
    small = np.asarray(cv2.resize(ycc, size, interpolation=cv2.INTER_AREA), np.uint8)
    per_pixel = np.array([size[0] / box.width, size[1] / box.height], np.float32)
    at = (own_points[_PLACES] - np.array([box.left, box.top], np.float32)) * per_pixel
    outline = (own_points - np.array([box.left, box.top], np.float32)) * per_pixel
    is_covered = _crossed(cover[_IS_DRAWN])
    labels = _first_guess(at, is_covered, size, pixels_per_mm * shrink)
    is_shown = _shown_inside(outline, is_covered, size)
    labels[is_shown] = cv2.GC_BGD
    is_front = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if is_front.all() or not is_front.any():
        return np.full((box.height, box.width), 255 * is_front.all(), np.uint8)
    cv2.setRNGSeed(0)  # the colors are clustered from random starts: equal frames must give equal outlines
    behind, front = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, labels, (0, 0, 1, 1), behind, front, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    is_front = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    at_edge = _discs(at[is_covered & _IS_EDGE], size, _SEED_MM * pixels_per_mm * shrink)
    grey_parts = _grey_parts(is_front, at_edge, small[..., 2], (labels == cv2.GC_BGD) & ~is_shown)
    is_front = _from_outside(is_front, labels == cv2.GC_FGD, outline, pixels_per_mm * shrink) | grey_parts
    is_front = _and_beyond(is_front, outline, pixels_per_mm * shrink)
    mask = _enlarged(is_front, box)
    soft = _softened(mask, _SOFT_MM * pixels_per_mm)
    return np.where(_enlarged(is_shown, box) > 0, mask, soft)  # half of the frame's own teeth would show


def _first_guess(at: Float32Array, is_covered: BoolArray, size: tuple[int, int], scale: float) -> UInt8Array:
    """What is sure round the points, and the kind of the nearest point elsewhere; GrabCut's labels."""
    columns, rows = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    apart = np.linalg.norm(at[:, None] - at[is_covered], axis=2).min(axis=1, initial=np.inf)
    covered, free = _nearest(columns, rows, at[is_covered]), _nearest(columns, rows, at[~is_covered])
    surely_free = _nearest(columns, rows, at[apart > _EDGE_OF_IT_MM * scale])
    guess = np.where((covered < free) & (covered < _ROOM_MM * scale), cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    guess[(covered < _SEED_MM * scale) & (covered < free)] = cv2.GC_FGD
    guess[(surely_free < _SEED_MM * scale) & (surely_free < covered)] = cv2.GC_BGD
    return np.asarray(guess, np.uint8)


def _crossed(is_covered: BoolArray) -> BoolArray:
    """The points of the red of the lips are free where their edge is: nothing gets there without crossing it,
    but lips that are wet, or show what is inside them, are as unusual as a hand."""
    known = np.zeros(mesh.N_POINTS, np.bool_)
    known[_PLACES] = is_covered
    edge = known[mesh.OUTER]
    known[mesh.MIDDLE] &= edge | np.roll(edge, 1) | np.roll(edge, -1)
    return np.asarray(known[_PLACES], np.bool_)


def _shown_inside(points: Float32Array, is_covered: BoolArray, size: tuple[int, int]) -> BoolArray:
    """What is seen between the lips, where the lips beside it are free: teeth and a tongue are no skin, and
    would go with the hand next to them."""
    inner = points[mesh.INNER]
    is_inside = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(is_inside, [np.round(inner).astype(np.int32)], (1,))
    is_hidden = np.zeros(mesh.N_POINTS, np.bool_)
    is_hidden[_PLACES] = is_covered
    is_hidden = is_hidden[_LIPS].reshape(-1, mesh.N_RING).any(axis=0)
    y, x = np.nonzero(is_inside)
    apart = np.hypot(x[:, None] - inner[:, 0], y[:, None] - inner[:, 1])
    is_inside[y, x] = ~is_hidden[apart.argmin(axis=1)]
    return is_inside > 0


def _discs(at: Float32Array, size: tuple[int, int], radius: float) -> BoolArray:
    """The pixels nearer than that to one of the points."""
    columns, rows = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    return np.asarray(_nearest(columns, rows, at) < radius, np.bool_)


def _and_beyond(is_front: BoolArray, points: Float32Array, scale: float) -> BoolArray:
    """The parts, and all that lies beyond them as seen from the mouth: the hand that holds a microphone has
    the color of the face itself, and belongs to what is in front."""
    away = points[mesh.OUTER].mean(axis=0)
    y, x = np.indices(is_front.shape)
    distance = np.hypot(x - away[0], y - away[1])
    turns = np.arctan2(y - away[1], x - away[0]) / (2 * np.pi)
    direction = np.floor(turns * _DIRECTIONS).astype(np.intp) % _DIRECTIONS
    lips = np.zeros(is_front.shape, np.uint8)
    cv2.fillPoly(lips, [np.round(points[mesh.OUTER]).astype(np.int32)], (1,))
    reach = 2 * round(_MOUTH_MM * scale) + 1
    casts = is_front & (cv2.dilate(lips, np.ones((reach, reach), np.uint8)) == 0)
    nearest = np.full(_DIRECTIONS, np.inf)
    np.minimum.at(nearest, direction[casts], distance[casts])
    return np.asarray(is_front | (distance >= nearest[direction]), np.bool_)


def _grey_parts(is_front: BoolArray, at_edge: BoolArray, red: UInt8Array, is_face: BoolArray) -> BoolArray:
    """The connected parts that hold a covered point at the edge of the face and have not its color: the hand
    that holds a microphone hides where it comes from.

    Args:
        red: uint8, same shape: Cr.
    """
    n_parts, parts = cv2.connectedComponents(is_front.astype(np.uint8))
    reds = np.bincount(parts.ravel(), weights=red.ravel(), minlength=n_parts)
    usual = np.median(red[is_face]) if is_face.any() else 0.0
    is_kept = reds < (usual - _GREYER_LEVELS) * np.bincount(parts.ravel(), minlength=n_parts)
    is_kept &= np.bincount(parts[at_edge], minlength=n_parts) > 0
    is_kept[0] = False  # what is behind
    return np.asarray(is_kept[parts], np.bool_)


def _from_outside(is_front: BoolArray, is_seed: BoolArray, points: Float32Array, scale: float) -> BoolArray:
    """The connected parts that hold a covered point and reach the outline of all points."""
    face = np.zeros(is_front.shape, np.uint8)
    cv2.fillPoly(face, [cv2.convexHull(np.round(points).astype(np.int32))], (1,))
    depth = cv2.distanceTransform(np.pad(face, 1), cv2.DIST_L2, cv2.DIST_MASK_3)[1:-1, 1:-1]
    n_parts, parts = cv2.connectedComponents(is_front.astype(np.uint8))
    n_outside = np.bincount(parts[depth < _EDGE_MM * scale], minlength=n_parts)
    is_kept = n_outside >= max(1.0, (_PATCH_MM * scale) ** 2)
    is_kept &= np.bincount(parts[is_seed], minlength=n_parts) > 0
    is_kept[0] = False  # what is behind
    return np.asarray(is_kept[parts], np.bool_)


def _enlarged(mask: BoolArray, box: Box) -> UInt8Array:
    """255 where the mask is True, at the size of the box, with smooth outlines."""
    whole = cv2.resize(mask.astype(np.float32), (box.width, box.height), interpolation=cv2.INTER_LINEAR)
    return (whole > 0.5).astype(np.uint8) * np.uint8(255)


def _nearest(columns: Float32Array, rows: Float32Array, points: Float32Array) -> Float32Array:
    """Distance of each pixel from the nearest of the points; infinite without any."""
    square = np.full(columns.shape, np.inf, np.float32)
    for x, y in points:
        np.minimum(square, (columns[:1] - x) ** 2 + (rows[:, :1] - y) ** 2, out=square)
    return np.sqrt(square)


def _softened(mask: UInt8Array, width: float) -> UInt8Array:
    """The mask with an edge that falls off outside it."""
    reach = max(1, round(width))
    grown = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2))
    soft = cv2.GaussianBlur(grown, (0, 0), max(0.5, width / 2))
    return np.asarray(np.maximum(soft, mask), np.uint8)
