import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from lipwright.errors import OutputError, UsageError
from lipwright.store import tables
from lipwright.store.accounts import Accounts
from lipwright.store.database import Database
from lipwright.store.generations import Generations
from lipwright.store.migrate import check
from tests.unit.store.made import generation


def test_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    """Otherwise one is missing: `alembic check` says which."""
    with database.begin() as connection:
        check(connection)


def test_migrating_again_changes_nothing(database: Database) -> None:
    """Every process does it at its start, several at once."""
    with database.begin() as connection:
        account = Accounts(connection).create("ours")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: database.migrate(), range(4)))
    with database.read() as connection:
        assert Accounts(connection).list() == [account]


def test_all_processes_may_start_at_once(tmp_path: Path) -> None:
    """One of them makes the tables, the others wait for it."""

    def start(_: int) -> None:
        database = Database(f"sqlite:///{tmp_path}/new/lipwright.db")
        database.migrate()
        database.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(start, range(4)))
    with sqlite3.connect(tmp_path / "new/lipwright.db") as file:
        found = file.execute("SELECT name FROM sqlite_master WHERE name = 'lw_generation'").fetchall()
    assert found == [("lw_generation",)]


def test_tables_of_others_are_left_alone(tmp_path: Path) -> None:
    """The job engine's lie in the same file."""
    database = Database(f"sqlite:///{tmp_path}/lipwright.db")
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE workflow_status (id TEXT)"))
    database.migrate()
    with database.begin() as connection:
        check(connection)
        assert inspect(connection).has_table("workflow_status")
    database.close()


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    """Rather than worked on with tables that are not known."""
    set_revision = text(f"UPDATE {tables.VERSION_TABLE} SET version_num = :revision")
    with database.begin() as connection:
        ours = connection.execute(text(f"SELECT version_num FROM {tables.VERSION_TABLE}")).scalar_one()
        connection.execute(set_revision, {"revision": "9999"})
    with pytest.raises(UsageError, match="found revision 9999"):
        database.migrate()
    with database.begin() as connection:
        connection.execute(set_revision, {"revision": ours})


def test_foreign_keys_are_enforced_again_after_migrating(database: Database) -> None:
    database.migrate()
    with pytest.raises(IntegrityError), database.begin() as connection:
        Generations(connection).add(generation("acc_none"))


