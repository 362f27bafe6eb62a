"""The command line with a stand-in for the engine."""

from pathlib import Path

import pytest

from lipwright.cli import demo, sync
from lipwright.cli.main import main
from tests.unit.cli.fakes import FakeLipsync, Outcome, Run


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results without a name of their own are not left in the repository."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def lipsync(monkeypatch: pytest.MonkeyPatch) -> FakeLipsync:
    fake = FakeLipsync()
    monkeypatch.setattr(sync, "lipsync", fake)
    monkeypatch.setattr(demo, "lipsync", fake)
    return fake


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the program in this process."""

    def run_main(*arguments: str | Path) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run_main
