import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import uvicorn

from lipwright.cli.connections import guarded_protocol
from tests.real_server import until

ROOT = Path(__file__).parents[3]
HALF = b"GET / HTTP/1.1\r\nHost: x\r\nX-"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@contextmanager
def listening(**options: Any) -> Iterator[int]:
    """The port of a server that says hello."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        hello, http=guarded_protocol(**options), log_config=None, lifespan="off", timeout_keep_alive=60
    )
    host = uvicorn.Server(config)
    thread = Thread(target=host.run, kwargs={"sockets": [listener]})
    thread.start()
    until(lambda: host.started, 10)
    try:
        yield listener.getsockname()[1]
    finally:
        host.should_exit = True
        thread.join()
        listener.close()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side ends it, without another byte."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_half_a_request_is_not_waited_for() -> None:
    with listening(most=10, head_seconds=0.2) as port, connected(port) as silent, connected(port) as half:
        half.sendall(HALF)
        assert is_closed(silent)
        assert is_closed(half)
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "hi"


def test_half_a_request_after_a_whole_one_is_not_waited_for() -> None:
    """Nor the rest of a body that nobody reads."""
    heads = (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
    with listening(most=10, head_seconds=0.2) as port:
        for head in heads:
            with connected(port) as connection:
                connection.sendall(head)
                answer = b""
                while not answer.endswith(b"hi"):
                    answer += connection.recv(1000)
                connection.sendall(HALF[:1])
                assert is_closed(connection)


def test_connections_beyond_the_limit_are_closed_at_once() -> None:
    """Those that are there stay, and their places can be taken when they end."""
    with listening(most=3, head_seconds=60.0) as port:
        with ExitStack() as stack:
            first = [stack.enter_context(connected(port)) for _ in range(3)]
            with connected(port) as late:
                assert is_closed(late)
            first[0].sendall(HALF + b"a: b\r\n\r\n")
            assert first[0].recv(1000).startswith(b"HTTP/1.1 200")

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/").text == "hi"
            except httpx.HTTPError:
                return False

        assert until(answers, 10)


CROWDED = """
import logging, resource, sys, threading
resource.setrlimit(resource.RLIMIT_NOFILE, (640, 640))
logging.basicConfig()
from fastapi import FastAPI
from lipwright.cli.server import _listen, _serving
from lipwright.cli.stopping import Asked
app = FastAPI()
app.state.stopping = threading.Event()
with _listen("127.0.0.1", 0) as listener, _serving(app, listener, Asked()):
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()
"""


def test_connections_that_come_all_at_once_do_not_take_the_files_of_the_work() -> None:
    """More than the process may have files: none of them is accepted in vain, which would be logged each."""
    command = [sys.executable, "-c", CROWDED]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as server, ExitStack() as stack:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        server.send_signal(signal.SIGSTOP)
        crowd = [stack.enter_context(connected(port)) for _ in range(900)]
        server.send_signal(signal.SIGCONT)
        assert until(lambda: is_closed(crowd[-1]), 20)
        _, said = server.communicate("")
    assert said == ""
