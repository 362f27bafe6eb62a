"""Files by key: a directory of this machine, or a bucket."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from lipwright.errors import NoRoomError, NotFoundError, OutputError, UsageError, is_for_lack_of_room

_CHUNK_BYTES = 1 << 20
_LISTED_AT_ONCE = 500
_NO_ROOM = f"os error {errno.ENOSPC}"
"""How the library writes it."""
_BUCKETS = ("s3", "s3a", "gs", "az", "azure", "abfs", "abfss")


@dataclass(frozen=True)
class BlobInfo:
    """What is known of a blob without reading it."""

    key: str
    size_bytes: int
    modified_at: datetime
    etag: str | None


class Blobs:
    """Keeps bytes under keys such as ``generations/gen_x/output.mp4``.

    A blob appears whole or not at all. What a bucket refuses on reading (no network, no rights) comes
    up as the library's own error, as a lost database does.
    """

    def __init__(self, url: str) -> None:
        """Opens the store; a directory is made.

        Args:
            url: a directory, also as ``file://…``, or a bucket and prefix such as ``s3://bucket/prefix``.

        Raises:
            UsageError: it is neither.
            OutputError: the directory cannot be made.
        """
        self._folder = _local_folder(url)
        self._store = _open_store(url, self._folder)

    def put_file(self, key: str, path: Path) -> None:
        """Copies a file in, replacing what was there.

        Raises:
            OutputError: it cannot be written.
        """
        with _writing(key):
            obstore.put(self._store, _checked(key), path)

    def put_bytes(self, key: str, data: bytes) -> None:
        """Keeps a few bytes, replacing what was there.

        Raises:
            OutputError: they cannot be written.
        """
        with _writing(key):
            obstore.put(self._store, _checked(key), data)

    def head(self, key: str) -> BlobInfo:
        """Size and age of a blob.

        Raises:
            NotFoundError: there is none.
        """
        with _reading(key):
            found = obstore.head(self._store, _checked(key))
        return BlobInfo(key, found["size"], found["last_modified"], found["e_tag"])

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` up to, not including, ``end``, in pieces of about 1 MiB.

        Whether the blob is there is known at the call, before the first piece is taken.

        Args:
            end: None, and beyond the blob's end, for the blob's end.

        Raises:
            NotFoundError: there is no such blob.
        """
        size = self.head(key).size_bytes
        stop = size if end is None else min(end, size)
        if start >= stop:
            return iter(())
        with _reading(key):
            found = obstore.get(self._store, key, options={"range": (start, stop)})
        return (bytes(piece) for piece in found.stream(min_chunk_size=_CHUNK_BYTES))

    def read_bytes(self, key: str) -> bytes:
        """All bytes at once; for small blobs.

        Raises:
            NotFoundError: there is no such blob.
        """
        return b"".join(self.read(key))

    def fetch(self, key: str, path: Path) -> None:
        """Copies a blob to a file, which appears once it is whole.

        Raises:
            NotFoundError: there is no such blob.
        """
        unfinished = path.with_name(path.name + ".part")
        with unfinished.open("wb") as file:
            for piece in self.read(key):
                file.write(piece)
        unfinished.replace(path)

    def keys(self, prefix: str) -> list[str]:
        """All keys below a prefix, sorted. A prefix ends at a slash: ``a/b`` does not hold ``a/bc``."""
        return sorted(found.key for part in self.listed(prefix) for found in part)

    def listed(self, prefix: str) -> Iterator[list[BlobInfo]]:
        """All blobs below a prefix, some hundreds at a time; what changes meanwhile may be in it or not."""
        for part in obstore.list(self._store, _checked(prefix), chunk_size=_LISTED_AT_ONCE):
            yield [BlobInfo(one["path"], one["size"], one["last_modified"], one["e_tag"]) for one in part]

    def delete(self, key: str) -> None:
        """Deletes a blob; nothing happens when there is none."""
        try:
            obstore.delete(self._store, _checked(key))
        except FileNotFoundError:
            return

    def delete_prefix(self, prefix: str) -> int:
        """Deletes all blobs below a prefix; how many there were."""
        keys = self.keys(prefix)
        for key in keys:
            self.delete(key)
        return len(keys)

    def local_path(self, key: str) -> Path | None:
        """Where the blob lies on this machine, there or not; None when the store is a bucket."""
        checked = _checked(key)
        return None if self._folder is None else self._folder / checked


def _local_folder(url: str) -> Path | None:
    parts = urlsplit(url)
    if parts.scheme in _BUCKETS and parts.netloc:
        return None
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    if parts.scheme or not url:
        raise UsageError(
            f"expected a directory or a bucket such as s3://bucket/prefix, found {url!r}; correct blobs_url"
        )
    return Path(url).absolute()


def _open_store(url: str, folder: Path | None) -> ObjectStore:
    try:
        if folder is None:
            return from_url(url)
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder, automatic_cleanup=True)
    except OSError as error:
        raise OutputError(
            f"expected a directory for blobs that can be made, found {folder}: {error.strerror}; "
            f"correct blobs_url or data_dir"
        ) from error
    except BaseError as error:
        raise UsageError(f"expected a bucket that can be opened, found {url!r}: {error}") from error


def _checked(key: str) -> str:
    """Keys are made by this program; a part of one that came from outside must not lead elsewhere."""
    if not key or "\\" in key or str(PurePosixPath(key)) != key.rstrip("/") or ".." in key.split("/"):
        raise ValueError(f"expected a key such as assets/ast_x/name, found {key!r}")
    if key.startswith("/"):
        raise ValueError(f"expected a key that does not begin with a slash, found {key!r}")
    return key


@contextmanager
def _writing(key: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        if is_for_lack_of_room(error) or _NO_ROOM in str(error):
            raise NoRoomError(
                "expected room for a file, the server's disk is full; try again later"
            ) from error
        reason = str(error).partition("\n")[0]  # below it the library shows how it is made inside
        raise OutputError(
            f"expected to write {key}, could not: {reason}; look for free space and rights"
        ) from error


@contextmanager
def _reading(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError(f"expected a file at {key}, found none; it may have been deleted") from error
