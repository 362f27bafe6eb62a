"""The whole server as its users and its operator meet it: a process, reached over HTTP."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from lipwright.engines.registry import models
from lipwright.media.probe import probe
from lipwright.media.video_reader import VideoReader
from tests.footage import SHORT_AUDIO_SECONDS, Footage
from tests.openapi import Document, load_contract
from tests.real_server import RealServer, ended, until
from tests.unit.app.http_server import http_server, reply

N_FRAMES = int(SHORT_AUDIO_SECONDS * 25)


@dataclass
class Mail:
    """What a receiver of webhooks was sent."""

    url: str = ""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def about(self, some_id: str) -> list[tuple[dict[str, str], bytes]]:
        return [(headers, body) for headers, body in self.received if some_id.encode() in body]


@dataclass
class Service:
    """A running server, and what it can reach."""

    server: RealServer
    client: httpx.Client
    stranger: httpx.Client
    files: str
    """Where the footage is served, and some bad files."""
    mail: Mail
    video_id: str
    audio_id: str

    def order(self, **changes: Any) -> dict[str, Any]:
        """A request by asset ids; None takes a field out."""
        whole = {
            "model": "lipsync-1.9",
            "video_asset_id": self.video_id,
            "audio_asset_id": self.audio_id,
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def generate(self, **changes: Any) -> dict[str, Any]:
        response = self.client.post("/v2/generate", json=self.order(**changes))
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()
        return made


@contextmanager
def _judged(client: httpx.Client) -> Iterator[httpx.Client]:
    """Every answer is checked against the contract, where it is at hand, and our own document."""
    documents = [Document(httpx.get(f"{client.base_url}/v2/openapi.json").json())]
    contract = load_contract()
    if contract is not None:
        documents.append(Document(contract))

    def check(response: httpx.Response) -> None:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            return
        response.read()
        assert response.status_code < 500, response.text
        for document in documents:
            document.check(response)

    client.event_hooks = {"response": [check]}
    with client:
        yield client


@contextmanager
def _file_server(footage: Footage) -> Iterator[str]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/video":
            reply(handler, 200, footage.video.read_bytes(), Content_Type="video/mp4")
        elif handler.path == "/voice":
            reply(handler, 200, footage.audio.read_bytes(), Content_Type="application/octet-stream")
        elif handler.path == "/text.mp4":
            reply(handler, 200, b"this is no video at all\n" * 100, Content_Type="video/mp4")
        elif handler.path == "/cut.mp4":
            reply(handler, 200, footage.video.read_bytes()[:20_000], Content_Type="video/mp4")
        else:
            reply(handler, 404)

    with http_server(answer) as url:
        yield url


@contextmanager
def _mailbox() -> Iterator[Mail]:
    mail = Mail()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        mail.received.append(({name.lower(): value for name, value in handler.headers.items()}, body))
        reply(handler, 204)

    with http_server(answer) as url:
        mail.url = f"{url}/hook"
        yield mail


def _upload(client: httpx.Client, path: Path) -> str:
    with path.open("rb") as file:
        response = client.post("/v2/assets", files={"file": (path.name, file)})
    assert response.status_code in (200, 201), response.text
    return str(response.json()["id"])


@pytest.fixture(scope="module")
def service(short_footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    server = RealServer(
        tmp_path_factory.mktemp("served") / "data",
        fetch__allow_private="true",
        webhooks__allow_private="true",
        plans__default__requests_per_minute=100_000,
    )
    with (
        closing(server),
        _file_server(short_footage) as files,
        _mailbox() as mail,
        _judged(server.start()) as client,
        server.client(str(client.base_url), server.make_key("another")) as stranger,
    ):
        ids = [_upload(client, path) for path in (short_footage.video, short_footage.audio)]
        yield Service(server, client, stranger, files, mail, *ids)


def _events(client: httpx.Client, generation_id: str) -> list[dict[str, Any]]:
    """All events of a generation, which have come when the stream ends."""
    with client.stream("GET", f"/v2/generate/{generation_id}/events", timeout=90) as stream:
        assert stream.status_code == 200
        lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def _check_output(done: dict[str, Any], folder: Path, codec: str) -> Path:
    """Downloads the result, without a key, and plays it to the end."""
    assert done["status"] == "completed", done
    answer = httpx.get(done["video_url"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"video/{done['output_format']}"
    path = folder / f"out.{done['output_format']}"
    path.write_bytes(answer.content)
    info = probe(path)
    assert info.need_video().codec == codec
    assert info.need_video().n_frames == N_FRAMES
    assert (info.need_video().width, info.need_video().height) == (320, 240)
    assert abs(info.need_audio().duration - SHORT_AUDIO_SECONDS) < 0.05  # a packet of AAC is 21 ms
    with VideoReader(path) as reader:
        assert sum(1 for _ in reader.read()) == N_FRAMES
    return path


@pytest.mark.parametrize(
    ("model", "output_format", "codec", "by_url"),
    [
        ("lipsync-1.9", "mp4", "h264", False),
        ("lipsync-2", "webm", "vp9", False),
        ("lipsync-2", "mp4", "h264", True),
    ],
)
def test_a_job_gives_a_playable_dubbed_video(
    service: Service, tmp_path: Path, model: str, output_format: str, codec: str, by_url: bool
) -> None:
    """From the request to the file: the voice's exact length, mouth changed, paid by the second."""
    inputs: dict[str, Any] = {}
    if by_url:
        inputs = {"video_url": f"{service.files}/video", "audio_url": f"{service.files}/voice"}
        inputs |= {"video_asset_id": None, "audio_asset_id": None}
    made = service.generate(model=model, output_format=output_format, **inputs)
    assert made["status"] == "pending"
    assert made.get("video_url") is None
    done = ended(service.client, f"/v2/generate/{made['id']}")
    _check_output(done, tmp_path, codec)
    assert done["duration_seconds"] == pytest.approx(float(SHORT_AUDIO_SECONDS))
    price = {info.id: info.price_per_second for info in models()}[model]
    assert done["cost"] == pytest.approx(float(price) * float(SHORT_AUDIO_SECONDS), abs=1e-4)
    report = service.client.get(f"/v2/generate/{made['id']}/report").json()
    assert report["n_frames"] == N_FRAMES
    assert report["frames_touched"] > N_FRAMES / 2


