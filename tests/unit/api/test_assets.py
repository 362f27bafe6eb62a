"""/v2/assets, as a client meets it."""

import errno
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import anyio
import anyio.to_thread
import httpx
import pytest
from starlette.types import Message

from lipwright.api import uploads
from lipwright.app import assets as use
from lipwright.app.settings import FetchLimits, Plan
from lipwright.errors import MediaError, TooLargeError
from lipwright.store.generations import Generations
from tests.picture_files import encoded, png_of_size, png_with, shades
from tests.served import REQUEST, Client, Served, served
from tests.unit.api.media import PRETENDERS, sound, video

BOUNDARY = "----lipwright"


def leftovers(server: Served) -> list[Path]:
    return list((server.parts.settings.data_dir / "uploads").glob("*"))


def test_uploaded_sound_is_an_audio_asset(server: Served) -> None:
    answer = server.client.upload(sound(0.5), "../my voice.wav")
    assert answer.status_code == 201
    asset = answer.json()
    assert (asset["type"], asset["filename"]) == ("audio", "my voice.wav")
    assert (asset["size_bytes"], asset["duration_seconds"]) == (len(sound(0.5)), 0.5)
    assert server.client.get(f"/v2/assets/{asset['id']}").json()["id"] == asset["id"]
    assert leftovers(server) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("..", "upload"),
        ("a/../", "upload"),
        ("\u202evaw.x", "vaw.x"),
        ("n" * 3000 + ".wav", "n" * 251 + ".wav"),
        ("a%0d%0ab.wav", "a%0d%0ab.wav"),
    ],
)
def test_name_of_an_upload_leads_nowhere(server: Served, sent: str, kept: str) -> None:
    """Neither in answers nor when the file is saved under it."""
    asset = server.client.upload(sound(), sent).json()
    assert asset["filename"] == kept
    said = server.nobody.get(asset["url"]).headers["content-disposition"]
    assert said.endswith(f"filename*=UTF-8''{quote(kept, safe='')}")


