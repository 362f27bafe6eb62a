"""Arrays kept in a file while a job runs, so that memory holds only what is being used.

What is known of every frame of a long video, and the mouths kept of it, would fill memory with its length.
They are read and written with plain calls, not mapped: pages of a mapping count as the process's own memory.
"""

import os
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lipwright.errors import OutputError

AnyArray = NDArray[Any]
IntArray = NDArray[np.intp]

BLOCK_ROWS = 32
"""Rows held back before they are written: little memory for each of many faces, few calls."""
ROWS_AT_ONCE = 256
"""Rows that are worked on at once where all rows are: a megabyte of landmarks."""


class ScratchFile:
    """A file without a name that grows at its end and is gone when nobody holds it, even after a crash.

    Several threads may use it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Makes it in the folder, or where the system keeps temporary files.

        Raises:
            OutputError: nothing can be made there.
        """
        self._folder = folder
        try:
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                self._fd = os.dup(file.fileno())
        except OSError as error:
            raise self._refusal(error) from error
        weakref.finalize(self, os.close, self._fd)
        self._end = 0
        self._lock = threading.Lock()

    @classmethod
    def reading(cls, path: Path) -> "ScratchFile":
        """A finished file, to read the arrays in it whose places are known."""
        made = cls.__new__(cls)
        made._folder, made._fd, made._lock = path.parent, os.open(path, os.O_RDONLY), threading.Lock()
        weakref.finalize(made, os.close, made._fd)
        made._end = path.stat().st_size
        return made

    def append(self, values: AnyArray) -> "StoredArray":
        """Writes an array at the end.

        Raises:
            OutputError: there is no room for it.
        """
        values = np.ascontiguousarray(values)
        with self._lock:
            offset, self._end = self._end, self._end + values.nbytes
        rest, place = _bytes_of(values), offset
        try:
            while rest:
                n_written = os.pwrite(self._fd, rest, place)
                rest, place = rest[n_written:], place + n_written
        except OSError as error:
            raise self._refusal(error) from error
        return StoredArray(self, offset, values.shape, values.dtype)

    def append_all(self, parts: Iterable[AnyArray]) -> "StoredArray":
        """Writes arrays that differ in length only as one; nobody else may write meanwhile."""
        stored = [self.append(values) for values in parts]
        if not stored:
            return self.append(np.zeros(0, np.float32))
        first, n_rows = stored[0], sum(map(len, stored))
        return StoredArray(self, first.offset, (n_rows, *first.shape[1:]), first.dtype)

    def fill(self, values: AnyArray, offset: int) -> None:
        """Reads into an array, C-contiguous, from a place in bytes.

        Raises:
            OutputError: the disk, or the server it is on, does not give back what was written.
        """
        rest = _bytes_of(values)
        while rest:
            try:
                n_read = os.preadv(self._fd, [rest], offset)
            except OSError as error:
                raise self._refusal(error) from error
            assert n_read > 0, "an array ends with the file"
            rest, offset = rest[n_read:], offset + n_read

    def _refusal(self, error: OSError) -> OutputError:
        where = self._folder or "the system's folder for temporary files"
        return OutputError(
            f"expected to keep scratch files in {where}: {error.strerror or error}; "
            "free some space or choose another place"
        )


@dataclass(frozen=True, eq=False, slots=True)
class StoredArray:
    """One array in a file."""

    file: ScratchFile
    offset: int
    """Bytes."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """In the file."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    @property
    def ndim(self) -> int:
        """Axes."""
        return len(self.shape)

    def __len__(self) -> int:
        """Rows."""
        return self.shape[0]

    def __getitem__(self, rows: slice) -> AnyArray:
        """Rows that follow one another."""
        return self.read(rows.start or 0, rows.stop)

    def part(self, start: int, stop: int) -> "StoredArray":
        """Rows ``start <= i < stop`` as an array of their own, still in the file."""
        start, stop, _ = slice(start, stop).indices(self.shape[0])
        row_bytes = self.nbytes // len(self) if len(self) else 0
        shape = (max(0, stop - start), *self.shape[1:])
        return StoredArray(self.file, self.offset + start * row_bytes, shape, self.dtype)

    def read(self, start: int = 0, stop: int | None = None) -> AnyArray:
        """Rows ``start <= i < stop``, all of them by default."""
        start, stop, _ = slice(start, stop).indices(self.shape[0])
        values = np.empty((max(0, stop - start), *self.shape[1:]), self.dtype)
        row_bytes = values.nbytes // len(values) if len(values) else 0
        self.file.fill(values, self.offset + start * row_bytes)
        return values


