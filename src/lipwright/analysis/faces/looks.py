"""What several looks at one mouth say of each other."""

from dataclasses import dataclass, replace

import numpy as np

from lipwright.measures import CLOSED_GAP_MM

_MOST_APART = 2 / 3
"""Share of the mean of two gaps by which they may be apart: one is then twice the other."""


@dataclass(frozen=True, slots=True)
class Looks:
    """One mouth as it was seen at first, in the mirror, and with the crop turned; see ``second_look``."""

    gaps: tuple[float, ...]
    """How far the lips looked apart each time, canonical mm: at first, in the mirror, and of turned crops."""
    lips_apart: float
    """How far the points of the lips lie from one look to another, root mean square, canonical mm: on
    faces that are seen well below 2 in 99 frames of 100, on blurred and half hidden ones up to 13."""

    @property
    def agree(self) -> bool:
        """Whether all saw the same gap: to the millimetre that tells shut lips, or to half of an opening.

        Of two looks that is how far they are apart; of more it is how far two of them usually are, so that
        a mouth is not harder to read for having been looked at more often.
        """
        gaps = np.maximum(self.gaps, 0.0)
        apart = np.sqrt(2.0) * gaps.std(ddof=1)
        return bool(apart < max(CLOSED_GAP_MM, _MOST_APART * gaps.mean()))

    @property
    def first_two(self) -> "Looks":
        """Without those of turned crops."""
        return replace(self, gaps=self.gaps[:2])

    @property
    def gap(self) -> float:
        """What all looks say together, canonical mm."""
        return float(np.mean(self.gaps))
