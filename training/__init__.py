"""Training and measuring the articulation network; not shipped in the wheel.

Linear algebra has one thread here: more of them round otherwise, which makes other weights of the same seed.
The libraries read this when they are loaded, hence before any of them; work is shared out by processes.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
