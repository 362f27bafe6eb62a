"""The models whose engines run here."""

from dataclasses import dataclass
from decimal import Decimal

from lipwright.app.pricing import Prices
from lipwright.app.settings import Settings
from lipwright.engines import registry
from lipwright.engines.base import ModelInfo
from lipwright.errors import UsageError


@dataclass(frozen=True)
class Offer:
    """A model and its price here."""

    info: ModelInfo
    per_second: Decimal
    """US dollars for a second of output."""

    @property
    def name(self) -> str:
        """For people."""
        return self.info.id.replace("-", " ").title()


def offers(settings: Settings) -> list[Offer]:
    """All models that run here, cheapest first."""
    prices = Prices(settings.prices)
    return sorted(
        (Offer(info, prices.per_second(info.id)) for info in registry.models()),
        key=lambda offer: offer.per_second,
    )


def need_model(model: str) -> ModelInfo:
    """What a model offers.

    Raises:
        UsageError: it is not one of those that run here.
    """
    published = {info.id: info for info in registry.models()}
    if model not in published:
        raise UsageError(f"model: expected one that runs here ({', '.join(published)}), found {model!r}")
    return published[model]
