"""Webhooks as receivers of the vendor's expect them: its own shape, its own signature."""

import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

from lipwright.app.links import Links
from lipwright.app.native_shape import DIALECT, Shown, native_generation
from lipwright.store.records import Delivery, Generation

_LEFT_OUT = ("errorCode", "outputFileName")
"""Which the vendor's webhooks do not have."""


def is_native(delivery: Delivery, generation: Generation | None) -> bool:
    """Whether a delivery goes to the address of a request in the native dialect."""
    is_own = delivery.endpoint_id is None
    return is_own and generation is not None and generation.params.get("dialect") == DIALECT


def native_body(generation: Generation, links: Links) -> str:
    """What has become of a generation.

    The vendor's samples sign what they parsed and wrote again, in Python or JavaScript: so it is compact, and
    ASCII without escapes.
    """
    shown: Shown = native_generation(generation, links)
    kept = {name: _ascii(value) for name, value in shown.items() if name not in _LEFT_OUT}
    return json.dumps(kept, separators=(",", ":"))


def native_signature(secret: str, now: datetime, body: str) -> str:
    """The value of the header ``Sync-Signature``."""
    stamp = int(now.timestamp())
    digest = hmac.digest(secret.encode(), f"{stamp}.{body}".encode(), "sha256")
    return f"t={stamp},v1={digest.hex()}"


def _ascii(value: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    if isinstance(value, dict):
        return {name: _ascii(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_ascii(each) for each in value]
    if not isinstance(value, str) or value.isascii():
        return value
    if value.startswith(("http://", "https://")):
        return "".join(c if c.isascii() else quote(c) for c in value)
    return value.encode("ascii", "replace").decode()
