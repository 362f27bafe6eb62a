"""Downloads: streamed, limited, and only from where users may send us."""

import errno
import ipaddress
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from lipwright.app.fetch import TryLaterError, fetch
from lipwright.app.outbound import RefusedAddressError, is_public, resolve
from lipwright.app.settings import FetchLimits
from lipwright.errors import MediaError, NoRoomError, TooLargeError
from tests.unit.app.http_server import http_server, reply

OPEN = FetchLimits(allow_private=True, max_bytes=100_000, timeout_seconds=5, connect_timeout_seconds=2)


def test_a_file_arrives_as_it_is(tmp_path: Path) -> None:
    """With its size and what its server calls it; progress is told on the way."""
    body, heard = bytes(range(256)) * 100, []
    with http_server(lambda handler: reply(handler, 200, body, Content_Type="video/mp4")) as url:
        download = fetch(f"{url}/clip.mp4?x=1", tmp_path / "video", OPEN, lambda *said: heard.append(said))
    assert (tmp_path / "video").read_bytes() == body
    assert (download.size_bytes, download.content_type) == (len(body), "video/mp4")
    assert heard[-1] == (len(body), len(body))


def test_redirects_are_followed(tmp_path: Path) -> None:
    """Relative ones too, up to the limit."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        hops = int(handler.path.strip("/"))
        if hops == 0:
            reply(handler, 200, b"here")
        else:
            reply(handler, 302, Location=f"/{hops - 1}")

    with http_server(answer) as url:
        fetch(f"{url}/5", tmp_path / "video", OPEN)
        with pytest.raises(MediaError, match="redirects"):
            fetch(f"{url}/6", tmp_path / "more", OPEN)
    assert (tmp_path / "video").read_bytes() == b"here"


@pytest.mark.parametrize("location", ["http://[", "http://a]b/"])
def test_a_redirect_to_no_url_is_an_error(location: str, tmp_path: Path) -> None:
    """Of the file's server, not a defect of ours."""
    with (
        http_server(lambda handler: reply(handler, 302, Location=location)) as url,
        pytest.raises(MediaError, match="redirect to a URL"),
    ):
        fetch(url, tmp_path / "video", OPEN)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_answer_without_a_file_is_an_error(status: int, tmp_path: Path) -> None:
    """Trying again would not help."""
    with (
        http_server(lambda handler: reply(handler, status, b"no")) as url,
        pytest.raises(MediaError, match=str(status)) as caught,
    ):
        fetch(url, tmp_path / "video", OPEN)
    assert not isinstance(caught.value, TryLaterError)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_later(status: int, tmp_path: Path) -> None:
    """That is for the caller to do."""
    with http_server(lambda handler: reply(handler, status)) as url, pytest.raises(TryLaterError):
        fetch(url, tmp_path / "video", OPEN)


def test_nobody_there_is_an_error(tmp_path: Path) -> None:
    """With the host's name and no address of ours."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(TryLaterError, match="does not answer"):
        fetch(f"http://127.0.0.1:{port}/", tmp_path / "video", OPEN)


def test_a_file_that_says_it_is_too_large_is_not_begun(tmp_path: Path) -> None:
    """Content-Length is believed when it is bad news."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100001")
        handler.end_headers()

    with http_server(answer) as url, pytest.raises(TooLargeError):
        fetch(url, tmp_path / "video", OPEN)
    assert list(tmp_path.iterdir()) == []


def test_an_endless_stream_ends_at_the_limit(tmp_path: Path) -> None:
    """Nothing is left of it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65_536)

    with http_server(answer) as url, pytest.raises(TooLargeError):
        fetch(url, tmp_path / "video", OPEN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_dribble_ends_when_the_time_is_over(where: str, tmp_path: Path) -> None:
    """A byte now and then keeps any timeout between bytes quiet; the whole has one too."""
    may_end = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if where == "head":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            handler.send_response(200)
            handler.end_headers()
        while not may_end.wait(0.05):
            handler.wfile.write(b"x")

    limits = OPEN.model_copy(update={"timeout_seconds": 0.5})
    with http_server(answer) as url:
        started = time.monotonic()
        with pytest.raises(MediaError, match=r"at most 0\.5 s"):
            fetch(url, tmp_path / "video", limits)
        assert time.monotonic() - started < OPEN.timeout_seconds
        may_end.set()
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    """Half a file never appears as one."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 10)

    with http_server(answer) as url, pytest.raises(TryLaterError, match="broke off"):
        fetch(url, tmp_path / "video", OPEN)
    assert list(tmp_path.iterdir()) == []


