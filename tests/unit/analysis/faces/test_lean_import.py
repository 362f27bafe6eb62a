import subprocess
import sys

_LOOK = """
import sys
import lipwright.analysis.faces.detection
print("matplotlib" in sys.modules)
from mediapipe.python.solutions import drawing_utils
print(hasattr(drawing_utils, "draw_landmarks"))
"""


def test_finding_faces_loads_no_plotting_library() -> None:
    """It would cost every process a quarter of a second; MediaPipe's drawing still works for who asks."""
    command = [sys.executable, "-c", _LOOK]
    found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert found.stdout.split() == ["False", "True"]
