"""Self-hosted lip-sync: the same video, the mouth following another voice.

>>> from lipwright import lipsync
>>> report = lipsync("talk.mp4", "speech.wav", "dubbed.mp4")  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lipwright.analysis.faces.choice import FaceChoice
    from lipwright.app.generate import lipsync
    from lipwright.app.score import Score, score
    from lipwright.engines.base import ModelInfo
    from lipwright.engines.registry import models
    from lipwright.errors import (
        FaceChoiceError,
        InstallationError,
        LipwrightError,
        MediaError,
        NoFaceError,
        OutputError,
        SegmentError,
        UsageError,
    )
    from lipwright.render.progress import Progress
    from lipwright.render.report import Report
    from lipwright.render.segment import Segment

__version__ = "0.1.0"

__all__ = [
    "FaceChoice",
    "FaceChoiceError",
    "InstallationError",
    "LipwrightError",
    "MediaError",
    "ModelInfo",
    "NoFaceError",
    "OutputError",
    "Progress",
    "Report",
    "Score",
    "Segment",
    "SegmentError",
    "UsageError",
    "lipsync",
    "models",
    "score",
]

_HOMES = {
    "FaceChoice": "analysis.faces.choice",
    "lipsync": "app.generate",
    "Score": "app.score",
    "score": "app.score",
    "ModelInfo": "engines.base",
    "models": "engines.registry",
    "Progress": "render.progress",
    "Report": "render.report",
    "Segment": "render.segment",
}


def __getattr__(name: str) -> object:
    """Loads a public name when it is first asked for: the vision libraries take a second to import."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
