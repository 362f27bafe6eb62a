"""The key that signs links: from the settings, or made at the first start and kept."""

import os
import secrets
from pathlib import Path

from lipwright.app.settings import Settings
from lipwright.errors import OutputError, UsageError

_FILE = "secret_key"
_BYTES = 32


def secret_key(settings: Settings) -> bytes:
    """The key of this server; the same at every start and in every process.

    Raises:
        OutputError: it has to be made and cannot be kept.
        UsageError: the file of the key holds something else.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = settings.data_dir / _FILE
    try:
        if not path.exists():
            _make(path)
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(
            f"expected to keep a secret key at {path}, could not: {error}; correct data_dir or set secret_key"
        ) from error
    if len(text) < _BYTES:
        raise UsageError(f"expected {_BYTES} characters or more in {path}, found {len(text)}; delete it")
    return text.encode()


def _make(path: Path) -> None:
    """Of two processes that start at the same time, the first one's key is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES))
        file.flush()
        os.fsync(descriptor)
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
