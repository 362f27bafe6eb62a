"""What is said of options that a model does not take."""

from lipwright.engines import registry
from lipwright.engines.base import ModelInfo
from lipwright.engines.options import ModelMode, ModelOptions


def left_out(info: ModelInfo, wanted: ModelOptions) -> list[str]:
    """A note on what the model ignores; a mode that asks for less than the usual one is no loss."""
    if info.is_expressive:
        return []
    asked = [] if wanted.prompt is None else [f"prompt {wanted.prompt}"]
    if wanted.model_mode == ModelMode.HEAD:
        asked.append(f"mode {wanted.model_mode}")
    if not asked:
        return []
    verb, them = ("was", "it") if len(asked) == 1 else ("were", "them")
    return [
        f"{' and '.join(asked)} {verb} left out: {info.id} does not take {them}; "
        f"choose {registry.EXPRESSIVE_MODEL}, which does"
    ]