def test_events_tell_the_whole_way(service: Service) -> None:
    """Created first, completed last, progress never falls, and a link that works for parts of the file."""
    made = service.generate()
    events = _events(service.client, made["id"])
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["generation.created", "generation.processing"]
    assert kinds[-1] == "generation.completed"
    assert kinds.count("generation.completed") == 1
    progress = [event["data"]["progress"] for event in events if event["data"].get("progress") is not None]
    assert progress == sorted(progress)
    link = service.client.get(f"/v2/generate/{made['id']}").json()["video_url"]
    part = httpx.get(link, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    head = httpx.head(link)
    assert head.status_code == 200
    assert int(head.headers["content-length"]) > 1000
    assert httpx.get(link[:-3] + "AAA").status_code in (403, 404)


def test_a_batch_with_a_bad_one_fails_in_part(service: Service) -> None:
    """The others are made, the counts are those of the items, and the batch says so once, signed."""
    bad = {"video_asset_id": None, "video_url": f"{service.files}/text.mp4"}
    body = {
        "generations": [service.order(), service.order(**bad), service.order(model="lipsync-2")],
        "webhook_url": service.mail.url,
    }
    made = service.client.post("/v2/batch", json=body)
    assert made.status_code == 201, made.text
    batch = ended(service.client, f"/v2/batch/{made.json()['id']}")
    assert batch["status"] == "partially_failed"
    assert (batch["total"], batch["completed"], batch["failed"]) == (3, 2, 1)
    assert [item["status"] for item in batch["generations"]] == ["completed", "failed", "completed"]
    mail = until(lambda: service.mail.about(batch["id"]))
    assert len(mail) == 1
    secret = service.client.get("/v2/webhooks/secret").json()["secret"]
    headers, content = mail[0]
    said = Webhook(secret).verify(content, headers)
    assert (said["type"], said["status"]) == ("batch.completed", "partially_failed")


def test_a_webhook_is_received_and_verified(service: Service) -> None:
    """The request's own address and a registered endpoint are both told, each with its own secret."""
    wanted = {"url": f"{service.mail.url}/registered", "events": ["generation.completed"]}
    endpoint = service.client.post("/v2/webhooks", json=wanted).json()
    made = service.generate(webhook_url=service.mail.url)
    mail = until(lambda: len(found := service.mail.about(made["id"])) == 2 and found)
    own = service.client.get("/v2/webhooks/secret").json()["secret"]
    said = []
    for headers, content in mail:
        is_envelope = "data" in json.loads(content)
        said.append(Webhook(endpoint["secret"] if is_envelope else own).verify(content, headers))
    assert {one["type"] for one in said} == {"generation.completed"}
    bare = next(one for one in said if "data" not in one)
    assert httpx.get(bare["video_url"]).status_code == 200
    assert service.client.delete(f"/v2/webhooks/{endpoint['id']}").status_code == 200


@pytest.mark.parametrize(
    ("video", "words"),
    [
        ("/text.mp4", "video"),
        ("/cut.mp4", "video"),
        ("/nothing-here", "404"),
        ("/voice", "video"),  # sound where a picture is wanted
    ],
)
def test_a_bad_input_fails_with_a_reason_and_leaves_nothing(service: Service, video: str, words: str) -> None:
    """Found only later, so the job is failed, says what was wrong with which input, and costs nothing."""
    made = service.generate(video_asset_id=None, video_url=service.files + video)
    failed = ended(service.client, f"/v2/generate/{made['id']}")
    assert failed["status"] == "failed"
    assert words in failed["error"]
    assert str(service.server.folder) not in failed["error"]
    assert not failed["cost"]
    assert failed.get("video_url") is None
    until(lambda: not service.server.left_behind(), 10)


def test_text_is_no_asset(service: Service) -> None:
    """What its name and type say does not matter."""
    files = {"file": ("clip.mp4", b"this is no video\n" * 99, "video/mp4")}
    response = service.client.post("/v2/assets", files=files)
    assert response.status_code == 400
    assert "file" in response.json()["message"]
    uploads = [path for path in service.server.folder.rglob("*") if path.is_file() and "upload" in str(path)]
    assert uploads == []


def test_a_cancelled_job_stops_for_good(service: Service) -> None:
    """It fails at once with a code of its own, nothing is left, and cancelling again is refused."""
    made = service.generate(model="lipsync-2")
    cancelled = service.client.post(f"/v2/generate/{made['id']}/cancel")
    assert cancelled.status_code == 200
    assert (cancelled.json()["status"], cancelled.json()["error_code"]) == ("failed", "cancelled")
    assert service.client.post(f"/v2/generate/{made['id']}/cancel").status_code == 409
    until(lambda: made["id"] not in service.server.left_behind(), 20)
    assert service.client.get(f"/v2/generate/{made['id']}").json()["status"] == "failed"


def test_lists_filter_and_count(service: Service) -> None:
    """Totals are those of the filter; pages do not overlap."""
    done = ended(service.client, f"/v2/generate/{service.generate()['id']}")
    pages = [service.client.get(f"/v2/generate?status=completed&limit=1&offset={n}").json() for n in (0, 1)]
    assert pages[0]["generations"][0]["id"] == done["id"]
    assert pages[0]["total"] == pages[1]["total"] >= 1
    assert pages[1]["generations"] != pages[0]["generations"]
    assert {
        one["status"] for one in service.client.get("/v2/generate?status=failed").json()["generations"]
    } <= {"failed"}
    assets = service.client.get("/v2/assets?type=audio").json()["assets"]
    assert [asset["id"] for asset in assets] == [service.audio_id]


def test_others_see_nothing(service: Service) -> None:
    """Another account's rows are not there, in lists, by id and as inputs."""
    made = service.generate()
    for path in (f"/v2/generate/{made['id']}", f"/v2/assets/{service.video_id}"):
        assert service.stranger.get(path).status_code == 404
        assert service.stranger.delete(path).status_code == 404
    for path in (f"/v2/generate/{made['id']}/events", f"/v2/generate/{made['id']}/report"):
        assert service.stranger.get(path).status_code == 404
    assert service.stranger.post(f"/v2/generate/{made['id']}/cancel").status_code == 404
    assert service.stranger.get("/v2/generate").json()["total"] == 0
    foreign = service.stranger.post("/v2/generate", json=service.order())
    assert 400 <= foreign.status_code < 500
    assert "video_asset_id" in foreign.json()["message"]
    ended(service.client, f"/v2/generate/{made['id']}")


def test_the_operator_sees_what_goes_on(service: Service) -> None:
    """Healthy, ready, counted."""
    assert service.client.get("/healthz").status_code == 200
    assert service.client.get("/readyz").status_code == 200
    ended(service.client, f"/v2/generate/{service.generate()['id']}")
    metrics = service.client.get("/metrics").text
    assert "lipwright_" in metrics


def test_a_private_address_is_refused_unless_a_setting_allows_it(
    short_footage: Footage, tmp_path: Path
) -> None:
    """By name, by number and in other writings of it; nothing is asked of the address."""
    server = RealServer(tmp_path / "data")
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        reply(handler, 200, short_footage.video.read_bytes())

    with closing(server), http_server(answer) as url, server.start() as client:
        port = url.rpartition(":")[2]
        audio = _upload(client, short_footage.audio)
        for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"):
            body = {
                "model": "lipsync-2",
                "video_url": f"http://{host}:{port}/secret",
                "audio_asset_id": audio,
            }
            response = client.post("/v2/generate", json=body)
            if response.status_code == 201:
                failed = ended(client, f"/v2/generate/{response.json()['id']}")
                assert failed["status"] == "failed"
                assert "private" in failed["error"] or "address" in failed["error"], failed
            else:
                assert response.status_code == 400
        assert asked == []
        until(lambda: not server.left_behind(), 10)


def test_a_server_that_is_stopped_goes_on_after_its_restart(footage: Footage, tmp_path: Path) -> None:
    """SIGTERM ends it with 0 at the end of a chunk; the job is finished by the next one, once.

    That one may have another number of slots.
    """
    server = RealServer(tmp_path / "data", slots=1)
    with closing(server):
        with server.start() as client:
            ids = [_upload(client, path) for path in (footage.video, footage.audio)]
            body = {"model": "lipsync-2", "video_asset_id": ids[0], "audio_asset_id": ids[1]}
            made = client.post("/v2/generate", json=body).json()
            until(lambda: client.get(f"/v2/generate/{made['id']}").json()["status"] == "processing")
            with client.stream("GET", f"/v2/generate/{made['id']}/events") as stream:
                next(stream.iter_lines())
                assert server.terminate() == 0
        assert "graceful shutdown exceeded" not in server.log()  # the stream was ended, and not cut off
        server.set("slots", 3)
        with server.start() as client:
            done = ended(client, f"/v2/generate/{made['id']}")
            assert done["status"] == "completed", done
            kinds = [event["type"] for event in _events(client, made["id"])]
            assert kinds.count("generation.completed") == 1
        assert server.left_behind() == []
