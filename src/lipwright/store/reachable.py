"""Whether the store answers."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lipwright.store.database import Database


def is_reachable(database: Database) -> bool:
    """Whether the database answers a question."""
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
