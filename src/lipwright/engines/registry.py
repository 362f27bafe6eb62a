"""Which engines there are."""

from lipwright.engines.base import Engine, ModelInfo
from lipwright.engines.lipsync_1_9 import Lipsync19
from lipwright.engines.lipsync_2 import Lipsync2
from lipwright.engines.lipsync_2_pro import Lipsync2Pro
from lipwright.engines.options import ModelOptions
from lipwright.engines.passthrough import Passthrough
from lipwright.engines.react_1 import React1
from lipwright.engines.sync_3 import Sync3
from lipwright.errors import UsageError

_PUBLISHED: tuple[Engine, ...] = (Lipsync19(), Lipsync2(), Lipsync2Pro(), Sync3(), React1())
_DIAGNOSTIC: tuple[Engine, ...] = (Passthrough(),)

DEFAULT_MODEL = Lipsync2.info.id
STILL_MODEL = Sync3.info.id
"""What is taken for a still picture if nobody says."""
EXPRESSIVE_MODEL = React1.info.id
"""The one that does what a prompt asks for."""


def models() -> list[ModelInfo]:
    """The published models, cheapest first."""
    return [engine.info for engine in _PUBLISHED]


def engine(model: str, options: ModelOptions = ModelOptions()) -> Engine:
    """The engine of a model.

    Args:
        model: its id.
        options: what it is asked for besides lip-sync; a model that cannot do it ignores it.

    Raises:
        UsageError: no engine has that id.
    """
    for candidate in (*_PUBLISHED, *_DIAGNOSTIC):
        if candidate.info.id == model:
            return React1(options) if isinstance(candidate, React1) else candidate
    known = ", ".join(info.id for info in models())
    raise UsageError(f"expected a model among {known}, got {model!r}")