class Rows(Protocol):
    """An array with one row per frame, in memory or in a file."""

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        ...

    def __getitem__(self, key: Any, /) -> Any:  # noqa: ANN401 (as arrays are indexed)
        """What an array would give."""
        ...

    def __len__(self) -> int:
        """Rows."""
        ...


class StoredRows:
    """Rows of one shape that are added one by one and read in any order, indexed as an array is.

    Whatever the index says of the axes after the first one, whole rows are read.
    """

    def __init__(self, file: ScratchFile, row_shape: tuple[int, ...], dtype: type = np.float32) -> None:
        """No row yet."""
        self._file = file
        self._blocks: list[StoredArray] = []
        self._held: AnyArray = np.empty((0, *row_shape), dtype)
        self._n_held = 0

    def __len__(self) -> int:
        """Rows added so far."""
        return BLOCK_ROWS * len(self._blocks) + self._n_held

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return (len(self), *self._held.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of an array."""
        return self._held.dtype

    def append(self, row: AnyArray) -> None:
        """Adds a row."""
        if not len(self._held):
            self._held = np.empty((BLOCK_ROWS, *self._held.shape[1:]), self.dtype)
        self._held[self._n_held] = row
        self._n_held += 1
        if self._n_held == BLOCK_ROWS:
            self._blocks.append(self._file.append(self._held))
            self._held, self._n_held = self._held[:0].copy(), 0

    def extend(self, rows: AnyArray) -> None:
        """Adds rows."""
        for row in rows:
            self.append(row)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 (as arrays are indexed)
        """What an array gives: ``rows[3]``, ``rows[2:9]``, ``rows[is_good]``, ``rows[:, points, :2]``."""
        first, *rest = key if isinstance(key, tuple) else (key,)
        if first is Ellipsis:
            first, rest = slice(None), [Ellipsis, *rest]
        if isinstance(first, slice) and first.step in (None, 1):
            start, stop, _ = first.indices(len(self))
            return self._span(start, max(start, stop))[(slice(None), *rest)]
        if isinstance(first, (int, np.integer)):
            row = range(len(self))[first]
            return self._span(row, row + 1)[(0, *rest)]
        chosen = np.arange(len(self))[first]
        different, places = np.unique(chosen, return_inverse=True)
        return self._some(different)[(places.reshape(chosen.shape), *rest)]

    def __array__(self, dtype: Any = None) -> AnyArray:  # noqa: ANN401 (numpy's protocol)
        """All rows in memory."""
        return np.asarray(self[:], dtype)

    def _some(self, rows: IntArray) -> AnyArray:
        """Rows with rising numbers."""
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for run in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows) > 1) + 1):
            if len(run):
                found[run] = self._span(int(rows[run[0]]), int(rows[run[-1]]) + 1)
        return found

    def _span(self, start: int, stop: int) -> AnyArray:
        found = np.empty((stop - start, *self.shape[1:]), self.dtype)
        at = start
        while at < stop:
            block, row = divmod(at, BLOCK_ROWS)
            n_rows = min(stop - at, BLOCK_ROWS - row)
            is_written = block < len(self._blocks)
            found[at - start : at - start + n_rows] = (
                self._blocks[block].read(row, row + n_rows) if is_written else self._held[row : row + n_rows]
            )
            at += n_rows
        return found


def row_parts(n_rows: int) -> Iterator[slice]:
    """Ranges of rows that cover all, each small enough to be worked on at once."""
    for start in range(0, n_rows, ROWS_AT_ONCE):
        yield slice(start, min(start + ROWS_AT_ONCE, n_rows))


def _bytes_of(values: AnyArray) -> memoryview:
    """The memory of a C-contiguous array."""
    return values.data.cast("B") if values.size else memoryview(b"")
