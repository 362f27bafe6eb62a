"""The face mesh: 468 points on a face whose place in the picture is roughly known."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.lean_import import lean_mediapipe
from lipwright.analysis.faces.view import view
from lipwright.geometry import Box
from lipwright.media.picture import Picture

with lean_mediapipe():
    from google.protobuf import text_format
    from mediapipe.framework import calculator_pb2
    from mediapipe.framework.formats import rect_pb2
    from mediapipe.python.solution_base import SolutionBase

Float32Array = NDArray[np.float32]

N_MESH_POINTS = 468
"""Points of the mesh on the skin; the ten iris points that follow them are not used."""

_CROP_SIZE = 256
_SCORE = "facelandmarkcpu__face_presence_score"

# The stages of MediaPipe's face mesh after its own detector: given the picture and a region, points and a
# score. Without the detector and the memory of the stock graph, one graph serves every face and each answer
# depends on nothing but its input. "input_side_packet" switches the attention network (lips, eyes) on.
_GRAPH = """
input_stream: "image"
input_stream: "region"
input_side_packet: "attention"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:region"
  input_side_packet: "WITH_ATTENTION:attention"
  output_stream: "LANDMARKS:landmarks"
}
"""


@dataclass(frozen=True)
class FaceRegion:
    """A square in the picture, turned with the head, in which the mesh looks for one face."""

    center_x: float
    """Pixels."""
    center_y: float
    """Pixels."""
    size: float
    """Edge length in pixels; one and a half times the longer side of the face."""
    roll: float
    """Radians; positive turns the top of the head to the right of the picture."""

    def box(self) -> Box:
        """The smallest square box with even edges round the turned square."""
        reach = 0.5 * self.size * (abs(math.cos(self.roll)) + abs(math.sin(self.roll)))
        half = 2 * math.ceil(reach / 2) + 2
        x, y = 2 * round(self.center_x / 2), 2 * round(self.center_y / 2)
        return Box(x - half, y - half, x + half, y + half)


@dataclass(frozen=True, eq=False)
class MeshFit:
    """What the mesh found in a region."""

    points: Float32Array
    """float32, shape (468, 3): x, y in picture pixels, z in the same scale, towards the camera negative."""
    score: float
    """0 to 1: how sure the network is that the region shows a face at all."""
    crop: NDArray[np.uint8]
    """uint8 RGB, shape (256, 256, 3): the pixels the mesh saw."""
    crop_box: Box
    """Where the crop lies in the picture; square."""
    region: FaceRegion
    """Where it looked."""


class FaceMesh:
    """Finds mesh points; one graph serves any number of faces."""

    def __init__(self) -> None:
        """Loads the network; close it when done."""
        graph = text_format.Parse(_GRAPH, calculator_pb2.CalculatorGraphConfig())
        self._graph: Any = SolutionBase(
            graph_config=graph,
            side_inputs={"attention": True},
            outputs=["landmarks", _SCORE],
            # the score is judged by the caller, so that a doubtful face is data and not a gap
            calculator_params={"facelandmarkcpu__ThresholdingCalculator.threshold": 0.0},
        )

    def fit(self, picture: Picture, region: FaceRegion) -> MeshFit:
        """The mesh laid on whatever the region shows; see ``MeshFit.score`` for whether it is a face."""
        box = region.box()
        crop = view(picture, box, _CROP_SIZE, _CROP_SIZE)
        points, score = self._process(crop, _rectangle(region, box))
        points *= np.float32(box.width)
        points[:, :2] += (box.left, box.top)
        return MeshFit(points, score, crop, box, region)

    def fit_again(self, fit: MeshFit, *, turned: float = 0.0, mirrored: bool = False) -> Float32Array:
        """The mesh laid once more on what it saw, from a crop that is held a little differently.

        Args:
            turned: radians by which the region is turned further.
            mirrored: whether it sees the mirror image; the points are mirrored back.

        Returns:
            float32, shape (468, 3), as ``MeshFit.points``; but of a mirror image left and right have changed
            their names: what the mesh calls the left corner of the mouth is the right one.
        """
        box, crop = fit.crop_box, fit.crop
        rectangle = _rectangle(fit.region, box)
        rectangle.rotation += turned
        if mirrored:
            rectangle.x_center, rectangle.rotation = 1 - rectangle.x_center, -rectangle.rotation
            crop = np.ascontiguousarray(crop[:, ::-1])
        points, _ = self._process(crop, rectangle)
        if mirrored:
            points[:, 0] = 1 - points[:, 0]
        points *= np.float32(box.width)
        points[:, :2] += (box.left, box.top)
        return points

    def _process(self, crop: NDArray[np.uint8], rectangle: Any) -> tuple[Float32Array, float]:  # noqa: ANN401
        """Points in units of the width of the crop, and the score."""
        found = self._graph.process({"image": crop, "region": rectangle})
        values = [(point.x, point.y, point.z) for point in found.landmarks.landmark[:N_MESH_POINTS]]
        return np.array(values, np.float32), float(getattr(found, _SCORE))

    def close(self) -> None:
        """Frees the graph; the mesh cannot be used afterwards."""
        self._graph.close()


def region_around(points: Float32Array) -> FaceRegion:
    """The region in which to look for a face again that was last seen at ``points``, shape (468, 3).

    The size is the one the network was trained for: 1.5 times the bounding box (MediaPipe's graph
    ``face_landmark_landmarks_to_roi``).
    """
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    center = (low + high) / 2
    eyes = points[263, :2] - points[33, :2]
    return FaceRegion(
        float(center[0]),
        float(center[1]),
        1.5 * float((high - low).max()),
        math.atan2(float(eyes[1]), float(eyes[0])),
    )


def _rectangle(region: FaceRegion, box: Box) -> Any:  # noqa: ANN401 (mediapipe ships no types)
    return rect_pb2.NormalizedRect(
        x_center=(region.center_x - box.left) / box.width,
        y_center=(region.center_y - box.top) / box.height,
        width=region.size / box.width,
        height=region.size / box.height,
        rotation=region.roll,
    )
