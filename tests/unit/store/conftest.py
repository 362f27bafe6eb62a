"""Databases for the contract suites: each test of a repository runs on all of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from lipwright.store.accounts import Accounts
from lipwright.store.database import Database
from lipwright.store.records import Account
from lipwright.store.tables import metadata
from tests.postgres import postgresql_cluster


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "lipwright.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """An empty PostgreSQL database."""
    with postgresql_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_url: str) -> Iterator[Database]:
    """A PostgreSQL database with all tables."""
    database = Database(postgresql_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Each database in turn, with tables and without rows."""
    if request.param == "sqlite":
        path = tmp_path / "lipwright.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.close()
        return
    database = request.getfixturevalue("migrated_postgresql")
    yield database
    with database.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A transaction in which a test does everything."""
    with database.begin() as connection:
        yield connection


@pytest.fixture
def ours(connection: Connection) -> Account:
    """The account that acts."""
    return Accounts(connection).create("ours")


@pytest.fixture
def others(connection: Connection) -> Account:
    """An account that must never see anything of ours."""
    return Accounts(connection).create("others")
