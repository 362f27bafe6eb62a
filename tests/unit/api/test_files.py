"""/v2/files: downloads by signed links."""

import time

import pytest

from lipwright.app.links import Links
from tests.served import Client, Served
from tests.unit.api.media import PRETENDERS, sound


@pytest.fixture
def link(client: Client) -> str:
    url: str = client.upload(sound(), "вoice “1”.wav").json()["url"]
    return url


def test_link_gives_the_file_without_a_key(server: Served, link: str) -> None:
    answer = server.nobody.get(link)
    assert (answer.status_code, answer.content) == (200, sound())
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["content-length"] == str(len(sound()))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith('inline; filename="_oice _1_.wav"; filename*=')


def test_link_can_be_one_to_save(server: Served, link: str) -> None:
    answer = server.nobody.get(link, params={"download": "true"})
    assert answer.headers["content-disposition"].startswith("attachment; ")


def test_part_of_a_file_can_be_had(server: Served, link: str) -> None:
    size = len(sound())
    answer = server.nobody.get(link, headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, sound()[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{size}"
    assert answer.headers["content-length"] == "10"
    last = server.nobody.get(link, headers={"range": "bytes=-5"})
    assert (last.status_code, last.content) == (206, sound()[-5:])


def test_part_beyond_the_end_is_refused_with_the_size(server: Served, link: str) -> None:
    answer = server.nobody.get(link, headers={"range": "bytes=9999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(sound())}"


def test_head_says_what_get_would(server: Served, link: str) -> None:
    head, whole = server.nobody.request("HEAD", link), server.nobody.get(link)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("wanted", ["bytes=0-9", "bytes=9999999-"])
def test_range_of_a_head_request_is_ignored(server: Served, link: str, wanted: str) -> None:
    """RFC 9110, 14.2: only GET has ranges."""
    head = server.nobody.request("HEAD", link, headers={"range": wanted})
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(sound())))
    assert "content-range" not in head.headers


def test_end_of_any_length_is_the_end_of_the_file(server: Served, link: str) -> None:
    for end in ("9" * 20, "9" * 4400):  # int() takes 4300 digits
        answer = server.nobody.get(link, headers={"range": f"bytes=10-{end}"})
        assert (answer.status_code, answer.content) == (206, sound()[10:])


def test_several_parts_are_answered_with_the_whole(server: Served, link: str) -> None:
    answer = server.nobody.get(link, headers={"range": "bytes=0-1,5-6"})
    assert (answer.status_code, answer.content) == (200, sound())


def test_file_that_a_client_has_is_not_sent_again(server: Served, link: str) -> None:
    tag = server.nobody.get(link).headers["etag"]
    known = server.nobody.get(link, headers={"if-none-match": f'"other", W/{tag}'})
    assert (known.status_code, known.content) == (304, b"")
    assert server.nobody.get(link, headers={"if-none-match": '"other"'}).status_code == 200


def test_part_of_another_version_is_answered_with_the_whole(server: Served, link: str) -> None:
    tag = server.nobody.get(link).headers["etag"]
    ranged = {"range": "bytes=0-9"}
    assert server.nobody.get(link, headers={**ranged, "if-range": tag}).status_code == 206
    for other in ('"other"', f"W/{tag}", "Sat, 21 Nov 2026 00:00:00 GMT"):  # only a strong tag will do
        assert server.nobody.get(link, headers={**ranged, "if-range": other}).status_code == 200


def test_link_is_renewed_whenever_an_asset_is_asked_for(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = server.client.upload(sound()).json()
    later = time.time() + server.parts.settings.link_seconds + 60
    monkeypatch.setattr(server.app.state.links, "_clock", lambda: later)
    expired = server.nobody.get(asset["url"])
    assert expired.status_code == 404
    assert "expired" in expired.json()["message"]
    renewed = server.client.get(f"/v2/assets/{asset['id']}").json()["url"]
    assert server.nobody.get(renewed).status_code == 200


def test_link_that_was_changed_leads_nowhere(server: Served, link: str) -> None:
    base, _, token = link.rpartition("/")
    payload, _, signature = token.partition(".")
    forged = Links("another secret", server.parts.settings.own_url(), 3600)
    for wrong in (
        f"{payload}x.{signature}",
        f"{payload}.{signature[:-1]}",
        payload,
        "x.y",
        "ü.ü",
        "x" * 3000,
        f"{payload}.{forged._sign(payload)}",
    ):
        assert server.nobody.get(f"{base}/{wrong}").status_code == 404


def test_links_lead_to_the_address_that_the_client_knows(client: Client) -> None:
    answer = client.upload(sound(), headers={"host": "lips.example:8443"})
    assert answer.json()["url"].startswith("http://lips.example:8443/v2/files/")


def test_upload_can_never_be_shown_as_a_page(server: Served) -> None:
    """What is kept is media, whatever else it may look like to a browser."""
    assert server.client.upload(PRETENDERS["script"], "x.html").status_code == 400
    named = server.client.upload(sound(), "x.html").json()["url"]
    assert server.nobody.get(named).headers["content-type"] == "audio/wav"