def test_a_database_out_of_reach_is_named(tmp_path: Path) -> None:
    """With its address and without its password."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"file/lipwright\.db.*correct database_url"):
        Database(f"sqlite:///{tmp_path}/file/lipwright.db")
    (tmp_path / "folder.db").mkdir()
    for url in (
        f"sqlite:///{tmp_path}/folder.db",
        f"postgresql://user:hush@/name?host={tmp_path}",
    ):
        with pytest.raises(OutputError, match="correct database_url") as error:
            Database(url).migrate()
        assert "hush" not in str(error.value)
        assert "\n" not in str(error.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """Damaged, or another file: nothing that a newer version of ours would mend."""
    (tmp_path / "lipwright.db").write_bytes(b"neither SQLite nor empty" * 100)
    with pytest.raises(OutputError, match=r"lipwright\.db.*not a database"):
        Database(f"sqlite:///{tmp_path}/lipwright.db").migrate()


def test_a_database_that_can_only_be_read_is_named(migrated_file: Path) -> None:
    """At the start, also when there is nothing to migrate."""
    database = Database(f"sqlite:///file:{migrated_file}?mode=ro&uri=true")
    with pytest.raises(OutputError, match=r"can be written at .*readonly database; correct database_url"):
        database.migrate()
    database.close()


def test_our_tables_and_indices_are_marked_as_ours() -> None:
    assert all(name.startswith(tables.PREFIX) for name in tables.metadata.tables)


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    def fail_after_writing() -> None:
        with database.begin() as connection:
            Accounts(connection).create("ours")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_after_writing()
    with database.read() as connection:
        assert Accounts(connection).is_empty()


def test_a_reader_cannot_write(database: Database) -> None:
    """And the next writer on the same connection can."""
    with pytest.raises(DBAPIError), database.read() as connection:
        Accounts(connection).create("ours")
    with database.begin() as connection:
        Accounts(connection).create("ours")


def test_a_reader_waits_for_no_writer(database: Database) -> None:
    """It sees what was committed before it."""
    with database.begin() as writer:
        Accounts(writer).create("ours")
        with database.read() as reader:
            assert Accounts(reader).is_empty()


def test_writers_take_turns(database: Database) -> None:
    """What one reads before it writes is still true when it writes, whatever others do."""
    with database.begin() as connection:
        key = Accounts(connection).create("0").id
    barrier = threading.Barrier(4)

    def add_one(_: int) -> None:
        barrier.wait(timeout=30)
        for _ in range(5):
            with database.begin() as connection:
                table = tables.accounts
                locked = select(table.c.name).where(table.c.id == key).with_for_update()
                number = int(connection.execute(locked).scalar_one())
                connection.execute(table.update().where(table.c.id == key).values(name=str(number + 1)))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add_one, range(4)))
    with database.read() as connection:
        assert Accounts(connection).get(key).name == "20"


def test_rows_need_their_account(database: Database) -> None:
    """Foreign keys are enforced, in SQLite too."""
    with pytest.raises(IntegrityError), database.begin() as connection:
        Generations(connection).add(generation("acc_none"))


def test_a_time_without_zone_and_a_fine_amount_are_refused(database: Database) -> None:
    """Rather than stored as something else."""
    with database.begin() as connection:
        account = Accounts(connection).create("ours").id
    for wrong in (
        {"created_at": datetime(2026, 1, 1)},
        {"cost": Decimal("0.00001")},
    ):
        with pytest.raises(StatementError, match="expected"), database.begin() as connection:
            Generations(connection).add(generation(account, **wrong))


def test_money_is_added_by_the_database(database: Database) -> None:
    """Exactly, as whole ten-thousandths."""
    with database.begin() as connection:
        account = Accounts(connection).create("ours").id
        for cost in ("0.1", "0.2", "12345678.9999"):
            Generations(connection).add(generation(account, cost=Decimal(cost)))
        total = connection.execute(select(func.sum(tables.generations.c.cost))).scalar_one()
    assert Decimal(total) == Decimal("12345679.2999")


def test_times_of_any_zone_come_back_in_utc(database: Database) -> None:
    moment = datetime.fromisoformat("2026-03-29T02:30:00.000001+05:30")
    with database.begin() as connection:
        account = Accounts(connection).create("ours").id
        new = generation(account, created_at=moment)
        Generations(connection).add(new)
        found = Generations(connection).get(account, new.id).created_at
    assert (found, found.tzinfo) == (moment, UTC)


@pytest.mark.parametrize(
    "url", ["", "lipwright.db", "sqlite://", "sqlite:///:memory:", "mysql://u@h/n", "postgresql://h", "://"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="correct database_url"):
        Database(url)


def test_a_refused_url_does_not_show_its_password() -> None:
    with pytest.raises(UsageError) as error:
        Database("mysql://user:hush@host/name")
    assert "hush" not in str(error.value)


def test_the_url_is_given_as_it_came(tmp_path: Path) -> None:
    """The job engine opens the same database by it."""
    url = f"sqlite:///{tmp_path}/lipwright.db"
    database = Database(url)
    assert (database.url, database.is_sqlite) == (url, True)
    database.close()
    database = Database("postgresql://user:hush@host/name")
    assert (database.url, database.is_sqlite) == ("postgresql://user:hush@host/name", False)
    database.close()


@pytest.mark.parametrize("status", [None, "failed"])
def test_pages_and_counts_come_from_an_index(migrated_file: Path, status: str | None) -> None:
    """So that they stay fast with many rows: nothing is sorted, and counting reads no row."""
    database = Database(f"sqlite:///{migrated_file}")
    where = "account_id = 'a'" + (f" AND status = '{status}'" if status else "")
    queries = (
        f"SELECT * FROM lw_generation WHERE {where} ORDER BY created_at DESC, id DESC LIMIT 20 OFFSET 40",
        f"SELECT count(*) FROM lw_generation WHERE {where}",
    )
    with database.read() as connection:
        page, count = (
            [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
            for query in queries
        )
    database.close()
    assert len(page) == len(count) == 1
    assert page[0].startswith("SEARCH lw_generation USING INDEX ix_lw_generation_account_id")
    assert count[0].startswith("SEARCH lw_generation USING COVERING INDEX ix_lw_generation_account_id")
