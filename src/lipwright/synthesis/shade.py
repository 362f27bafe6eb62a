"""The shading of a mouth, coarse: the colour of lips and of the skin round them, place by place.

Two donors that follow each other were filmed seconds apart, in another light and with the head held
otherwise. What they show at the same places says what to add for the one to follow from the other unseen.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.synthesis import mouth_mesh as mesh
from lipwright.synthesis import warp
from lipwright.synthesis.lip_color import lip_mask

Float32Array = NDArray[np.float32]
UInt8Array = NDArray[np.uint8]

_ACROSS = (0.25, 0.45, 0.65)
"""Where the red of the lips is looked at, as shares of the way in: further in, teeth would be mixed in."""
_WHOLE_SHARE = 0.5
"""How far the mean of these places goes to that of all the red: places are off where the mesh is, the whole
takes in what is dark between the lips. Half and half the drawn lips change least from frame to frame."""
_BESIDE, _FAR = (0.04, 0.07, 0.1), (0.14, 0.18, 0.22)
"""How far outside the lips skin is looked at, as shares of the lips' width: 2 to 5, and 7 to 11 mm."""
_EDGE, _END = np.float32(0.02), np.float32(0.2)
"""From where on skin is shaded as skin, and where its shading ends; as shares of the lips' width."""
N_PLACES = (2 + len(_FAR)) * mesh.N_RING
"""Rings from the left corner along the lower lip and back: lips, skin beside them, skin further out."""
LIPS, BESIDE, SKIN = slice(0, mesh.N_RING), slice(mesh.N_RING, 2 * mesh.N_RING), slice(mesh.N_RING, N_PLACES)

_BEFORE, _AFTER = np.roll(np.arange(mesh.N_RING), 1), np.roll(np.arange(mesh.N_RING), -1)
"""The neighbours of each place on its ring."""
_LIPS_PIXELS = 48.0
"""Shading is seen on an image as small as this, lips from corner to corner."""
_STEP = 2
"""The field is smooth: one sample every two pixels is enough."""
_MAX_LEVELS = 30.0
_OUTLIER_LEVELS = 16.0
"""A change of skin further than this from the usual is a fold, a shadow or a hair, not the light."""


def shade_of(crop: UInt8Array, points: Float32Array) -> Float32Array:
    """Colours of a mouth.

    Args:
        crop: uint8 Y'CbCr, shape (height, width, 3).
        points: float32, shape (N_POINTS, 2): pixels of the crop.

    Returns:
        float32, shape (N_PLACES, 3), levels.
    """
    width = _lips_width(points)
    outer, inner = points[mesh.OUTER], points[mesh.INNER]
    outward = width * _outward(outer)
    lips = [outer + np.float32(share) * (inner - outer) for share in _ACROSS]
    skin = [outer + np.float32(share) * outward for share in (*_BESIDE, *_FAR)]
    seen = _colors(crop, np.concatenate(lips + skin), width).reshape(-1, mesh.N_RING, 3)
    n_lips, n_near = len(_ACROSS), len(_ACROSS) + len(_BESIDE)
    red = _evened(seen[:n_lips].mean(axis=0))
    red += np.float32(_WHOLE_SHARE) * (_mean_red(crop, points, red) - red.mean(axis=0))
    return np.concatenate([red, _evened(seen[n_lips:n_near].mean(axis=0)), *seen[n_near:]])


def shade_shifts(own: Float32Array, others: Float32Array) -> Float32Array:
    """What brings a mouth to the shading of others in its own light, which is a level and a gradient.

    Skin is compared with the same skin, so that folds and shadows are not taken for light.

    Args:
        own: float32, shape (N_PLACES, 3).
        others: float32, shape (n, N_PLACES, 3).

    Returns:
        float32, shape (n, N_PLACES, 3), levels.
    """
    change = others - own
    usual = np.median(change[:, SKIN], axis=1, keepdims=True)
    likely = np.clip(change[:, SKIN], usual - _OUTLIER_LEVELS, usual + _OUTLIER_LEVELS)
    return np.asarray(change - _PLANE @ (_FIT @ likely), np.float32)


