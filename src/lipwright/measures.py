"""The seven measures of a mouth that hearing, seeing and drawing agree on.

All are in canonical millimetres: head pose removed and the head scaled to MediaPipe's canonical face, so
that 1 mm is 1 mm on an average-sized face. A float array of measures has the measures as its last axis, in
the order of ``MEASURES``.
"""

from enum import IntEnum


class Measure(IntEnum):
    """Place of each measure on the last axis of an array of measures."""

    GAP = 0
    """Mean height of the opening between the inner lips; closed lips read -0.2 to 0.3 mm."""
    WIDTH = 1
    """Distance of the outer mouth corners; small when rounded."""
    JAW = 2
    """How low the chin is: minus the mean canonical y of the chin points."""
    PROTRUSION = 3
    """How far the lips stand forward: mean canonical z of the lip centres (weak: monocular depth)."""
    UPPER = 4
    """How high the upper lip is: its mean canonical y."""
    LOWER = 5
    """How low the lower lip is: minus its mean canonical y."""
    INNER_WIDTH = 6
    """Distance of the inner mouth corners."""


MEASURES = tuple(measure.name.lower() for measure in Measure)
N_MEASURES = len(MEASURES)

CLOSED_GAP_MM = 1.0
"""Below this gap the lips count as closed."""
