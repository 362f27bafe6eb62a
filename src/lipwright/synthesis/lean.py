"""What the pitch of a head does to the measure of a jaw that does nothing.

Depth is guessed from one picture, and the chin is farthest from the points that tell the pose: with pose
removed, the jaw of a raised head is still measured lower than that of the same head bowed, of ten people who
speak by 0.2 to 0.8 mm for each degree. A jaw that was wanted without regard to that pulled the chin of a
bowed head down by a centimetre, and the skin under its lips with it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.occlusion import OCCLUDED
from lipwright.analysis.faces.track import FaceTrack
from lipwright.measures import N_MEASURES, Measure

Float32Array = NDArray[np.float32]

_LIPS = [Measure.GAP, Measure.WIDTH, Measure.LOWER]
"""A head is often raised as its mouth opens: what the jaw does with the lips is no lean."""
_NOISE_DEGREES = 2.0
"""A head that turns no farther tells little: the pose of a still one errs by as much with every opening."""
_FEWEST_FRAMES = 25
_PROFILE_DEGREES = 55.0


@dataclass(frozen=True)
class Lean:
    """Of one face in one shot."""

    jaw_mm: float
    """By how much the measure of the jaw grows as the head is raised by a degree."""
    usual_pitch: float
    """Degrees; there nothing is added."""

    def at(self, pitch: Float32Array) -> Float32Array:
        """What heads of these pitches, degrees, add to the measures: float32, shape (*pitch.shape, 7).

        Nothing where a pitch is NaN.
        """
        added = np.zeros((*np.shape(pitch), N_MEASURES), np.float32)
        added[..., Measure.JAW] = np.nan_to_num(pitch - np.float32(self.usual_pitch)) * self.jaw_mm
        return added


UPRIGHT = Lean(0.0, 0.0)
"""Of a face of which too little was seen."""


def measure_lean(track: FaceTrack) -> Lean:
    """How the jaw goes with the pitch beside what the lips do; held to nothing where the head hardly nods."""
    with np.errstate(invalid="ignore"):
        is_clear = ~(track.occlusion >= OCCLUDED) & (np.abs(track.yaw) < _PROFILE_DEGREES)
    rows = np.flatnonzero(track.is_tracked & is_clear)
    if len(rows) < _FEWEST_FRAMES:
        return UPRIGHT
    measures, pitch = track.measures[rows].astype(np.float64), track.pitch[rows].astype(np.float64)
    known = np.column_stack([measures[:, _LIPS], pitch])
    known -= known.mean(axis=0)
    jaw = measures[:, Measure.JAW] - measures[:, Measure.JAW].mean()
    hold = np.full(known.shape[1], 1e-6)
    hold[-1] = len(rows) * _NOISE_DEGREES**2
    found = np.linalg.solve(known.T @ known + np.diag(hold), known.T @ jaw)
    return Lean(float(found[-1]), float(pitch.mean()))
