from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwright.app.pricing import Prices, cost
from lipwright.engines.registry import models
from lipwright.errors import UsageError

PRICES = st.decimals(0, 10, places=6)
SECONDS = st.decimals(0, 100_000, places=6)


@pytest.mark.parametrize(
    ("price", "seconds", "expected"),
    [
        ("0.05", 10.0, "0.5000"),
        ("0.05", 12.34, "0.6170"),
        ("0.05", Fraction(1, 3), "0.0167"),
        ("0.0005", 0.1, "0.0001"),  # half a step goes up
        ("0.0005", 0.0999, "0.0000"),
        ("0.05", 0, "0.0000"),
        ("0", 3600, "0.0000"),
    ],
)
def test_a_cost_is_price_times_seconds(price: str, seconds: float | Fraction, expected: str) -> None:
    """Rounded to a ten-thousandth of a dollar, half up."""
    assert str(cost(Decimal(price), seconds)) == expected


@given(PRICES, SECONDS)
def test_a_cost_is_what_exact_decimals_give(price: Decimal, seconds: Decimal) -> None:
    expected = (price * seconds).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    assert cost(price, seconds) == cost(price, Fraction(seconds)) == expected


@given(PRICES, SECONDS, SECONDS)
def test_longer_never_costs_less(price: Decimal, first: Decimal, second: Decimal) -> None:
    shorter, longer = sorted((first, second))
    assert cost(price, shorter) <= cost(price, longer)


def test_settings_overrule_the_engines_prices() -> None:
    """Of the models that they name."""
    prices = Prices({"lipsync-2": Decimal("0.04")})
    assert prices.per_second("lipsync-2") == Decimal("0.04")
    assert prices.cost("lipsync-2", 10.0) == Decimal("0.4")
    for info in models():
        assert Prices().per_second(info.id) == Decimal(str(info.price_per_second))


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(UsageError, match=r"lipsync-2.*'lipsync-9'; correct prices in the settings"):
        Prices({"lipsync-9": Decimal(1)})
    with pytest.raises(UsageError, match="'lipsync-9'"):
        Prices().cost("lipsync-9", 1.0)
