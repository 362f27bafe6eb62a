"""New ids and secrets, unguessable; and the clock that the store reads."""

import secrets
import string
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

Kind = Literal["gen", "bat", "ast", "key", "acc", "whe", "whd", "evt", "req"]
Clock = Callable[[], datetime]

ID_CHARACTERS = 24
"""After the kind: 62^24, 142 bits."""

_ALPHABET = string.ascii_letters + string.digits


def random_characters(count: int) -> str:
    """Letters and digits that nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def new_id(kind: Kind) -> str:
    """An id such as ``gen_`` and 24 random characters."""
    return f"{kind}_{random_characters(ID_CHARACTERS)}"


def utc_now() -> datetime:
    """The present moment, with its time zone."""
    return datetime.now(UTC)
