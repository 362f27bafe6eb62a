import pytest

from lipwright.engines.registry import DEFAULT_MODEL, engine, models
from lipwright.errors import UsageError


def test_every_published_model_has_an_engine_of_its_own() -> None:
    """A model is listed because its engine runs, never as another name of one."""
    found = [engine(info.id) for info in models()]
    assert [candidate.info for candidate in found] == models()
    assert len({type(candidate) for candidate in found}) == len(found)
    assert DEFAULT_MODEL in {info.id for info in models()}


def test_the_diagnostic_engine_runs_but_is_not_published() -> None:
    """passthrough proves the geometry; nobody is sold it."""
    assert engine("passthrough").info.id not in {info.id for info in models()}


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    """The message helps to choose."""
    with pytest.raises(UsageError, match=r"lipsync-1\.9, lipsync-2.*'sync-99'"):
        engine("sync-99")
