"""Imports MediaPipe quietly, and without the plotting library that comes with its drawing helpers."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_DRAWING_HELPERS = (
    "mediapipe.python.solutions.drawing_styles",
    "mediapipe.python.solutions.drawing_utils",
)
"""They import matplotlib: a quarter of a second and 30 MB in every process, for pictures nobody asks for."""


@contextmanager
def lean_mediapipe() -> Iterator[None]:
    """Import MediaPipe inside this ``with``; whoever wants its drawing helpers later still gets them."""
    # read by mediapipe's logging when it is first imported: only errors are worth a line on a user's terminal
    os.environ.setdefault("GLOG_minloglevel", "2")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    placeholders = {name: ModuleType(name) for name in _DRAWING_HELPERS if name not in sys.modules}
    sys.modules.update(placeholders)
    try:
        yield
    finally:
        for name, placeholder in placeholders.items():
            if sys.modules.get(name) is placeholder:
                del sys.modules[name]
