"""How mouths move on average: what is assumed of a speaker who was not seen speaking.

Medians over the 48 speakers of the training corpus whose lips were seen closed, canonical mm, printed by
``training/population.py``. Rest is the median pose with lips closed; the others are offsets from it.
"""

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]


def _row(*values: float) -> Float32Array:
    row = np.array(values, np.float32)
    row.setflags(write=False)
    return row


# Order of the columns: gap, width, jaw, protrusion, upper, lower, inner width.
REST = _row(0.14, 51.47, 92.59, 58.14, -39.15, 53.88, 46.70)
"""float32, shape (7,): median pose with lips closed."""
MEAN_OFFSET = _row(6.73, 0.71, 1.46, -0.78, 1.41, 5.20, 0.22)
"""float32, shape (7,): mean while speaking, minus rest."""
STD = _row(4.68, 3.38, 2.50, 1.47, 1.79, 4.22, 3.04)
"""float32, shape (7,): standard deviation while speaking."""
LOW_OFFSET = _row(-0.16, -6.90, -2.50, -4.21, -2.40, -2.81, -7.36)
"""float32, shape (7,): 1 % quantile minus rest."""
HIGH_OFFSET = _row(17.83, 6.91, 7.83, 2.19, 5.50, 15.59, 6.27)
"""float32, shape (7,): 99 % quantile minus rest."""
PER_GAP = _row(1.00, 0.25, 0.34, -0.16, 0.17, 0.77, 0.21)
"""float32, shape (7,): how far each measure goes when the gap widens by 1 mm (regression within speakers)."""
