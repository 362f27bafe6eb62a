"""An application without a server: real store, real compute in this process, a queue that is run by hand."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lipwright.app import compute
from lipwright.app.generations import NewGeneration, create_generation
from lipwright.app.settings import Settings
from lipwright.app.telemetry import Telemetry
from lipwright.app.work import ServerWork
from lipwright.jobs.children import Answer, CallOptions, Message
from lipwright.jobs.testing import InlineQueue
from lipwright.samples.clip import write_clip, write_wav
from lipwright.samples.mouth import MouthPose
from lipwright.samples.presenter import Presenter, PresenterOptions
from lipwright.samples.speech import speak
from lipwright.store.accounts import Accounts
from lipwright.store.assets import Assets
from lipwright.store.blobs import Blobs
from lipwright.store.database import Database
from lipwright.store.events import Events
from lipwright.store.generations import Generations
from lipwright.store.ids import new_id, utc_now
from lipwright.store.records import Account, Asset, AssetType, Event, Generation
from tests.clock import Watch

LINE = ". M AA1 M AA1 M AA1 ."


@pytest.fixture(scope="session")
def app_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("app") / "lipwright.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of a drawn presenter who opens and closes the mouth."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    presenter = Presenter(PresenterOptions(width=320, height=240, face_height=0.6))
    write_clip(path, [presenter.draw(MouthPose(gap=number % 6)) for number in range(25)])
    return path


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short spoken line."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    write_wav(path, speak(LINE))
    return path


@dataclass
class InlinePool:
    """The compute children's work, done by the caller; ``before`` is called with each request."""

    requests: list[Message] = field(default_factory=list)
    priorities: list[int] = field(default_factory=list)
    before: Any = lambda request: None

    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell_idle(self, job: str, request: Message) -> None:
        compute.handle(request, lambda said: None)

    def call(self, request: Message, options: CallOptions) -> Answer:
        options.still_wanted()
        self.requests.append(request)
        self.priorities.append(options.priority)
        self.before(request)
        crossed = json.loads(json.dumps(request))
        started = time.monotonic()
        with self.lock:
            result = compute.handle(crossed, options.on_progress)
        return Answer(json.loads(json.dumps(result)), 0.5, time.monotonic() - started)


@dataclass
class Bench:
    """Services, the work on them, and an account."""

    settings: Settings
    database: Database
    blobs: Blobs
    queue: InlineQueue
    pool: InlinePool
    telemetry: Telemetry
    account: Account = field(init=False)
    work: ServerWork = field(init=False)

    def __post_init__(self) -> None:
        with self.database.begin() as connection:
            self.account = Accounts(connection).create("ours")
        self.work = ServerWork(self, self.pool, self.telemetry)  # type: ignore[arg-type]
        self.queue.work = self.work

    def asset(self, path: Path, kind: AssetType) -> str:
        asset_id = new_id("ast")
        key = f"assets/{asset_id}"
        self.blobs.put_file(key, path)
        record = Asset(
            asset_id, self.account.id, kind, path.name, path.stat().st_size, "x/y", asset_id, key, utc_now()
        )
        with self.database.begin() as connection:
            Assets(connection).add(record)
        return asset_id

    def order(self, **changes: Any) -> Generation:
        values: dict[str, Any] = {
            "model": "lipsync-2",
            "video_url": None,
            "video_asset_id": None,
            "audio_url": None,
            "audio_asset_id": None,
        }
        return create_generation(self, self.account, NewGeneration(**{**values, **changes}))

    def now(self, generation: Generation) -> Generation:
        with self.database.read() as connection:
            return Generations(connection).get(self.account.id, generation.id)

    def events(self, generation: Generation) -> list[Event]:
        with self.database.read() as connection:
            return Events(connection).after(self.account.id, generation_id=generation.id, limit=1000)

    def files(self) -> list[str]:
        """What lies in the data directory, besides the database, the assets and the key."""
        root = self.settings.data_dir
        found = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        return sorted(
            name for name in found if not name.startswith(("lipwright.db", "blobs/assets/", "secret"))
        )


@pytest.fixture
def bench(app_database: Path, tmp_path: Path) -> Iterator[Bench]:
    """A bench of its own for each test; downloads from this machine are allowed."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(app_database, folder / "lipwright.db")
    settings = Settings(
        data_dir=folder,
        measure_results="asked",
        fetch={"allow_private": True},
        webhooks={"allow_private": True, "timeout_seconds": 2},
    )
    database = Database(settings.database_url)
    yield Bench(settings, database, Blobs(settings.blobs_url), InlineQueue(), InlinePool(), Telemetry())
    database.close()


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """A clock that stands still until a test sets it on."""
    return Watch().installed(monkeypatch)
