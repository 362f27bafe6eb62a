"""Which code this is."""

from pathlib import Path

import pytest

import lipwright
from lipwright.app.code_version import code_version


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files that stand for the package's source."""
    for name in ("__init__.py", "engine.py"):
        tmp_path.joinpath(name).write_text("a = 1\n")
    monkeypatch.setattr(lipwright, "__file__", str(tmp_path / "__init__.py"))
    code_version.cache_clear()
    yield tmp_path
    code_version.cache_clear()


def test_the_version_is_another_one_when_any_source_is(package: Path) -> None:
    """Also where the number of the version was forgotten."""
    before = code_version()
    package.joinpath("engine.py").write_text("a = 2\n")
    assert code_version() == before  # of what this process has loaded
    code_version.cache_clear()
    assert code_version() != before
