"""Column types that mean the same in SQLite and PostgreSQL."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

_CENT_HUNDREDTHS = Decimal(10_000)
"""Of a US dollar in the unit that Money stores."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: goes in with any time zone, comes out in UTC. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite keeps no time zone, so that text there sorts by time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"expected a datetime with a time zone, found {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Always aware and in UTC, whatever the session's time zone is."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """US dollars as whole ten-thousandths, so that both databases keep and add them exactly."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Dollars to ten-thousandths; finer amounts must have been rounded before."""
        if value is None:
            return None
        whole = value * _CENT_HUNDREDTHS
        if whole != whole.to_integral_value():
            raise ValueError(f"expected an amount rounded to 0.0001 dollars, found {value}")
        return int(whole)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Ten-thousandths to dollars, four decimals."""
        return None if value is None else Decimal(value).scaleb(-4)


class StringTuple(TypeDecorator[tuple[str, ...]]):
    """A few words, kept as a JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> list[str] | None:  # noqa: ARG002
        """JSON has lists only."""
        return None if value is None else list(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002, ANN401
        """Records are frozen all the way down."""
        return None if value is None else tuple(value)
