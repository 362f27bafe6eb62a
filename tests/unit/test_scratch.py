import os
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from lipwright.errors import OutputError
from lipwright.scratch import BLOCK_ROWS, ScratchFile, StoredRows, row_parts

VALUES = np.random.default_rng(0).normal(size=(5 * BLOCK_ROWS + 3, 7, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def rows() -> StoredRows:
    stored = StoredRows(ScratchFile(), (7, 3))
    stored.extend(VALUES)
    return stored


@pytest.mark.parametrize(
    "key",
    [
        3,
        -1,
        slice(None),
        slice(30, 70),  # across a block
        slice(150, 999),  # into rows that are not written yet
        slice(0, 0),
        slice(None, None, 40),
        VALUES[:, 0, 0] > 0,
        np.array([90, 5, 5, 162]),  # any order, twice
        (slice(None), np.array([4, 1]), slice(2)),
        (3, slice(None), 0),
        (np.array([[9], [50]]), np.array([4, 1])),
        (Ellipsis, 0),
    ],
)
def test_rows_in_a_file_are_indexed_as_an_array_is(rows: StoredRows, key: object) -> None:
    """Whatever the index, values and shape are those of the array."""
    found = rows[key]
    assert found.shape == VALUES[key].shape
    np.testing.assert_array_equal(found, VALUES[key])


def test_a_row_that_is_not_there_is_an_error(rows: StoredRows) -> None:
    with pytest.raises(IndexError):
        rows[len(VALUES)]


def test_numpy_takes_the_rows_for_an_array(rows: StoredRows) -> None:
    assert rows.shape == VALUES.shape
    np.testing.assert_array_equal(np.asarray(rows), VALUES)
    assert np.isfinite(rows).all()


def test_parts_written_one_after_the_other_are_one_array() -> None:
    """Sound comes in blocks of which the last is shorter; no block at all is an empty array."""
    parts = [np.arange(10, dtype=np.float32), np.arange(10, 13, dtype=np.float32)]
    stored = ScratchFile().append_all(parts)
    assert len(stored) == 13
    np.testing.assert_array_equal(stored[8:12], [8, 9, 10, 11])
    assert len(ScratchFile().append_all([])) == 0


@pytest.mark.parametrize(("start", "stop"), [(0, 13), (4, 9), (9, 99), (20, 30), (5, 5), (6, 2)])
def test_part_of_an_array_stays_in_the_file(start: int, stop: int) -> None:
    """What it holds is what the array would give; parts have parts."""
    values = np.arange(26, dtype=np.int64).reshape(13, 2)
    file = ScratchFile()
    file.append(values)
    part = file.append(values).part(start, stop)
    np.testing.assert_array_equal(part.read(), values[start:stop])
    np.testing.assert_array_equal(part.part(1, 3).read(), values[start:stop][1:3])


def test_threads_do_not_write_over_one_another() -> None:
    """Mouths and landmarks are stored by different threads."""
    file = ScratchFile()
    stored = [StoredRows(file, (5,), np.int64) for _ in range(2)]
    threads = [
        Thread(target=kept.extend, args=(np.arange(2000)[:, None] * [[sign] * 5],))
        for kept, sign in zip(stored, (1, -1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kept, sign in zip(stored, (1, -1)):
        np.testing.assert_array_equal(kept[:, 0], sign * np.arange(2000))


def test_scratch_files_leave_nothing_in_their_folder(tmp_path: Path) -> None:
    """They have no name: a crash leaves no debris."""
    file = ScratchFile(tmp_path)
    file.append(VALUES)
    assert list(tmp_path.iterdir()) == []


def test_no_room_is_an_output_error() -> None:
    file = ScratchFile.reading(Path("/dev/null"))  # stands for a disk on which nothing can be written
    with pytest.raises(OutputError, match="free some space"):
        file.append(VALUES)


def test_a_folder_that_takes_no_files_is_an_output_error(tmp_path: Path) -> None:
    """Gone, read-only or out of inodes: found out at the first file, and no defect."""
    with pytest.raises(OutputError, match=r"scratch files in .*gone.*another place"):
        ScratchFile(tmp_path / "gone")


def test_a_disk_that_cannot_be_read_is_an_output_error(tmp_path: Path) -> None:
    """As a network's when its server goes away; stood for by a file that a directory has replaced."""
    file = ScratchFile(tmp_path)
    stored = file.append(VALUES)
    folder = os.open(tmp_path, os.O_RDONLY)
    os.dup2(folder, file._fd)
    os.close(folder)
    with pytest.raises(OutputError, match="scratch files"):
        stored.read()


@pytest.mark.parametrize("n_rows", [0, 1, 256, 257, 1000])
def test_parts_cover_every_row_once(n_rows: int) -> None:
    covered = [row for part in row_parts(n_rows) for row in range(part.start, part.stop)]
    assert covered == list(range(n_rows))
