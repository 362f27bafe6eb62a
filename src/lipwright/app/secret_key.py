"""The key that signs links: made at the first start, and kept."""

import os
import secrets
from pathlib import Path

from lipwright.errors import OutputError

MIN_CHARACTERS = 32

_FILE = "secret_key"


def kept_secret_key(folder: Path) -> str:
    """The key in a folder; the same at every start and in every process. Made if it is not there.

    Raises:
        OutputError: it cannot be read or kept, or the file holds something else.
    """
    path = folder / _FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(
            f"expected to keep a secret key at {path}, could not: {error}; correct data_dir or set secret_key"
        ) from error
    if len(key) < MIN_CHARACTERS:
        raise OutputError(
            f"expected {MIN_CHARACTERS} characters or more in {path}, found {len(key)}; delete the file"
        )
    return key


def _make(path: Path) -> None:
    """Of two processes that start at the same time, the first one's key is kept."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(MIN_CHARACTERS))
        file.flush()
        os.fsync(descriptor)
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
