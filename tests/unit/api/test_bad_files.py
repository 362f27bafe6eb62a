"""Files and addresses that are no good, each as a real request: a 4xx that names the field, nothing left."""

import io
import json
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest

from lipwright.app.settings import Plan
from tests.served import REQUEST, Client, Served, served
from tests.unit.api.media import PRETENDERS, sound, video
from tests.unit.app.http_server import http_server, reply

LONG = "x" * 10_001


@cache
def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("clip.mp4", video())
    return file.getvalue()


@cache
def _image(extension: str) -> bytes:
    is_fine, data = cv2.imencode(extension, np.full((40, 60, 3), 90, np.uint8))
    assert is_fine
    return bytes(data)


@cache
def _animated(container: str, codec: str) -> bytes:
    """Three pictures that follow one another."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as writer:
        stream = writer.add_stream(codec, rate=5)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "rgb8" if codec == "gif" else "rgb24" if codec == "apng" else "yuv420p"
        for luma in (60, 120, 180):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), luma, np.uint8), format="rgb24")
            writer.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        writer.mux(stream.encode(None))
    return file.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    **{name: lambda content=content: content for name, content in PRETENDERS.items()},
    "real zip": _zip,
    "half a png": lambda: _image(".png")[:60],
    "half a jpeg": lambda: _image(".jpg")[:300],
    "half a webp": lambda: _image(".webp")[:30],
    "real bmp": lambda: _image(".bmp"),
    "gif": lambda: (
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
    ),
    "animated gif": lambda: _animated("gif", "gif"),
    "animated webp": lambda: _animated("webp", "libwebp_anim"),
    "animated png": lambda: _animated("apng", "apng"),
    "real tiff": lambda: _image(".tiff"),
    "pdf": lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "list of files": lambda: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "list of addresses": lambda: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n",
    "dash": lambda: b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "session": lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    "subtitles": lambda: b"1\n00:00:00,000 --> 00:00:01,000\nhello\n",
    "head of an mp4": lambda: video()[:32],
    "cut mp4": lambda: video()[: len(video()) // 4],
    "head of a wav": lambda: sound()[:30],
    "wav without samples": lambda: sound(0),
    "one byte": lambda: b"x",
}


@pytest.fixture
def opened(database_file: Path, tmp_path: Path) -> Iterator[Served]:
    """A server that may fetch from this machine."""
    limits = {"allow_private": True, "max_bytes": 200_000, "timeout_seconds": 3}
    with served(database_file, tmp_path, fetch=limits) as server:
        yield server


def files(server: Served) -> list[str]:
    """All but the database and the key."""
    root = server.parts.settings.data_dir
    found = (path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith(("lipwright.db", "secret_key")))


def refused(server: Served, answer: httpx.Response, field: str, status: int = 400) -> str:
    """The message of an answer that refuses, which left nothing behind."""
    assert answer.status_code == status, answer.text
    message: str = answer.json()["message"]
    assert message.startswith(f"{field}: expected "), message
    assert str(server.parts.settings.data_dir) not in message
    assert "\n" not in message
    assert server.client.get("/v2/assets").json()["total"] == 0
    assert files(server) == []
    return message


@pytest.mark.parametrize("kind", FILES)
def test_file_that_is_no_video_or_sound_is_refused(opened: Served, kind: str) -> None:
    """Sent or fetched, whatever its name and its announced type say."""
    content = FILES[kind]()
    sent = opened.client.post("/v2/assets", files={"file": ("clip.mp4", content, "video/mp4")})
    refused(opened, sent, "file")
    with http_server(lambda handler: reply(handler, 200, content, Content_Type="video/mp4")) as url:
        refused(opened, opened.client.post("/v2/assets", {"url": f"{url}/clip.mp4"}), "url")


def test_what_a_file_names_is_not_asked_for(opened: Served) -> None:
    """A list of addresses would let a stranger send requests from here."""
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        reply(handler, 200, video())

    with http_server(answer) as url:
        lists = (
            f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}/a.ts\n#EXT-X-ENDLIST\n",
            f"ffconcat version 1.0\nfile {url}/b.mp4\n",
            f"[playlist]\nFile1={url}/c.mp4\n",
        )
        for text in lists:
            refused(opened, opened.client.upload(text.encode(), "clip.mp4"), "file")
    assert asked == []


def test_endless_stream_is_ended_at_the_limit(opened: Served) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(sound())

    with http_server(answer) as url:
        message = refused(opened, opened.client.post("/v2/assets", {"url": url}), "url", 413)
    assert "at most 200000 bytes" in message


def test_dribble_is_ended_when_the_time_is_over(database_file: Path, tmp_path: Path) -> None:
    may_end = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not may_end.wait(0.02):
            handler.wfile.write(b"x")

    limits = {"allow_private": True, "timeout_seconds": 0.3}
    with served(database_file, tmp_path, fetch=limits) as server, http_server(answer) as url:
        assert "0.3 s" in refused(server, server.client.post("/v2/assets", {"url": url}), "url")
        may_end.set()


def test_downloads_that_stall_hold_up_nobody_else(database_file: Path, tmp_path: Path) -> None:
    """As many as an account may have wait for a server that says nothing; another account uploads."""
    n_stalled, may_end, has_come = Plan().max_uploads, threading.Event(), threading.Semaphore(0)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        has_come.release()
        may_end.wait(30)
        reply(handler, 404)

    limits = {"allow_private": True}
    with served(database_file, tmp_path, fetch=limits) as server, http_server(answer) as url:
        stalled = [
            threading.Thread(target=server.client.post, args=("/v2/assets", {"url": url}))
            for _ in range(n_stalled)
        ]
        for thread in stalled:
            thread.start()
            assert has_come.acquire(timeout=30)
        stranger = threading.Thread(target=server.stranger.upload, args=(sound(),))
        stranger.start()
        stranger.join(10)
        was_held_up = stranger.is_alive()
        may_end.set()
        for thread in (*stalled, stranger):
            thread.join()
    assert not was_held_up


@pytest.mark.parametrize("status", [204, 301, 401, 403, 404, 500, 503])
def test_address_without_a_file_is_refused(opened: Served, status: int) -> None:
    with http_server(lambda handler: reply(handler, status)) as url:
        refused(opened, opened.client.post("/v2/assets", {"url": url}), "url")


def test_address_where_nobody_answers_is_refused(opened: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for host in (f"127.0.0.1:{port}", "no-such-host.invalid"):
        message = opened.client.post("/v2/assets", {"url": f"http://{host}/x"}).json()["message"]
        assert message.startswith("url: ")
    assert files(opened) == []


def test_redirects_in_a_circle_are_refused(opened: Served) -> None:
    with http_server(lambda handler: reply(handler, 302, Location="/again")) as url:
        refused(opened, opened.client.post("/v2/assets", {"url": url}), "url")


PRIVATE = (
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "0.0.0.0",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "localhost",
    "a@127.0.0.1",
    "example.com@127.0.0.1",
    "example.com:80@127.0.0.1",
    "public.test",  # a name for this machine
    "169.254.169.254",
)


def test_private_address_is_not_asked(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every writing, and behind a name."""
    _resolve(monkeypatch, {"public.test": ["127.0.0.1"]})
    asked: list[str] = []
    with http_server(lambda handler: asked.append(handler.path)) as url:
        for host in PRIVATE:
            address = url.replace("127.0.0.1", host) + "/x"
            refused(server, server.client.post("/v2/assets", {"url": address}), "url")
    assert asked == []


