import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lipwright.errors import InstallationError
from lipwright.inference.session import Session
from lipwright.inference.weights import weights_path


def test_a_network_answers_for_every_length() -> None:
    """One answer for every two frames begun, the same every time."""
    session = Session(weights_path("articulation.onnx"))
    for n_frames in (1, 2, 301):
        mel = np.zeros((1, 80, n_frames), np.float32)
        (answers,) = session.run(mel)
        assert answers.shape == (1, 10, (n_frames + 1) // 2)
        assert answers.dtype == np.float32
        np.testing.assert_array_equal(session.run(mel)[0], answers)


def test_the_file_says_how_it_was_trained() -> None:
    """Seeds, speakers and closure threshold travel with the weights."""
    metadata = Session(weights_path("articulation.onnx")).metadata
    assert set(metadata) >= {"seeds", "n_speakers", "closure_threshold"}


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(InstallationError, match="found nothing"):
        Session(tmp_path / "gone.onnx")


def test_nothing_is_written_down_about_the_user(tmp_path: Path) -> None:
    """The runtime keeps a store of its telemetry in the home folder unless it is told not to."""
    command = [sys.executable, "-c", "import lipwright.inference.session"]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run(command, env=environment, check=True, timeout=60)
    assert [path for path in tmp_path.rglob("*") if "Microsoft" in path.name] == []
