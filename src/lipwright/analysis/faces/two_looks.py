"""What two looks, or more, at one mouth say of each other."""

from dataclasses import dataclass, replace
from statistics import fmean, pstdev

from lipwright.measures import CLOSED_GAP_MM


@dataclass(frozen=True)
class TwoLooks:
    """One mouth as it was seen at first and in the mirror; see ``second_look``."""

    gaps: tuple[float, ...]
    """How far the lips looked apart, canonical mm: at first, in the mirror, and from ``further_looks``."""
    lips_apart: float
    """How far the points of the lips lie from those of the other look, root mean square, canonical mm: on
    faces that are seen well below 2 in 99 frames of 100, on blurred and half hidden ones up to 13."""

    @property
    def agree(self) -> bool:
        """Whether all saw the same gap: two to the millimetre that tells shut lips, or to half of an opening.

        In terms of the standard deviation, so that more looks are not held to a narrower rule.
        """
        gaps = [max(gap, 0.0) for gap in self.gaps]
        return pstdev(gaps) < max(CLOSED_GAP_MM / 2, fmean(gaps) / 3)

    @property
    def first_two(self) -> "TwoLooks":
        """Without further looks."""
        return replace(self, gaps=self.gaps[:2])

    @property
    def gap(self) -> float:
        """What all looks say together, canonical mm."""
        return fmean(self.gaps)
