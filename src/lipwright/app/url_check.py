"""What can be said of a URL before its name is looked up: refused at once, not when it is used."""

import ipaddress
import socket

from lipwright.app.outbound import RefusedAddressError, is_public, parsed_url
from lipwright.app.settings import Settings

_LOOPBACK_NAME = "localhost"
"""Of this machine, with all names below it (RFC 6761, section 6.3)."""


def check_input_url(settings: Settings, url: str | None, field: str) -> None:
    """Raises UsageError, naming the field, for a URL that would not be fetched from; None is none."""
    if url is not None:
        _check(url, field, "fetch.allow_private", is_allowed=settings.fetch.allow_private)


def check_webhook_url(settings: Settings, url: str | None, field: str) -> None:
    """Raises UsageError, naming the field, for a URL that events would not be sent to; None is none."""
    if url is not None:
        _check(url, field, "webhooks.allow_private", is_allowed=settings.webhooks.allow_private)


def _check(url: str, field: str, setting: str, *, is_allowed: bool) -> None:
    try:
        host = parsed_url(url).host
    except RefusedAddressError as error:
        raise RefusedAddressError(f"{field}: {error}") from error
    if not is_allowed and not _may_be_public(host):
        raise RefusedAddressError(
            f"{field}: expected a public address, {host[:200]!r} is a private, loopback or reserved one; "
            f"give another, or have {setting} set on the server"
        )


def _may_be_public(host: str) -> bool:
    name = host.lower().rstrip(".")
    if name == _LOOPBACK_NAME or name.endswith(f".{_LOOPBACK_NAME}"):
        return False
    return all(is_public(address) for address in _literal(name))


def _literal(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The address that a host is, in any writing that the system's resolver knows; none for a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
