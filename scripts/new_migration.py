"""Writes the migration that leads from the present ones to what store/tables.py says.

python scripts/new_migration.py "Add a column for the price"
"""

import sys
import tempfile

from alembic import command
from alembic.script import ScriptDirectory

from lipwright.store.database import Database
from lipwright.store.migrate import alembic_config


def main(message: str) -> None:
    """Compares on an SQLite file made for it; read what was written before committing it."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/lipwright.db")
        database.migrate()
        with database.begin() as connection:
            config = alembic_config(connection)
            count = len(list(ScriptDirectory.from_config(config).walk_revisions()))
            command.revision(config, message, autogenerate=True, rev_id=f"{count + 1:04}")
        database.close()


if __name__ == "__main__":
    main(sys.argv[1])
