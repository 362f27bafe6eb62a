"""What a generation costs: seconds of output times the price of its model."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor

from lipwright.engines.registry import models
from lipwright.errors import UsageError

_STEP = Decimal("0.0001")
"""US dollars; a cost is a whole number of these."""


class Prices:
    """Prices of a second of output, US dollars, by model."""

    def __init__(self, settings: Mapping[str, Decimal] | None = None) -> None:
        """Starts from the engines' own prices.

        Args:
            settings: prices that overrule them.

        Raises:
            UsageError: one is of a model that there is not.
        """
        own = {info.id: Decimal(str(info.price_per_second)) for info in models()}
        unknown = sorted(set(settings or ()) - set(own))
        if unknown:
            raise UsageError(
                f"expected prices of models among {', '.join(own)}, found one of {unknown[0]!r}; "
                f"correct prices in the settings"
            )
        self._by_model = {**own, **(settings or {})}

    def per_second(self, model: str) -> Decimal:
        """The price of a second of output.

        Raises:
            UsageError: there is no such model.
        """
        price = self._by_model.get(model)
        if price is None:
            raise UsageError(f"expected a model among {', '.join(self._by_model)}, found {model!r}")
        return price

    def cost(self, model: str, seconds: float | Decimal | Fraction) -> Decimal:
        """The price of so many seconds of output, rounded to 0.0001 dollars, half up.

        Raises:
            UsageError: there is no such model.
        """
        return cost(self.per_second(model), seconds)


def cost(price_per_second: Decimal, seconds: float | Decimal | Fraction) -> Decimal:
    """Price times seconds, US dollars, rounded to 0.0001, half up; exact until it is rounded.

    A float stands for the decimal that Python shows for it: 0.3 is three tenths.
    """
    exact = Fraction(str(seconds)) if isinstance(seconds, float) else Fraction(seconds)
    steps = Fraction(price_per_second) * exact / Fraction(_STEP)
    return floor(steps + Fraction(1, 2)) * _STEP
