"""What a user may ask of a model besides lip-sync; models that cannot do it ignore it."""

from dataclasses import dataclass
from enum import StrEnum

from lipwright.errors import UsageError
from lipwright.synthesis.action_units import Prompt

__all__ = ["ModelMode", "ModelOptions", "Prompt"]


class ModelMode(StrEnum):
    """How much of a face is changed."""

    LIPS = "lips"
    FACE = "face"
    HEAD = "head"


@dataclass(frozen=True)
class ModelOptions:
    """Options of models; names are those of the published API."""

    model_mode: str = ModelMode.FACE.value
    """react-1: the mouth alone, expression as well, or head motion too."""
    prompt: str | None = None
    """react-1: what the face expresses; None is neutral."""

    def __post_init__(self) -> None:
        """Checks both.

        Raises:
            UsageError: a value that there is not.
        """
        _check("model_mode", self.model_mode, tuple(ModelMode))
        if self.prompt is not None:
            _check("prompt", self.prompt, tuple(Prompt))


def _check(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"{field}: expected one of {', '.join(known)}, found {value!r}")
