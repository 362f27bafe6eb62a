import pytest

from tests.footage import Footage, make_footage, make_short_footage, make_slow_footage


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    return make_footage(tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="session")
def short_footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    return make_short_footage(tmp_path_factory.mktemp("short"))


@pytest.fixture(scope="session")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    return make_slow_footage(tmp_path_factory.mktemp("slow"))