def shade_field(shift: Float32Array, points: Float32Array, box: Box) -> Float32Array:
    """What to add to each pixel of a mouth for its places to change by so much.

    Between the lips nothing is added: teeth have a colour of their own. Nor is it further out.

    Args:
        shift: float32, shape (N_PLACES, 3), levels.
        points: float32, shape (N_POINTS or more, 2): where the mouth is, picture pixels.
        box: even edges.

    Returns:
        float32, shape (box.height, box.width, 3), levels.
    """
    outer = points[mesh.OUTER]
    outward = _lips_width(points) * _outward(outer)
    vertices = np.concatenate([points[mesh.INNER], outer, outer + _EDGE * outward, outer + _END * outward])
    kept = np.clip(shift, -_MAX_LEVELS, _MAX_LEVELS)
    values = np.concatenate([kept[LIPS], kept[LIPS], kept[BESIDE], np.zeros_like(kept[BESIDE])])
    ids = warp.rasterize(vertices, _STRIPS, box, _STEP)
    field = warp.interpolate(ids, _STRIPS, vertices, values, box, _STEP)
    return np.asarray(cv2.resize(field, (box.width, box.height), interpolation=cv2.INTER_LINEAR), np.float32)


def _mean_red(crop: UInt8Array, points: Float32Array, places: Float32Array) -> Float32Array:
    """The mean colour of all the red of the lips; that of the places where none is seen."""
    red = lip_mask(points, crop.shape)
    if not cv2.countNonZero(red):
        return np.asarray(places.mean(axis=0), np.float32)
    return np.array(cv2.mean(crop, red)[:3], np.float32)


def _colors(image: UInt8Array, places: Float32Array, lips_width: float) -> Float32Array:
    """What is seen at some places, coarse; float32, shape (n, 3)."""
    scale = min(1.0, _LIPS_PIXELS / lips_width)
    size = [max(1, round(side * scale)) for side in image.shape[1::-1]]
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    at = (places + np.float32(0.5)) * np.float32(scale) - np.float32(0.5)
    across, down = np.ascontiguousarray(at[None, :, 0]), np.ascontiguousarray(at[None, :, 1])
    seen = cv2.remap(small, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen[0], np.float32)


def _evened(ring: Float32Array) -> Float32Array:
    """Each place of a ring, half of it from its neighbours."""
    return np.asarray(0.5 * ring + 0.25 * (ring[_BEFORE] + ring[_AFTER]), np.float32)


def _lips_width(points: Float32Array) -> float:
    return max(float(np.linalg.norm(points[mesh.N_RING // 2] - points[0])), 1.0)


def _outward(ring: Float32Array) -> Float32Array:
    """The direction out of the lips at each point of their outer line; float32, shape (N_RING, 2)."""
    along = ring[_AFTER] - ring[_BEFORE]
    length = np.maximum(np.sqrt(np.square(along).sum(axis=1, keepdims=True)), np.float32(1e-3))
    # the ring runs along the lower lip to the right and back: outside is to the right of it, which is down
    return np.asarray(np.stack([-along[:, 1], along[:, 0]], axis=1) / length, np.float32)


def _strips(n_rings: int) -> NDArray[np.intp]:
    """Triangles between each ring and the next, int, shape (n, 3)."""
    near = np.arange(mesh.N_RING)
    first = np.stack([near, _AFTER, near + mesh.N_RING], axis=1)
    second = np.stack([_AFTER, _AFTER + mesh.N_RING, near + mesh.N_RING], axis=1)
    strip = np.concatenate([first, second])
    return np.concatenate([strip + number * mesh.N_RING for number in range(n_rings - 1)])


def _plane() -> Float32Array:
    """1, x and y of each place, in lips' widths, on a mouth of no one in particular: shape (N_PLACES, 3)."""
    angle = 2 * np.pi * np.arange(mesh.N_RING) / mesh.N_RING
    around = np.stack([-np.cos(angle), np.sin(angle)], axis=1)
    reach = (0.4, 0.5 + float(np.mean(_BESIDE)), *(0.5 + share for share in _FAR))
    places = np.concatenate([around * (share, share - 0.25) for share in reach])
    return np.column_stack([np.ones(N_PLACES), places]).astype(np.float32)


_STRIPS = _strips(4)
_PLANE = _plane()
_FIT = np.linalg.pinv(_PLANE[SKIN]).astype(np.float32)
"""From the colours of skin to the level and gradient that fit them best."""
