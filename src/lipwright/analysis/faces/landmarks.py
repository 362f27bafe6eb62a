"""Which points of the face mesh are kept, and the names of groups of them.

A landmark array has one row per vertex of the average face (``mean_face.csv``): all of the mouth, chin, jaw,
cheeks and nose, and from the upper face the outline, the eyes and what head pose is measured on. The groups
are row numbers into such arrays; numbers in this file are indices of MediaPipe's face mesh.
"""

from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
IndexArray = NDArray[np.intp]


def _load_mean_face() -> tuple[tuple[int, ...], Float32Array]:
    text = files(__package__).joinpath("mean_face.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = [line.split(",") for line in lines[1:]]
    points = np.array([[float(value) for value in row[1:]] for row in rows], np.float32)
    points.flags.writeable = False
    return tuple(int(row[0]) for row in rows), points


VERTICES, MEAN_FACE = _load_mean_face()
"""Mesh indices of the rows of a landmark array, ascending; and the average face, float32, shape
(N_VERTICES, 3), canonical mm (x right in the picture, y up, z to the camera)."""

N_VERTICES = len(VERTICES)

_ROW = {vertex: row for row, vertex in enumerate(VERTICES)}

MIRROR = (
    np.square(MEAN_FACE[:, None] * np.array([-1, 1, 1], np.float32) - MEAN_FACE).sum(axis=2).argmin(axis=1)
)
"""The row of each point's counterpart on the other side of the face; shape (N_VERTICES,)."""


def rows(*vertices: int) -> IndexArray:
    """Row numbers of mesh indices, in the order given; each must be one of ``VERTICES``."""
    found = np.array([_ROW[vertex] for vertex in vertices], np.intp)
    found.flags.writeable = False
    return found


OUTER_LIP = rows(*(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146))
"""Ring of 20 round the lips: left corner (in the picture), upper lip, right corner, lower lip."""

INNER_LIP = rows(*(78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95))
"""Ring of 20 round the opening, point by point inside ``OUTER_LIP``; row i and row 20 - i face each other."""

MIDDLE_LIP_RINGS = (
    rows(*(76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306, 307, 320, 404, 315, 16, 85, 180, 90, 77)),
    rows(*(62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292, 325, 319, 403, 316, 15, 86, 179, 89, 96)),
)
"""The two rings of 20 on the red of the lips, from the outside in, point by point like ``OUTER_LIP``."""

JAW_LINE = rows(
    *(234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454)
)
"""Outline from the left ear (in the picture) over the chin to the right ear, 21 points."""

FACE_OVAL = np.concatenate(
    [JAW_LINE, rows(*(356, 389, 251, 284, 332, 297, 338, 10, 109, 67, 103, 54, 21, 162, 127))]
)
"""Closed outline of the face, 36 points: the jaw line, then over the forehead back to the left ear."""

NOSE_BASE = rows(64, 98, 97, 2, 326, 327, 294)
"""Lower edge of the nose from left to right in the picture."""

LEFT_EYE = rows(*(33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7))
"""Ring of 16 round the eye that is left in the picture, from its outer corner over the upper lid."""

RIGHT_EYE = rows(*(362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382))
"""Ring of 16 round the eye that is right in the picture, from its inner corner over the upper lid."""

LEFT_BROW_VERTICES = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55)
"""Mesh indices of the eyebrow that is left in the picture: upper edge inwards, lower edge inwards."""

RIGHT_BROW_VERTICES = (300, 293, 334, 296, 336, 276, 283, 282, 295, 285)
"""Those of the other one, likewise."""

BROW_VERTICES = (*LEFT_BROW_VERTICES, *RIGHT_BROW_VERTICES)
BROWS = slice(N_VERTICES, N_VERTICES + len(BROW_VERTICES))
"""Rows of the eyebrows in landmark arrays that have them: only who asks for them gets them."""

RIGID = rows(
    *(10, 109, 338, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 127, 356),  # hairline and temples
    *(33, 133, 362, 263),  # eye corners
    *(151, 8, 168, 6, 197, 195, 193, 417, 122, 351),  # forehead, bridge of the nose
)
"""The 29 points that speech moves least: what head pose is measured on."""

CORPUS = rows(
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
    *(152, 148, 176, 149, 150, 136, 172, 377, 400, 378, 379, 365, 397, 199, 175, 18, 200),
)
"""The 57 lower-face points that the audio-visual corpus keeps, in its order (``../shared/corpus``)."""

MEASURE_UPPER_INNER = rows(13, 82, 312, 81, 311)
"""Upper edge of the opening where its gap is measured, opposite ``MEASURE_LOWER_INNER``."""

MEASURE_LOWER_INNER = rows(14, 87, 317, 178, 402)
"""Lower edge of the opening where its gap is measured."""

MEASURE_OUTER_CORNERS = rows(61, 291)
MEASURE_INNER_CORNERS = rows(78, 308)

MEASURE_CHIN = rows(152, 148, 377, 176, 400)
"""Where the height of the chin is measured."""

MEASURE_CENTERS = rows(0, 37, 267, 17, 84, 314)
"""Six points at the middle of the lips where protrusion is measured."""

MEASURE_UPPER = rows(0, 37, 267, 13)
"""Where the height of the upper lip is measured."""

MEASURE_LOWER = rows(17, 84, 314, 14)
"""Where the height of the lower lip is measured."""
