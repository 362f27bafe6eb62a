"""Whether the store answers, and takes what is written."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lipwright.errors import LipwrightError
from lipwright.store.database import Database
from lipwright.store.tables import VERSION_TABLE


def is_reachable(database: Database) -> bool:
    """Whether the database answers a question."""
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, LipwrightError):
        return False
    return True


def is_writable(database: Database) -> bool:
    """Whether the database takes a row; it is as it was afterwards."""
    try:
        with database.begin() as connection:
            connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = version_num"))  # noqa: S608
    except (SQLAlchemyError, LipwrightError):
        return False
    return True
