"""How firmly a face's lips must be pressed on each other to look shut: tried on the face itself.

The mesh may take a narrow gap with teeth in it, or a broad shadow, for lips that meet. What it calls shut
then still looks open, the more so when the mouth gets narrower. A look at what was drawn tells.
"""

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.gap_reader import GapReader
from lipwright.engines.base import MouthOrder, Scene
from lipwright.measures import Measure
from lipwright.synthesis.open_mouth import Manner, draw_synthesized
from lipwright.synthesis.person_bank import PersonBank
from lipwright.synthesis.stages import Stage

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]

PRESSES_MM = (0.0, 1.5, 2.0)
"""The first that will do is taken. Half a millimetre reads shut where teeth can still be seen between drawn
lips, so that the first step is a firm one."""
_LOOKS = 8
"""A tenth of a second for each of ``PRESSES_MM``."""
_MOST_STAGES = 3
_SHUT_MM = 0.6
_FIRM_QUANTILE = 0.9
"""Nearly all of the closures must read shut, not the usual one."""
_MISREAD_MM = 2.0
"""More is no worse: on some frames the mesh sees an open mouth whatever is drawn, and the others decide."""
_LEAST_GAIN_MM = 0.2
"""A press that changes the readings by less, on average, is none: the mesh does not see this mouth."""


def press_for(scene: Scene, order: MouthOrder) -> float:
    """Millimetres of red to be hidden at a closure, so that this order's closures look shut; 0 for none."""
    rows = _closures(order)
    stages = scene.bank.stages.of(order.track_id)
    if len(rows) == 0 or not stages:
        return 0.0
    stages = [stages[place] for place in np.unique(np.linspace(0, len(stages) - 1, _MOST_STAGES).astype(int))]
    means: dict[float, float] = {}
    with GapReader() as reader:
        for press in PRESSES_MM:
            gaps = _read(scene, order, rows, stages, press, reader)
            if len(gaps) == 0:  # no face to be seen
                break
            means[press] = float(np.clip(gaps, 0.0, _MISREAD_MM).mean())
            if np.quantile(gaps, _FIRM_QUANTILE) <= _SHUT_MM:
                break
    best = min(means, key=lambda press: means[press], default=0.0)
    return best if best and means[0.0] - means[best] >= _LEAST_GAIN_MM else 0.0


def _closures(order: MouthOrder) -> IntArray:
    """Some of the rows with shut lips, from the narrowest mouth to the widest."""
    shut = np.flatnonzero((order.measures[:, Measure.GAP] < _SHUT_MM) & (order.strength >= 1.0))
    shut = shut[np.argsort(order.measures[shut, Measure.WIDTH], kind="stable")]
    return np.asarray(shut[np.unique(np.linspace(0, len(shut) - 1, min(_LOOKS, len(shut))).astype(int))])


def _read(
    scene: Scene, order: MouthOrder, rows: IntArray, stages: list[Stage], press: float, reader: GapReader
) -> Float32Array:
    """How far open each closure looks on which a face is seen, mm: float32, shape (n,)."""
    assert isinstance(scene.bank, PersonBank)
    geometry, look = scene.geometries[order.track_id], scene.bank.look(order.track_id)
    gaps = []
    for place, row in enumerate(rows):
        stage = stages[place % len(stages)]
        picture, landmarks = stage.in_place()
        draw_synthesized(picture, geometry, stage.frame_index, order.measures[row], look, Manner(press=press))
        gaps.append(reader.read(picture, landmarks))
    return np.asarray(np.array(gaps)[np.isfinite(gaps)], np.float32)
