"""What the server takes while it works: requests a second, waiting times, long lists.

    python -m benchmarks.api_load --output out/api

One server on this machine, reached over loopback by two processes of clients; every loop is bounded. The
figures are those of one run: what else the machine does is in them.
"""

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from rich.console import Console
from rich.table import Table

from lipwright import lipsync
from lipwright.samples import make_sample
from lipwright.samples.presenter import PresenterOptions
from lipwright.store.accounts import Accounts
from lipwright.store.database import Database
from lipwright.store.generations import Generations
from lipwright.store.ids import new_id, utc_now
from lipwright.store.records import Generation
from tests.real_server import RealServer, until

N_PROCESSES = 2
N_STORED = 10_000
N_BATCH = 500
N_RENDERING = 40
"""Jobs that keep the server at work while it is asked: more than it can do meanwhile."""
_LONG_TIMES = 12
"""Of the clip, some 5 s: a minute of video, whose analysis takes many chunks' time."""
_LOOK_SECONDS = 0.01
_PLAN = "plans__default__"
FREE = {
    f"{_PLAN}generate_per_minute": 1_000_000,
    f"{_PLAN}requests_per_minute": 1_000_000,
    "log_level": "warning",
}


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    is_floor: bool = False
    """Whether the value must reach the bar; else it must stay below."""

    @property
    def is_met(self) -> bool:
        """Whether it is on the right side of its bar."""
        return self.bar is None or (self.value >= self.bar if self.is_floor else self.value < self.bar)


@dataclass(frozen=True)
class Requests:
    """The same request, many times."""

    url: str
    key: str
    method: str
    path: str
    body: str | None
    count: int
    connections: int

    def send(self) -> list[float]:
        """Seconds that each took, over some connections at once."""
        share = -(-self.count // self.connections)
        with ThreadPoolExecutor(self.connections) as pool:
            return [
                one
                for part in pool.map(lambda _: self._one_by_one(share), range(self.connections))
                for one in part
            ]

    def _one_by_one(self, count: int) -> list[float]:
        place = urlsplit(self.url)
        headers = {"x-api-key": self.key, "content-type": "application/json"}
        with closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)) as connection:
            return [self._once(connection, headers) for _ in range(count)]

    def _once(self, connection: http.client.HTTPConnection, headers: dict[str, str]) -> float:
        started = time.perf_counter()
        connection.request(self.method, self.path, self.body, headers)
        response = connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started
        if response.status not in {200, 201}:
            raise RuntimeError(f"{self.method} {self.path}: {response.status} {content[:300]!r}")
        return seconds


def load(requests: Requests) -> tuple[float, list[float]]:
    """Requests a second by all processes together, and the seconds of each, sorted."""
    with ProcessPoolExecutor(N_PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.2] * N_PROCESSES))  # they import before they are timed
        started = time.perf_counter()
        parts = list(pool.map(Requests.send, [requests] * N_PROCESSES))
        elapsed = time.perf_counter() - started
    seconds = sorted(one for part in parts for one in part)
    return len(seconds) / elapsed, seconds


def upload(client: httpx.Client, video: Path, audio: Path, model: str) -> dict[str, Any]:
    """Uploads the clip; a request that uses it."""
    ids = []
    for path in (video, audio):
        answer = client.post("/v2/assets", files={"file": (path.name, path.read_bytes())}).raise_for_status()
        ids.append(answer.json()["id"])
    return {"model": model, "video_asset_id": ids[0], "audio_asset_id": ids[1]}


def timed(work: Callable[[], httpx.Response]) -> tuple[float, Any]:
    """Seconds that a request took, and its answer."""
    started = time.perf_counter()
    answer = work().raise_for_status().json()
    return time.perf_counter() - started, answer


def _is_analysed(client: httpx.Client, generation_id: str) -> bool:
    return bool(client.get(f"/v2/generate/{generation_id}").json().get("stage") == "analyse")


