import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lipwright.errors import NotFoundError, OutputError, UsageError
from lipwright.store.blobs import Blobs
from tests.s3 import bucket_url


@pytest.fixture
def folder(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Blobs]:
    """Each kind of store in turn, empty."""
    if request.param == "folder":
        yield Blobs(str(tmp_path / "blobs"))
        return
    with bucket_url(monkeypatch) as url:
        yield Blobs(url)


def test_a_file_comes_back_as_it_went_in(blobs: Blobs, tmp_path: Path) -> None:
    """Of several pieces; the source stays, and the copy appears under its own name only."""
    data = os.urandom(3 * 2**20 + 7)
    (tmp_path / "source").write_bytes(data)
    blobs.put_file("generations/gen_a/output.mp4", tmp_path / "source")
    assert blobs.read_bytes("generations/gen_a/output.mp4") == data
    assert blobs.head("generations/gen_a/output.mp4").size_bytes == len(data)
    blobs.fetch("generations/gen_a/output.mp4", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == (tmp_path / "source").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} - {"blobs"} == {"copy", "source"}


def test_a_blob_is_replaced_whole(blobs: Blobs) -> None:
    """Its tag then changes."""
    blobs.put_bytes("a/b", b"first, longer")
    before = blobs.head("a/b")
    blobs.put_bytes("a/b", b"second")
    assert blobs.read_bytes("a/b") == b"second"
    assert blobs.head("a/b").etag != before.etag


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(size=st.integers(0, 40), start=st.integers(0, 50), end=st.none() | st.integers(0, 50))
def test_a_range_is_what_a_slice_is(blobs: Blobs, size: int, start: int, end: int | None) -> None:
    """Also empty ones and those beyond the end."""
    data = bytes(range(size))
    blobs.put_bytes("a/b", data)
    assert b"".join(blobs.read("a/b", start=start, end=end)) == data[start:end]


@pytest.mark.parametrize("key", ["a/none", "none", "a"])
def test_a_blob_that_is_not_there_is_said_at_once(blobs: Blobs, tmp_path: Path, key: str) -> None:
    """Before the first byte is sent to anybody; a folder is not a blob."""
    blobs.put_bytes("a/b", b"x")
    for verb in (blobs.head, blobs.read, blobs.read_bytes, lambda key: blobs.fetch(key, tmp_path / "copy")):
        with pytest.raises(NotFoundError, match=f"expected a file at {key}"):
            verb(key)


def test_a_prefix_is_deleted_with_all_below_it(blobs: Blobs) -> None:
    """And nothing that only begins with the same letters."""
    for key in ("a/b/1", "a/b/c/2", "a/bc", "d"):
        blobs.put_bytes(key, b"x")
    assert blobs.keys("a/b") == ["a/b/1", "a/b/c/2"]
    assert blobs.delete_prefix("a/b") == 2
    assert blobs.delete_prefix("a/b") == 0
    assert blobs.keys("a") == ["a/bc"]


def test_what_is_not_there_is_deleted_already(blobs: Blobs) -> None:
    blobs.put_bytes("a/b/c", b"x")
    blobs.delete("a/b/c")
    blobs.delete("a/b/c")
    assert blobs.keys("a") == []


def test_deleting_leaves_no_empty_folder(folder: Blobs) -> None:
    folder.put_bytes("a/b/c", b"x")
    folder.delete("a/b/c")
    path = folder.local_path("a")
    assert path is not None
    assert not path.exists()


@pytest.mark.parametrize("key", ["", "/a", "a//b", "../a", "a/../../b", "a/..", "a\\b", "./a", "a/./b"])
def test_a_key_leads_nowhere_else(blobs: Blobs, key: str) -> None:
    """Whatever a file name from outside brought into it."""
    for verb in (blobs.head, blobs.read, blobs.delete, blobs.delete_prefix, blobs.local_path):
        with pytest.raises(ValueError, match="expected a key"):
            verb(key)
    with pytest.raises(ValueError, match="expected a key"):
        blobs.put_bytes(key, b"x")


def test_a_source_that_cannot_be_read_is_named(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="a/b"):
        blobs.put_file("a/b", tmp_path / "none")


def test_what_cannot_be_written_is_said_in_one_line(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        blobs.put_file("a/b", tmp_path / "none")
    assert "\n" not in str(caught.value)


def test_a_folder_is_named_in_several_ways(tmp_path: Path) -> None:
    for url in (str(tmp_path / "with space"), f"file://{tmp_path}/with%20space"):
        blobs = Blobs(url)
        blobs.put_bytes("a", b"x")
        assert blobs.local_path("a") == tmp_path / "with space/a"
        assert (tmp_path / "with space/a").read_bytes() == b"x"


def test_a_bucket_has_no_local_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert Blobs("s3://bucket/prefix").local_path("a") is None


@pytest.mark.parametrize("url", ["", "ftp://host/folder", "s3://", "https://example.com/x"])
def test_other_places_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="blobs_url"):
        Blobs(url)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file/blobs"):
        Blobs(str(tmp_path / "file/blobs"))
