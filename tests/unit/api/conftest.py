import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from lipwright.api.logs import configure_logs
from lipwright.store.database import Database
from tests.real_server import until
from tests.served import Client, Served, served


@pytest.fixture(autouse=True)
def _logs() -> None:
    """As a server logs; what is not set up would draw tracebacks for seconds."""
    configure_logs("json")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "lipwright.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def database_file(migrated_file: Path, tmp_path: Path) -> Path:
    return shutil.copy(migrated_file, tmp_path / "lipwright.db")


@pytest.fixture
def server(database_file: Path, tmp_path: Path) -> Iterator[Served]:
    with served(database_file, tmp_path) as server:
        yield server


@pytest.fixture
def client(server: Served) -> Client:
    return server.client


@pytest.fixture
def address(server: Served) -> Iterator[str]:
    """Where the server listens, for clients that need a port."""
    listener = socket.create_server(("127.0.0.1", 0))
    host = uvicorn.Server(uvicorn.Config(server.app, log_config=None, lifespan="off"))
    thread = Thread(target=host.run, kwargs={"sockets": [listener]})
    thread.start()
    until(lambda: host.started, 10)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    host.should_exit = True
    thread.join()
    listener.close()