@pytest.mark.parametrize("wanted", ["..", "/etc/passwd", "a\\passwd", ".passwd"])
def test_name_for_a_fetched_file_leads_nowhere(
    client: Client, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setattr("lipwright.app.assets.fetch", Remote(sound()))
    body = {"url": "https://example.com/x/..", "filename": wanted}
    assert client.post("/v2/assets", body).json()["filename"] in {"passwd", "download"}


def test_content_decides_what_a_file_is(client: Client) -> None:
    """Names and announced types are often wrong."""
    files = {"file": ("voice.wav", video(), "audio/wav")}
    asset = client.post("/v2/assets", files=files).json()
    assert (asset["type"], asset["duration_seconds"]) == ("video", 0.4)


def test_same_content_is_kept_once_for_an_account(server: Served) -> None:
    first, second = (server.client.upload(sound(), name) for name in ("a.wav", "b.wav"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert server.client.get("/v2/assets").json()["total"] == 1
    other = server.stranger.upload(sound())
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("kind", PRETENDERS)
def test_what_is_no_media_is_refused_and_leaves_nothing(server: Served, kind: str) -> None:
    answer = server.client.upload(PRETENDERS[kind], "clip.mp4")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_media")
    assert "file: expected" in answer.json()["message"]
    assert str(server.parts.settings.data_dir) not in answer.text
    assert server.client.get("/v2/assets").json()["total"] == 0
    assert leftovers(server) == []
    assert server.parts.blobs.keys("assets") == []


def test_file_over_the_plan_s_size_is_refused_and_leaves_nothing(database_file: Path, tmp_path: Path) -> None:
    plans = {"default": Plan(max_upload_bytes=10_000)}
    with served(database_file, tmp_path, plans=plans) as server:
        assert server.client.upload(sound(0.25)).status_code == 201
        answer = server.client.upload(sound(0.5))
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
        assert "10000 bytes" in answer.json()["message"]
        assert leftovers(server) == []


def test_account_has_room_for_so_much(database_file: Path, tmp_path: Path) -> None:
    """Each account its own; what it has already takes no more, and what is deleted makes room."""
    size = len(sound(0.5)) + len(sound(0.25))
    with served(database_file, tmp_path, plans={"default": Plan(max_storage_bytes=size)}) as server:
        kept = [server.client.upload(sound(seconds)).json()["id"] for seconds in (0.5, 0.25)]
        answer = server.client.upload(sound(0.1))
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
        assert f"at most {size} bytes" in answer.json()["message"]
        assert "delete" in answer.json()["message"]
        assert leftovers(server) == []
        assert len(server.parts.blobs.keys("assets")) == 2
        assert server.client.upload(sound(0.5)).status_code == 200
        assert server.stranger.upload(sound(0.1)).status_code == 201
        server.client.delete(f"/v2/assets/{kept[0]}")
        assert server.client.upload(sound(0.1)).status_code == 201


def test_two_uploads_at_once_cannot_both_take_the_last_room(
    database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were within the plan when they were looked at; the second one to be kept is not."""
    plans = {"default": Plan(max_storage_bytes=len(sound(0.5)))}
    with served(database_file, tmp_path, plans=plans) as server:
        look_at = use._look_at

        def meanwhile(path: Path) -> object:
            monkeypatch.setattr(use, "_look_at", look_at)
            assert server.client.upload(sound(0.5)).status_code == 201
            return look_at(path)

        monkeypatch.setattr(use, "_look_at", meanwhile)
        assert server.client.upload(sound(0.25)).status_code == 413
        assert server.client.get("/v2/assets").json()["total"] == 1
        assert len(server.parts.blobs.keys("assets")) == 1
        assert leftovers(server) == []


def test_account_has_so_many_uploads_on_their_way(database_file: Path, tmp_path: Path) -> None:
    """One more is told to wait; it can come when another has ended, however that went."""
    with served(database_file, tmp_path, plans={"default": Plan(max_uploads=1)}) as server:
        answers: list[httpx.Response] = []

        async def body() -> AsyncIterator[bytes]:
            yield multipart(part("file", sound()))[:-20]
            await anyio.to_thread.run_sync(lambda: answers.append(server.client.upload(sound())))
            await anyio.to_thread.run_sync(lambda: answers.append(server.stranger.upload(sound())))
            url = {"url": "https://example.com/x"}
            await anyio.to_thread.run_sync(lambda: answers.append(server.client.post("/v2/assets", url)))

        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        assert server.client.post("/v2/assets", content=body(), headers=headers).status_code == 400
        assert [answer.status_code for answer in answers] == [429, 201, 429]
        assert answers[0].json()["error"] == "rate_limit_exceeded"
        assert "at most 1 uploads" in answers[0].json()["message"]
        assert int(answers[0].headers["retry-after"]) >= 1
        assert server.client.upload(sound()).status_code == 201
        assert leftovers(server) == []


def test_upload_that_comes_to_a_rest_is_given_up(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_STALL_SECONDS", 0.05)

    async def body() -> AsyncIterator[bytes]:
        yield multipart(part("file", sound()))[:-20]
        await anyio.sleep(60)

    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = server.client.post("/v2/assets", content=body(), headers=headers)
    assert answer.status_code == 400
    assert "keep coming" in answer.json()["message"]
    assert leftovers(server) == []


def multipart(*parts: bytes, end: bytes = b"--\r\n") -> bytes:
    body = b"".join(b"--" + BOUNDARY.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return body + b"--" + BOUNDARY.encode() + end


def part(name: str, content: bytes, filename: str | None = "a.wav") -> bytes:
    said = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    return f"Content-Disposition: {said}\r\n\r\n".encode() + content


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (multipart(part("file", b"x"))[:-20], "cut off"),
        (multipart(part("other", b"x")), "found 0"),
        (multipart(part("file", b"x"), part("file", b"y")), "found 2"),
        (multipart(part("file", b"")), "empty"),
        (b"no boundary at all", "multipart"),
        (b"", "cut off"),
        (multipart(b"no headers"), "multipart"),
        (multipart(*[part("note", b"", None)] * 1001, part("file", b"x")), "at most 1000 parts"),
    ],
)
def test_broken_uploads_are_refused_with_the_reason(server: Served, body: bytes, said: str) -> None:
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = server.client.post("/v2/assets", content=body, headers=headers)
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert leftovers(server) == []


def test_upload_whose_client_goes_away_is_no_defect_of_ours(server: Served) -> None:
    """Nobody reads the answer, but our figures and our log would show a broken server."""
    body = multipart(part("file", b"x" * 1000))[:500]
    news = iter(
        [{"type": "http.request", "body": body, "more_body": True}, {"type": "http.disconnect"}],
    )
    said: list[Message] = []

    async def receive() -> Message:
        return next(news)

    async def send(message: Message) -> None:
        said.append(message)

    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    headers = [(b"x-api-key", server.client.key.encode()), (b"content-type", content_type.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v2/assets",
        "raw_path": b"/v2/assets",
        "query_string": b"",
        "headers": headers,
    }
    server.portal.call(server.app, scope, receive, send)
    assert said[0]["status"] == 400
    assert leftovers(server) == []


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 100, "text/plain", ""]
)
def test_body_of_another_kind_is_refused(client: Client, content_type: str) -> None:
    answer = client.post("/v2/assets", content=b"x", headers={"content-type": content_type})
    assert answer.status_code == 400


def test_upload_to_a_full_disk_says_so_and_leaves_nothing(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No defect: the operator has to make space, and the client may try again."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads._Sink, "write", full)
    answer = server.client.upload(sound())
    assert (answer.status_code, answer.json()["error"]) == (503, "insufficient_storage")
    assert "No space left on device; try again" in answer.json()["message"]
    assert int(answer.headers["retry-after"]) <= 30
    assert str(server.parts.settings.data_dir) not in answer.text
    assert leftovers(server) == []


def test_other_fields_beside_the_file_are_ignored(client: Client) -> None:
    body = multipart(part("note", b"hello", None), part("file", sound()))
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    assert client.post("/v2/assets", content=body, headers=headers).status_code == 201


class Remote:
    """In place of the network."""

    def __init__(self, content: bytes | Exception) -> None:
        self.content = content
        self.limits: FetchLimits | None = None

    def __call__(self, url: str, target: Path, limits: FetchLimits) -> None:
        self.limits = limits
        if isinstance(self.content, Exception):
            raise self.content
        target.write_bytes(self.content)


def test_file_at_a_url_is_fetched_and_kept(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = Remote(sound())
    monkeypatch.setattr("lipwright.app.assets.fetch", remote)
    answer = server.client.post("/v2/assets", {"url": "https://example.com/a/my%20voice.wav?sig=1"})
    assert (answer.status_code, answer.json()["filename"]) == (201, "my voice.wav")
    named = server.client.post("/v2/assets", {"url": "https://example.com/x", "filename": "other.wav"})
    assert named.status_code == 200  # the same content
    assert remote.limits is not None
    assert remote.limits.max_bytes <= server.parts.settings.plan("default").max_upload_bytes
    assert leftovers(server) == []


@pytest.mark.parametrize(
    ("error", "status"), [(MediaError("no file there"), 400), (TooLargeError("too large"), 413)]
)
def test_fetch_that_fails_names_the_url(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    monkeypatch.setattr("lipwright.app.assets.fetch", Remote(error))
    answer = client.post("/v2/assets", {"url": "https://example.com/a.wav"})
    assert (answer.status_code, answer.json()["message"]) == (status, f"url: {error}")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/a.wav", "http://[::1]/a.wav", "http://10.0.0.1/a", "http://169.254.169.254/"]
)
def test_private_addresses_are_not_fetched_from(client: Client, url: str) -> None:
    answer = client.post("/v2/assets", {"url": url})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("url: ")


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"url": 5}', '{"url": "nonsense"}', '"\xff"', "[" * 9000])
def test_request_to_fetch_has_to_make_sense(client: Client, body: str) -> None:
    answer = client.post(
        "/v2/assets", content=body.encode("latin-1"), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


def test_request_to_fetch_is_short(client: Client) -> None:
    answer = client.post("/v2/assets", {"url": "https://example.com/" + "x" * 70_000})
    assert answer.status_code == 413


def test_pages_are_newest_first_and_can_be_of_one_type(client: Client) -> None:
    ids = [client.upload(content).json()["id"] for content in (sound(0.5), video(), sound(0.25))]
    page = client.get("/v2/assets", params={"limit": 2}).json()
    assert [one["id"] for one in page["assets"]] == [ids[2], ids[1]]
    assert (page["total"], page["has_more"]) == (3, True)
    audio = client.get("/v2/assets", params={"type": "audio"}).json()
    assert [one["id"] for one in audio["assets"]] == [ids[2], ids[0]]


def test_generation_can_be_made_of_assets(client: Client) -> None:
    picture, voice = client.upload(video()).json()["id"], client.upload(sound()).json()["id"]
    body = {"video_asset_id": picture, "audio_asset_id": voice, "model": "lipsync-2"}
    assert client.post("/v2/generate", body).status_code == 201


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_still_is_an_asset_that_sync_3_takes_as_its_video(client: Client, suffix: str) -> None:
    """The contract knows two types: a still is a video that lasts as long as one likes."""
    asset = client.upload(encoded(shades(), suffix), "portrait.mp4").json()
    assert asset["type"] == "video"
    assert "duration_seconds" not in asset
    body = {"video_asset_id": asset["id"], "audio_url": REQUEST["audio_url"]}
    assert client.post("/v2/generate", {**body, "model": "sync-3"}).status_code == 201
    refused = client.post("/v2/generate", {**body, "model": "lipsync-2"})
    assert refused.status_code == 400
    said = refused.json()["message"]
    assert said.startswith("video_asset_id: expected a video for lipsync-2")
    assert said.endswith("choose sync-3")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png_with(encoded(shades(), "png"), b"acTL", bytes(8)), "an animated PNG"),
        (png_of_size(30_000, 40), "found 30000x40"),
        (encoded(shades(), "jpg")[:-200], "cut short or damaged"),
    ],
)
def test_picture_that_is_no_still_is_refused(client: Client, content: bytes, said: str) -> None:
    answer = client.upload(content, "portrait.png")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_media")
    assert answer.json()["message"].startswith("file: expected")
    assert said in answer.json()["message"]


def test_asset_has_to_be_ours_and_of_the_right_type(server: Served) -> None:
    voice, foreign = server.client.upload(sound()).json()["id"], server.stranger.upload(video()).json()["id"]
    for wrong, said in ((voice, "is audio"), (foreign, "of this account"), ("ast_none", "ast_none")):
        body = {"video_asset_id": wrong, "audio_url": REQUEST["audio_url"], "model": "lipsync-2"}
        answer = server.client.post("/v2/generate", body)
        assert answer.status_code == 400
        assert "video_asset_id" in answer.json()["message"]
        assert said in answer.json()["message"]


def test_deleted_asset_is_gone_with_its_file(server: Served) -> None:
    asset = server.client.upload(sound()).json()
    assert server.client.delete(f"/v2/assets/{asset['id']}").json() == {"id": asset["id"], "deleted": True}
    assert server.client.get(f"/v2/assets/{asset['id']}").status_code == 404
    assert server.nobody.get(asset["url"]).status_code == 404
    assert server.parts.blobs.keys("assets") == []


def test_asset_is_not_deleted_while_a_generation_needs_it(server: Served) -> None:
    asset = server.client.upload(sound()).json()["id"]
    body = {"video_url": REQUEST["video_url"], "audio_asset_id": asset, "model": "lipsync-2"}
    made = server.client.post("/v2/generate", body).json()["id"]
    assert server.client.delete(f"/v2/assets/{asset}").status_code == 409
    assert server.client.get(f"/v2/assets/{asset}").status_code == 200
    with server.parts.database.begin() as connection:
        Generations(connection).fail(made, error="x", error_code="x")
    assert server.client.delete(f"/v2/assets/{asset}").status_code == 200


def test_another_account_s_asset_is_not_there(server: Served) -> None:
    asset = server.client.upload(sound()).json()["id"]
    assert server.stranger.get(f"/v2/assets/{asset}").status_code == 404
    assert server.stranger.delete(f"/v2/assets/{asset}").status_code == 404
    assert server.stranger.get("/v2/assets").json()["assets"] == []
