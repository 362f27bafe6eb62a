"""A server whose files lie in a bucket: clients notice nothing of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.s3 import bucket_url
from tests.served import Served, served
from tests.unit.api.media import sound
from tests.unit.api.test_assets import leftovers


@pytest.fixture
def bucketed(database_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with bucket_url(monkeypatch) as url, served(database_file, tmp_path, blobs_url=url) as server:
        yield server


def test_file_goes_into_the_bucket_and_comes_out_whole_or_in_part(bucketed: Served) -> None:
    """Through the server: the bucket needs no door of its own to the outside, and links stay ours."""
    asset = bucketed.client.upload(sound(2.0)).json()
    assert bucketed.parts.blobs.keys("assets") == [f"assets/{asset['id']}"]
    assert leftovers(bucketed) == []
    whole = bucketed.nobody.get(asset["url"])
    assert (whole.status_code, whole.content) == (200, sound(2.0))
    assert whole.headers["content-type"] == "audio/wav"
    part = bucketed.nobody.get(asset["url"], headers={"range": "bytes=-7"})
    assert (part.status_code, part.content) == (206, sound(2.0)[-7:])
    assert bucketed.nobody.get(asset["url"], headers={"range": "bytes=999999-"}).status_code == 416
    head = bucketed.nobody.request("HEAD", asset["url"])
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(sound(2.0))))


def test_deleted_asset_is_gone_from_the_bucket(bucketed: Served) -> None:
    asset = bucketed.client.upload(sound()).json()
    bucketed.client.delete(f"/v2/assets/{asset['id']}")
    assert bucketed.parts.blobs.keys("assets") == []
    assert bucketed.nobody.get(asset["url"]).status_code == 404


def test_file_that_somebody_took_out_of_the_bucket_is_not_found(bucketed: Served) -> None:
    asset = bucketed.client.upload(sound()).json()
    bucketed.parts.blobs.delete(f"assets/{asset['id']}")
    assert bucketed.nobody.get(asset["url"]).status_code == 404
