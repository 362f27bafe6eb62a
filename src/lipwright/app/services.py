"""What the use cases need of the application that they are part of."""

from typing import Protocol

from lipwright.app.settings import Settings
from lipwright.jobs.ports import JobQueue
from lipwright.store.blobs import Blobs
from lipwright.store.database import Database


class Services(Protocol):
    """The parts; ``bootstrap`` puts them together, tests bring their own."""

    @property
    def settings(self) -> Settings:
        """How it is set up."""

    @property
    def database(self) -> Database:
        """Rows."""

    @property
    def blobs(self) -> Blobs:
        """Bytes."""

    @property
    def queue(self) -> JobQueue:
        """Where work is handed in."""
