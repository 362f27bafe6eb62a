"""What is learnt does not depend on how many cores the machine has."""

import os
import subprocess
import sys

HEARD = """
import hashlib
import training
import numpy as np
from lipwright.analysis.speech.mel import log_mel
noise = np.random.default_rng(0).normal(0.0, 0.1, 16000 * 20).astype(np.float32)
print(hashlib.sha256(np.ascontiguousarray(log_mel(noise)).tobytes()).hexdigest())
"""


def test_sound_is_turned_into_the_same_bands_whatever_number_of_threads_is_asked_for() -> None:
    """Sums of several threads round otherwise: the same seed gave other weights on another machine."""
    heard = set()
    for threads in ("1", "2", "4"):
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        command = [sys.executable, "-c", HEARD]
        heard.add(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
    assert len(heard) == 1
