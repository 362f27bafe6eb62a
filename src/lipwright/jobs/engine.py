"""The durable execution engine, set up: DBOS on the application's own database."""

import logging

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer

APPLICATION = "lipwright"
VERSION = "jobs-v3"
"""Of the order of steps; a change of it needs a new one. Jobs that an older one began are begun anew."""

_POOL_SIZE = 20
_NOTICE_SECONDS = 1.0
"""Between two looks for messages to workflows. There are none, but stopping waits for the look."""

_EXPECTED = ("development and testing", "no longer owned by this execution", "was cancelled", "is cancelled")


def migrate(url: str) -> None:
    """Creates or updates the engine's tables."""
    quieten()
    DBOS.migrate(url)


def create(url: str, executor_id: str) -> None:
    """Makes the engine of this process; workflows are registered next, then ``launch`` starts it."""
    quieten()
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": url,
        "executor_id": executor_id,
        "application_version": VERSION,
        "serializer": DBOSPortableJSONSerializer(),  # the default is pickle
        "sys_db_pool_size": _POOL_SIZE,
        "notification_listener_polling_interval_sec": _NOTICE_SECONDS,
        "enable_otlp": False,
        "log_level": "WARNING",
    }
    DBOS(config=config)


def launch() -> None:
    """Starts the engine that was created."""
    DBOS.launch()


def destroy() -> None:
    """Forgets the engine and its workflows; what still runs is no longer recorded."""
    DBOS.destroy(destroy_registry=True)


def client(url: str) -> DBOSClient:
    """Hands in work from any process; connects when it is first used."""
    return DBOSClient(
        system_database_url=url,
        application_name=APPLICATION,
        serializer=DBOSPortableJSONSerializer(),
        lazy=True,
    )


def quieten() -> None:
    """Sends the engine's log where ours goes, without what is daily business here."""
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.addHandler(logging.NullHandler())  # or DBOS adds its own again
    logger.propagate = True
    logger.setLevel(logging.WARNING)
    if _is_news not in logger.filters:
        logger.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Cancelling a job, or losing one to another worker, is no error; SQLite is meant."""
    error = record.exc_info[1] if record.exc_info else None
    message = f"{record.getMessage()} {error}"
    return not any(phrase in message for phrase in _EXPECTED)