def test_redirect_to_a_private_address_is_not_followed(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first server is public, by a stub; where it sends us is not."""
    _resolve(monkeypatch, {"public.test": ["127.0.0.1"]})
    monkeypatch.setattr("lipwright.app.outbound.is_public", lambda address: str(address) == "127.0.0.1")
    for target in (
        "http://10.0.0.1/x",
        "http://[::1]/x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
    ):
        with http_server(lambda handler, to=target: reply(handler, 302, Location=to)) as url:
            address = url.replace("127.0.0.1", "public.test")
            refused(server, server.client.post("/v2/assets", {"url": address}), "url")


def test_name_that_changes_its_address_gains_nothing(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Public when it is checked, private when it is used: it is looked up once for both."""
    asked = _resolve(monkeypatch, {"rebind.test": ["127.0.0.1", "10.0.0.1"]}, one_by_one=True)
    monkeypatch.setattr("lipwright.app.outbound.is_public", lambda address: str(address) == "127.0.0.1")
    with http_server(lambda handler: reply(handler, 200, sound())) as url:
        answer = server.client.post("/v2/assets", {"url": url.replace("127.0.0.1", "rebind.test")})
    assert answer.status_code == 201
    assert asked == ["rebind.test"]
    private = server.client.post("/v2/assets", {"url": url.replace("127.0.0.1", "rebind.test")})
    assert private.status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": 5}, "url"),
        ({"url": ["https://example.com"]}, "url"),
        ({"url": "https://example.com/" + LONG}, "url"),
        ({"url": "https://example.com/\0"}, "url"),
        ({"url": "https://example.com/\ud800"}, "url"),
        ({"url": "https://example.com/x", "filename": LONG}, "filename"),
        ({"url": "https://example.com/x", "filename": "a\0b"}, "filename"),
        ({"url": "https://example.com/x", "filename": 5}, "filename"),
    ],
)
def test_wrong_value_of_a_fetch_is_refused(server: Served, body: dict[str, Any], field: str) -> None:
    content = json.dumps(body)
    answer = server.client.post("/v2/assets", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"{field}: ")
    assert files(server) == []


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b'{"url": "\xc3\x28"}', b'{"a": ' * 100_000, b"[" * 200_000, b'{"a": "\0"', b"\0" * 100],
    ids=["not UTF-8", "cut UTF-8", "deep objects", "deep lists", "NUL in text", "NUL"],
)
def test_body_that_cannot_be_read_is_refused(server: Served, content: bytes) -> None:
    """Wherever JSON is taken; nesting is deeper than any parser's stack."""
    webhook = server.client.post("/v2/webhooks", {"url": "https://example.com"}).json()["id"]
    headers = {"content-type": "application/json"}
    for method, path in (
        ("POST", "/v2/generate"),
        ("POST", "/v2/batch"),
        ("POST", "/v2/assets"),
        ("POST", "/v2/webhooks"),
        ("PATCH", f"/v2/webhooks/{webhook}"),
        ("POST", f"/v2/webhooks/{webhook}/secret"),
    ):
        answer = server.client.request(method, path, content=content, headers=headers)
        assert answer.status_code in {400, 413}, path
        assert "body: " in answer.json()["message"] or answer.status_code == 413
    assert files(server) == []


