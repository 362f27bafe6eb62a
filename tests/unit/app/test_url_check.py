"""URLs that are refused before anything is looked up."""

import socket
from pathlib import Path

import pytest

from lipwright.app.settings import Settings
from lipwright.app.url_check import check_input_url, check_webhook_url
from lipwright.errors import UsageError

PRIVATE = [
    "127.0.0.1",
    "127.1",
    "2130706433",  # 127.0.0.1 as one number, and its other writings
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "\uff11\uff12\uff17.0.0.1",  # full-width digits, plain ones where names are looked up
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::10.0.0.1]",
    "[2002:7f00:1::]",
    "[fd00::1]",
    "[fe80::1]",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
]
PUBLIC = ["example.com", "1.1.1.1", "[2606:4700:4700::1111]", "localhost.example.com", "127.example.com"]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """No name is ever looked up."""
    ask = socket.getaddrinfo

    def only_numbers(*arguments: object, flags: int = 0, **more: object) -> object:
        assert flags & socket.AI_NUMERICHOST
        return ask(*arguments, flags=flags, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", only_numbers)
    return Settings(data_dir=tmp_path)


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("check", [check_input_url, check_webhook_url])
def test_private_address_is_refused_in_every_writing(settings: Settings, check, host: str) -> None:
    for url in (f"http://{host}/x", f"https://{host}:8443/x"):
        with pytest.raises(UsageError, match=r"^some_field: expected a (public address|URL)"):
            check(settings, url, "some_field")


@pytest.mark.parametrize("host", PUBLIC)
@pytest.mark.parametrize("check", [check_input_url, check_webhook_url])
def test_what_may_be_public_is_left_for_later(settings: Settings, check, host: str) -> None:
    """What a name leads to is known when it is looked up, and checked then."""
    check(settings, f"https://{host}/x", "some_field")


@pytest.mark.parametrize(
    "url", ["http://example.com@127.0.0.1/", "http://127.0.0.1@example.com/", "http://:x@example.com/"]
)
def test_url_that_names_a_user_is_refused(settings: Settings, url: str) -> None:
    """It is made to be misread."""
    with pytest.raises(UsageError, match=r"^url: "):
        check_webhook_url(settings, url, "url")


def test_each_setting_opens_its_own(settings: Settings) -> None:
    url = "http://127.0.0.1/x"
    fetch = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"allow_private": True})})
    check_input_url(fetch, url, "video_url")
    with pytest.raises(UsageError, match=r"webhooks\.allow_private"):
        check_webhook_url(fetch, url, "webhook_url")


def test_none_is_nothing_to_check(settings: Settings) -> None:
    check_input_url(settings, None, "video_url")
    check_webhook_url(settings, None, "webhook_url")
