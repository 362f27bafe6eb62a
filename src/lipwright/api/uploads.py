"""A file in a multipart body, written to disk as it arrives."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import anyio
import anyio.to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from lipwright.app.assets import Arrived
from lipwright.app.filenames import safe_filename
from lipwright.errors import NoRoomError, OutputError, TooLargeError, UsageError, is_for_lack_of_room
from lipwright.store.ids import random_characters

FILE_FIELD = "file"
_FLUSH_BYTES = 1024 * 1024
_STALL_SECONDS = 60.0
"""Without a byte; an upload that rests takes one of its account's places."""
_MAX_OVERHEAD = 64 * 1024
"""Bytes of a body that are not the file: boundaries, headers, other fields."""
_MAX_PARTS = 1000
"""Each costs far more than its bytes, on the thread that serves everybody."""


@dataclass
class Upload:
    """A file that arrived; removed when the ``with`` block ends."""

    path: Path
    filename: str = ""
    size_bytes: int = 0
    sha256: str = ""
    """Hexadecimal."""

    def arrived(self) -> Arrived:
        """As the use case takes it."""
        return Arrived(self.path, self.filename, self.size_bytes, self.sha256)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.path.unlink(missing_ok=True)


@dataclass
class _Part:
    """The part of the body that is being read."""

    headers: dict[str, str] = field(default_factory=dict)
    header_name: bytes = b""
    header_value: bytes = b""
    is_file: bool = False


class _Reader:
    """Takes the body apart; only the bytes of the file are kept."""

    def __init__(self, boundary: bytes) -> None:
        self.filename, self.n_parts, self.n_files, self.is_complete = "", 0, 0, False
        self.fresh = bytearray()
        """Bytes of the file that arrived since they were last taken."""
        self._part = _Part()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._name,
                "on_header_value": self._value,
                "on_header_end": self._header,
                "on_headers_finished": self._headers,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )

    def write(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise UsageError(f"body: not valid multipart/form-data ({error})") from error

    def _begin(self) -> None:
        self.n_parts += 1
        if self.n_parts > _MAX_PARTS:
            raise UsageError(f"body: expected at most {_MAX_PARTS} parts, found more; send only the file")
        self._part = _Part()

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._part.header_name += data[start:end]

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._part.header_value += data[start:end]

    def _header(self) -> None:
        part = self._part
        part.headers[part.header_name.decode("latin-1").lower()] = part.header_value.decode("latin-1")
        part.header_name = part.header_value = b""

    def _headers(self) -> None:
        _, options = parse_options_header(self._part.headers.get("content-disposition", ""))
        self._part.is_file = options.get(b"name") == FILE_FIELD.encode()
        if self._part.is_file:
            self.n_files += 1
            self.filename = options.get(b"filename", b"").decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self.fresh += data[start:end]

    def _end(self) -> None:
        self.is_complete = True


async def receive_upload(
    content_type: str, body: AsyncIterator[bytes], folder: Path, max_bytes: int
) -> Upload:
    """Writes the ``file`` part of a multipart body to a new file in ``folder``.

    Args:
        content_type: header of the request, with the boundary.
        body: as it arrives.
        folder: made if it is not there.
        max_bytes: of the file.

    Raises:
        UsageError: not multipart, cut off, come to a rest, or not exactly one file in it.
        TooLargeError: the file is larger than allowed; nothing is left on disk.
        NoRoomError: the disk takes no more.
        OutputError: it cannot be written for another reason.
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:
        raise UsageError("expected multipart/form-data with a boundary in Content-Type, found none")
    reader = _Reader(boundary)
    await anyio.to_thread.run_sync(lambda: folder.mkdir(parents=True, exist_ok=True))
    upload = Upload(folder / f"{random_characters(24)}.part")
    digest = hashlib.sha256()
    with ExitStack() as undone:
        undone.callback(upload.path.unlink, missing_ok=True)
        try:
            with upload.path.open("xb") as file:
                await _copy(reader, body, _Sink(file, digest.update), max_bytes)
                upload.size_bytes = file.tell()
        except OSError as error:
            kind = NoRoomError if is_for_lack_of_room(error) else OutputError
            raise kind(f"file: the server cannot store it: {error.strerror}; try again later") from error
        _check(reader, upload.size_bytes)
        undone.pop_all()
    upload.filename, upload.sha256 = safe_filename(reader.filename, "upload"), digest.hexdigest()
    return upload


@dataclass
class _Sink:
    file: BinaryIO
    update: Callable[[bytes], None]

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.update(data)


async def _steady(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces of a body, as long as they keep coming."""
    while True:
        try:
            with anyio.fail_after(_STALL_SECONDS):
                data = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise UsageError(
                f"file: expected bytes to keep coming, found none for {_STALL_SECONDS:g} s; send it again"
            ) from error
        yield data


async def _copy(reader: _Reader, body: AsyncIterator[bytes], sink: _Sink, max_bytes: int) -> None:
    n_received = n_file = 0
    async for data in _steady(body):
        n_received += len(data)
        before = len(reader.fresh)
        reader.write(data)
        n_file += len(reader.fresh) - before
        if n_file > max_bytes or n_received > max_bytes + _MAX_OVERHEAD:
            raise TooLargeError(f"file: expected at most {max_bytes} bytes, found more; upload a smaller one")
        if len(reader.fresh) >= _FLUSH_BYTES:
            await _flush(reader, sink)
    await _flush(reader, sink)


async def _flush(reader: _Reader, sink: _Sink) -> None:
    data, reader.fresh = bytes(reader.fresh), bytearray()
    await anyio.to_thread.run_sync(sink.write, data)


def _check(reader: _Reader, size_bytes: int) -> None:
    if not reader.is_complete:
        raise UsageError("file: expected a whole multipart body, found one that was cut off; send it again")
    if reader.n_files != 1:
        raise UsageError(f"file: expected exactly one part of this name, found {reader.n_files}")
    if size_bytes == 0:
        raise UsageError("file: expected a video or sound file, found an empty one; choose another")