def measure_under_load(folder: Path, clip: tuple[Path, Path], connections: int) -> list[Figure]:
    """Requests while jobs render."""
    server = RealServer(folder, slots=1, **FREE)
    with closing(server), server.start() as client:
        url = str(client.base_url)
        order = upload(client, *clip, "lipsync-2")
        client.post("/v2/batch", json={"generations": [order] * N_RENDERING}).raise_for_status()
        until(lambda: client.get("/v2/generate?status=processing").json()["total"])
        first = client.post("/v2/generate", json=order).raise_for_status().json()["id"]
        ask = partial(Requests, url=url, key=server.key, connections=connections)
        posts, posted = load(ask(method="POST", path="/v2/generate", body=json.dumps(order), count=400))
        gets, got = load(ask(method="GET", path=f"/v2/generate/{first}", body=None, count=2000))
        batch, _ = timed(partial(client.post, "/v2/batch", json={"generations": [order] * N_BATCH}))
        assert client.get("/v2/generate?status=processing").json()["total"], "nothing rendered meanwhile"
    return [
        Figure("POST /v2/generate while a job renders", posts, "1/s", 100, is_floor=True),
        Figure("its p99", _percentile(posted, 99) * 1000, "ms"),
        Figure("GET /v2/generate/{id} while a job renders", gets, "1/s", 400, is_floor=True),
        Figure("its p50", _percentile(got, 50) * 1000, "ms"),
        Figure("its p99", _percentile(got, 99) * 1000, "ms", 100),
        Figure(f"POST /v2/batch of {N_BATCH} while a job renders", batch, "s", 2),
    ]


@dataclass(frozen=True)
class Run:
    """A single job, in seconds since just before its request was sent."""

    starts: float
    """A process has begun to look at its pictures: it left the queue, has its inputs and its place."""
    ends: float
    """Its result is there."""


def run_single(client: httpx.Client, order: dict[str, Any]) -> Run:
    """Sends one and waits for its end."""
    sent = time.perf_counter()
    made = client.post("/v2/generate", json=order).raise_for_status().json()["id"]
    starts = None
    while True:
        shown = client.get(f"/v2/generate/{made}").raise_for_status().json()
        now = time.perf_counter() - sent
        if starts is None and _is_computing(shown):
            starts = now
        if shown["status"] == "completed":
            return Run(now if starts is None else starts, now)
        assert shown["status"] in {"pending", "processing"}, shown
        time.sleep(_LOOK_SECONDS)


def measure_overtaking(folder: Path, clip: tuple[Path, Path], repeats: int) -> list[Figure]:
    """How long a single job waits behind a batch, with one place to compute."""
    server = RealServer(folder, slots=1, **FREE)
    with closing(server), server.start() as client:
        order = upload(client, *clip, "lipsync-2")
        run_single(client, order)  # warms up
        alone = [run_single(client, order) for _ in range(repeats)]
        chunk = _chunk_seconds(client)
        client.post("/v2/batch", json={"generations": [order] * N_BATCH}).raise_for_status()
        until(lambda: client.get("/v2/generate?status=processing").json()["total"])
        behind = [run_single(client, order) for _ in range(repeats)]
    return [
        Figure("one chunk, on its own", chunk, "s"),
        *_started(f"a single behind {N_BATCH}", behind, chunk),
        *_started("a single on an idle server", alone, chunk, bar=None),
    ]


def measure_behind_analysis(folder: Path, clip: tuple[Path, Path], repeats: int) -> list[Figure]:
    """How long a single job waits while a batch's long video is analysed, with one place to compute."""
    long_voice, long_video = folder.with_suffix(".wav"), folder.with_suffix(".mp4")
    _repeat(clip[1], long_voice, _LONG_TIMES)
    lipsync(clip[0], long_voice, long_video, model="passthrough")
    server = RealServer(folder, slots=1, **FREE)
    with closing(server), server.start() as client:
        order = upload(client, *clip, "lipsync-2")
        run_single(client, order)  # warms up
        chunk = _chunk_seconds(client)
        long = upload(client, long_video, long_voice, "lipsync-2")
        runs = []
        for _ in range(repeats):
            batch = client.post("/v2/batch", json={"generations": [long]}).raise_for_status().json()
            item = batch["generations"][0]["id"]
            until(partial(_is_analysed, client, item))
            runs.append(run_single(client, order))
            shown = client.get(f"/v2/generate/{item}").json()
            assert shown["status"] == "processing", "the long one was not at work all the time"
            client.post(f"/v2/generate/{item}/cancel").raise_for_status()
    return _started("a single while a batch is analysed", runs, chunk)


def _started(name: str, runs: list[Run], chunk: float, bar: float | None = 1) -> list[Figure]:
    """Both in chunks; the longest has the bar."""
    starts, ends = [run.starts / chunk for run in runs], [run.ends / chunk for run in runs]
    return [
        Figure(f"{name} starts, median of {len(runs)}", statistics.median(starts), "chunks", bar),
        Figure(f"{name} starts, longest", max(starts), "chunks", bar),
        Figure(f"{name} has its result, median", statistics.median(ends), "chunks"),
    ]


def _repeat(source: Path, target: Path, times: int) -> None:
    with wave.open(str(source)) as voice, wave.open(str(target), "wb") as long:
        long.setparams(voice.getparams())
        samples = voice.readframes(voice.getnframes())
        for _ in range(times):
            long.writeframes(samples)


def measure_lists(folder: Path, repeats: int) -> list[Figure]:
    """Pages of many stored generations, on a server that does nothing else."""
    server = RealServer(folder, slots=1, **FREE)
    with closing(server), server.start() as client:
        _store_many(f"sqlite:///{folder / 'lipwright.db'}")
        pages = {
            "list, first page": "",
            "list, 100 a page, last": f"limit=100&offset={N_STORED - 100}",
            "list, filtered, first page": "status=failed",
            "list, filtered, 100 a page, last": f"status=completed&limit=100&offset={N_STORED // 2}",
        }
        figures = []
        for name, query in pages.items():
            seconds = [timed(partial(client.get, f"/v2/generate?{query}"))[0] for _ in range(repeats)]
            figures.append(Figure(f"{name}, of {N_STORED}, p50", statistics.median(seconds) * 1000, "ms", 50))
    return figures


def _store_many(url: str) -> None:
    database = Database(url)
    now = utc_now()
    with database.begin() as connection:
        account = Accounts(connection).list()[0].id
        Generations(connection).add_many(
            [_stored(account, now - timedelta(seconds=n), n) for n in range(N_STORED)]
        )
    database.close()


def _stored(account_id: str, moment: datetime, number: int) -> Generation:
    has_failed = number % 4 == 0
    return Generation(
        new_id("gen"),
        account_id,
        "lipsync-2",
        {"output_format": "mp4", "sync_mode": "bounce", "seed": 0},
        moment,
        status="failed" if has_failed else "completed",
        error="made up" if has_failed else None,
        output_key=None if has_failed else "none",
        cost=Decimal(0),
        completed_at=moment,
    )


def _is_computing(shown: dict[str, Any]) -> bool:
    """The first stage after fetch is told by the process that computes, when it begins."""
    return shown["status"] == "completed" or shown.get("stage") not in {None, "fetch"}


def _chunk_seconds(client: httpx.Client) -> float:
    lines = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[0] != "#")
    return float(lines["lipwright_chunk_seconds_total"]) / float(lines["lipwright_chunks_total"])


def _percentile(seconds: list[float], percent: int) -> float:
    return seconds[min(len(seconds) * percent // 100, len(seconds) - 1)]


def main() -> int:
    """Runs the benchmark; exit code 1 when a bar was missed."""
    parser = argparse.ArgumentParser(description="Load on the server, over loopback.")
    parser.add_argument("--output", type=Path, default=Path("out/api"))
    parser.add_argument("--connections", type=int, default=8, help=f"of each of {N_PROCESSES} processes")
    parser.add_argument("--repeats", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sample = make_sample(folder / "clip", PresenterOptions(width=480, height=360))
        clip = sample.video, sample.audio
        figures = [
            *measure_under_load(folder / "load", clip, options.connections),
            *measure_overtaking(folder / "overtaking", clip, options.repeats),
            *measure_behind_analysis(folder / "analysis", clip, options.repeats),
            *measure_lists(folder / "lists", 20),
        ]
    return _publish(figures, options.output)


def _publish(figures: list[Figure], output: Path) -> int:
    output.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(figure), "is_met": figure.is_met} for figure in figures]
    (output / "results.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    table = Table(title="the server under load")
    for title in ("what", "value", "unit", "bar", ""):
        table.add_column(title, justify="right" if title == "value" else "left")
    for figure in figures:
        bar = "-" if figure.bar is None else f"{'≥' if figure.is_floor else '<'} {figure.bar:g}"
        mark = "" if figure.bar is None else "met" if figure.is_met else "missed"
        table.add_row(figure.name, f"{figure.value:.2f}", figure.unit, bar, mark)
    Console(width=120).print(table)
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
