"""The models whose engines run here, and what they cost."""

from decimal import Decimal

from lipwright.app.pricing import cost, price_per_second
from lipwright.app.settings import Settings
from lipwright.engines import registry
from lipwright.engines.base import ModelInfo
from lipwright.errors import UsageError


def need_model(model: str) -> ModelInfo:
    """What a model offers.

    Raises:
        UsageError: it is not one of those that run here.
    """
    published = {info.id: info for info in registry.models()}
    if model not in published:
        raise UsageError(f"model: expected one that runs here ({', '.join(published)}), found {model!r}")
    return published[model]