def test_packed_and_empty_bodies_are_refused(tmp_path: Path) -> None:
    """A small packed body could fill the disk; an empty one is no file."""
    with (
        http_server(lambda handler: reply(handler, 200, b"x", Content_Encoding="gzip")) as url,
        pytest.raises(MediaError, match="packed"),
    ):
        fetch(url, tmp_path / "video", OPEN)
    with http_server(lambda handler: reply(handler, 200)) as url, pytest.raises(MediaError, match="empty"):
        fetch(url, tmp_path / "video", OPEN)


def test_private_addresses_are_refused_unless_a_setting_allows_them(tmp_path: Path) -> None:
    """Also behind a redirect from a public one, which here is a private one that was allowed."""
    closed = OPEN.model_copy(update={"allow_private": False})
    with http_server(lambda handler: reply(handler, 200, b"secret")) as url:
        for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "127.1")):
            with pytest.raises(RefusedAddressError):
                fetch(address, tmp_path / "video", closed)
    assert list(tmp_path.iterdir()) == []


def test_each_redirect_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public server cannot send us into our own network."""
    ask = socket.getaddrinfo

    def lie(host: str, *rest: object, **more: object) -> object:
        return ask("127.0.0.1" if host == "public.test" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lie)
    monkeypatch.setattr(
        "lipwright.app.outbound.is_public", lambda address: str(address) == "127.0.0.1"
    )  # the test's public server
    with http_server(lambda handler: reply(handler, 302, Location="http://169.254.169.254/key")) as url:
        address = url.replace("127.0.0.1", "public.test")
        with pytest.raises(RefusedAddressError, match="169"):
            fetch(address, tmp_path / "video", OPEN.model_copy(update={"allow_private": False}))


def test_the_address_that_was_checked_is_the_one_that_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that gives another answer the second time is not asked a second time."""
    ask, asked = socket.getaddrinfo, []

    def answer_once(host: str, *rest: object, **more: object) -> object:
        if host == "rebind.test":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return ask(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", answer_once)
    hosts = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        hosts.append(handler.headers["Host"])
        reply(handler, 200, b"here")

    with http_server(answer) as url:
        address = url.replace("127.0.0.1", "rebind.test")
        fetch(address, tmp_path / "video", OPEN)
    assert asked == ["rebind.test"]
    assert hosts == [address.removeprefix("http://")]


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "//no.scheme/x", "no url", "http://", "",
     "http://user:secret@example.org/", "http://[::1", "data:text/plain,x"],
)  # fmt: skip
def test_only_plain_http_urls_are_requested(url: str, tmp_path: Path) -> None:
    """Whatever else a URL may be."""
    with pytest.raises(RefusedAddressError):
        fetch(url, tmp_path / "video", OPEN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),  # carrier-grade NAT
        ("127.0.0.1", False),
        ("169.254.169.254", False),  # cloud metadata
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("fec0::1", False),
        ("::ffff:127.0.0.1", False),  # IPv4 in IPv6, in five forms
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", False),
    ],
)
def test_what_is_public(text: str, expected: bool) -> None:
    """The public internet, in whatever form an address is written."""
    assert is_public(ipaddress.ip_address(text)) is expected


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are checked, not the first."""
    both = [(2, 1, 6, "", ("1.1.1.1", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(RefusedAddressError):
        resolve("both.test", 80, allow_private=False)


@pytest.mark.parametrize(
    ("number", "is_passing"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, True), (socket.EAI_FAIL, False)]
)
def test_a_host_that_there_is_not_is_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_passing: bool
) -> None:
    """A name server that is busy may know it in a moment; a wrong name stays wrong."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(number, "not known")

    monkeypatch.setattr("lipwright.app.outbound.socket.getaddrinfo", unknown)
    with pytest.raises(MediaError, match=r"'nowhere\.example' cannot; check the URL") as caught:
        fetch("https://nowhere.example/x", tmp_path / "x", FetchLimits())
    assert isinstance(caught.value, TryLaterError) == is_passing


def test_a_full_disk_is_no_fault_of_the_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is tried again when there is room."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("lipwright.app.fetch._receive", full)
    limits = FetchLimits(allow_private=True)
    with http_server(lambda handler: reply(handler, 200, b"x")) as url, pytest.raises(NoRoomError):
        fetch(url, tmp_path / "x", limits)
