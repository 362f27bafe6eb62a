"""A bucket that lives for a test: in an S3 of this process, where ``moto`` is installed."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx
import pytest

BUCKET = "lips"


@contextmanager
def bucket_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Gives the URL of an empty place in a bucket, with all variables set that name its server."""
    server = _server()
    for name, value in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    yield f"s3://{BUCKET}/{secrets.token_hex(8)}"


@cache
def _server() -> str:
    """Started once, and gone with the process; its bucket is made already."""
    moto: Any = pytest.importorskip("moto.server", reason="needs an S3: pip install moto[server]")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    httpx.put(f"{url}/{BUCKET}").raise_for_status()
    return url