def test_id_that_is_none_is_not_found(client: Client) -> None:
    for wrong in ("a%00b", "%FF%FE", "..%2f..%2fetc%2fpasswd", "x" * 5000, "%F0%9F%98%80"):
        for path in ("generate", "batch", "assets", "files"):
            assert client.get(f"/v2/{path}/{wrong}").status_code == 404


def test_fields_of_a_batch_are_named_with_their_place(client: Client) -> None:
    for wrong, field in (
        ({"model": "nonsense"}, "generations[1].model"),
        ({"video_url": LONG}, "generations[1].video_url"),
        ({"seed": "x"}, "generations[1].seed"),
        ({"audio_asset_id": "ast_x"}, "generations[1]"),
    ):
        answer = client.post("/v2/batch", {"generations": [REQUEST, {**REQUEST, **wrong}]})
        assert answer.status_code == 400
        assert answer.json()["message"].startswith(f"{field}: ")
    assert client.get("/v2/batch").json()["total"] == 0


def test_key_of_another_request_is_a_conflict(server: Served) -> None:
    """And makes nothing."""
    headers = {"idempotency-key": "order-1"}
    first = server.client.post("/v2/generate", REQUEST, headers=headers)
    again = server.client.post("/v2/generate", REQUEST, headers=headers)
    other = server.client.post("/v2/generate", {**REQUEST, "seed": 7}, headers=headers)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert (other.status_code, other.json()["error"]) == (409, "conflict")
    assert "Idempotency-Key" in other.json()["message"]
    assert server.client.get("/v2/generate").json()["total"] == 1


def _resolve(
    monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]], *, one_by_one: bool = False
) -> list[str]:
    """A name server that knows some names; gives the list of what it was asked, which goes on growing."""
    ask, asked = socket.getaddrinfo, []

    def answer(host: str, *rest: Any, flags: int = 0, **more: Any) -> Any:
        if host not in names or flags & socket.AI_NUMERICHOST:
            return ask(host, *rest, flags=flags, **more)
        asked.append(host)
        number = min(len(asked) - 1, len(names[host]) - 1) if one_by_one else 0
        return ask(names[host][number], *rest, flags=flags, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked
