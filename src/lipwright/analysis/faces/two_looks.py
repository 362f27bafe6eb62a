"""What two looks at one mouth say of each other."""

from dataclasses import dataclass

from lipwright.measures import CLOSED_GAP_MM


@dataclass(frozen=True)
class TwoLooks:
    """One mouth as it was seen at first and in the mirror; see ``second_look``."""

    gaps: tuple[float, float]
    """How far the lips looked apart, canonical mm."""
    lips_apart: float
    """How far the points of the lips lie from those of the other look, root mean square, canonical mm: on
    faces that are seen well below 2 in 99 frames of 100, on blurred and half hidden ones up to 13."""

    @property
    def agree(self) -> bool:
        """Whether both saw the same gap: to the millimetre that tells shut lips, or to half of an opening."""
        low, high = sorted(max(gap, 0.0) for gap in self.gaps)
        return high - low < max(CLOSED_GAP_MM, 0.5 * high)
