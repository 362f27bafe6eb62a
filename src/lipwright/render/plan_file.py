"""Objects in a file, with the arrays that they keep in files: those are read when they are needed.

The file holds the arrays, then the pickled object, then the pickle's length in 8 bytes.
"""

import io
import pickle
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from lipwright.scratch import ROWS_AT_ONCE, ScratchFile, StoredArray

_LENGTH_BYTES = 8

_Place = tuple[int, tuple[int, ...], str] | str
"""Of an array: its offset, shape and type."""
_FILE = "file"
"""Stands for every scratch file: all that was in them is in this one."""


def write_with_arrays(value: object, file: BinaryIO) -> None:
    """Writes an object and the contents of every ``StoredArray`` in it."""
    pickled = io.BytesIO()
    _Pickler(pickled, file).dump(value)
    file.write(pickled.getbuffer())
    file.write(len(pickled.getbuffer()).to_bytes(_LENGTH_BYTES, "little"))


def read_with_arrays(path: Path) -> Any:  # noqa: ANN401 (whatever was written)
    """What ``write_with_arrays`` wrote, its arrays still in the file; only for files of our own.

    Raises:
        pickle.UnpicklingError, EOFError, AttributeError, ImportError: it is not such a file, or of another
            version.
    """
    with path.open("rb") as file:
        end = file.seek(0, io.SEEK_END)
        file.seek(max(0, end - _LENGTH_BYTES))
        n_bytes = int.from_bytes(file.read(), "little")
        if n_bytes + _LENGTH_BYTES > end:
            raise EOFError(path)
        file.seek(end - _LENGTH_BYTES - n_bytes)
        pickled = io.BytesIO(file.read(n_bytes))
    return _Unpickler(pickled, ScratchFile.reading(path)).load()


class _Pickler(pickle.Pickler):
    def __init__(self, pickled: BinaryIO, arrays: BinaryIO) -> None:
        super().__init__(pickled, protocol=pickle.HIGHEST_PROTOCOL)
        self._arrays = arrays

    def persistent_id(self, value: object) -> _Place | None:
        if isinstance(value, ScratchFile):
            return _FILE
        if not isinstance(value, StoredArray):
            return None
        offset = self._arrays.tell()
        for start in range(0, value.shape[0], ROWS_AT_ONCE):
            self._arrays.write(value.read(start, start + ROWS_AT_ONCE).data)
        return offset, value.shape, value.dtype.str


class _Unpickler(pickle.Unpickler):
    def __init__(self, pickled: BinaryIO, arrays: ScratchFile) -> None:
        super().__init__(pickled)
        self._arrays = arrays

    def persistent_load(self, place: _Place) -> StoredArray | ScratchFile:
        if isinstance(place, str):
            return self._arrays
        offset, shape, dtype = place
        return StoredArray(self._arrays, offset, shape, np.dtype(dtype))
