"""A clock that a test sets, in place of the one that the store and the use cases read."""

from datetime import UTC, datetime, timedelta, tzinfo

import pytest

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Watch:
    """Shows what it was set to until it is set again."""

    def __init__(self) -> None:
        self.now = START

    def forward(self, by: timedelta | float) -> None:
        """By so much time, or so many seconds."""
        self.now += by if isinstance(by, timedelta) else timedelta(seconds=by)

    def seconds(self) -> float:
        """As ``time.time`` says it."""
        return self.now.timestamp()

    def installed(self, monkeypatch: pytest.MonkeyPatch) -> "Watch":
        """Itself, once every part reads it: ``utc_now``, and the library that receivers verify with."""

        class Frozen(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return self.now.astimezone(tz)

        monkeypatch.setattr("lipwright.store.ids.datetime", Frozen)
        monkeypatch.setattr("standardwebhooks.webhooks.datetime", Frozen)
        return self
