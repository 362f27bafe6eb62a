"""What a server hears of signals."""

import os
import signal

import pytest

from lipwright.cli import stopping
from lipwright.cli.stopping import until_signalled


def _kill(number: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


def test_each_signal_says_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """End what is at work; hand it back; be gone."""
    codes: list[int] = []
    monkeypatch.setattr(stopping, "_TOGETHER_SECONDS", 0.0)
    monkeypatch.setattr(stopping.os, "_exit", codes.append)
    with until_signalled() as asked:
        assert not asked.to_end.is_set()
        _kill()
        assert (asked.to_end.is_set(), asked.to_hurry.is_set()) == (True, False)
        _kill(signal.SIGINT)
        assert (asked.to_hurry.is_set(), codes) == (True, [])
        _kill()
        assert codes == [130]


def test_signals_that_come_together_are_one() -> None:
    """Supervisors and terminals send several: nobody is in a hurry."""
    with until_signalled() as asked:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
            _kill(number)
        assert (asked.to_end.is_set(), asked.to_hurry.is_set()) == (True, False)


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with until_signalled():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
