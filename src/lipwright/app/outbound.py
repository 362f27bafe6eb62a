"""HTTP requests to addresses that users chose: never into the network that the server stands in.

A name is resolved once, every address it has is checked, and the connection goes to a checked one: a name
server that answers differently the second time (DNS rebinding) gains nothing.
"""

import contextlib
import functools
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from lipwright.errors import UsageError

_SCHEMES = ("http", "https")
_AGENT = "Lipwright"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Forms of IPv6 that carry an IPv4 address, to which a gateway would forward: judged by that address.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215


class RefusedAddressError(UsageError):
    """A URL that is not requested: of another kind than HTTP, or into a private network."""


class UnreachableError(UsageError):
    """Nobody answers at a URL; a later attempt may do better."""


class UnknownHostError(UnreachableError):
    """There is no host of that name, and there will be none in a moment."""


@dataclass(frozen=True)
class OutboundOptions:
    """What may be reached, and how long it may take."""

    allow_private: bool
    connect_seconds: float
    """For a connection, and between two pieces of an answer."""
    total_seconds: float
    """From the first to the last byte, whatever dribbles in between."""


@dataclass(frozen=True)
class Request:
    """One request; redirects are not followed."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None


@contextmanager
def send(request: Request, options: OutboundOptions) -> Iterator[httpx.Response]:
    """The answer, its body not read yet.

    Raises:
        RefusedAddressError: the URL may not be requested.
        UnknownHostError: it names a host that there is not.
        UnreachableError: nobody answers.
    """
    url = parsed_url(request.url)
    addresses = resolve(url.host, url.port or _default_port(url), allow_private=options.allow_private)
    client = httpx.Client(
        verify=_tls(),
        timeout=options.connect_seconds,
        trust_env=False,  # a proxy would resolve the name once more
        follow_redirects=False,
    )
    with client, _Guillotine(options.total_seconds) as guillotine:
        response = _connect(client, request, url, addresses, guillotine)
        try:
            yield response
        finally:
            response.close()


def resolve(host: str, port: int, *, allow_private: bool) -> list[Address]:
    """The addresses of a host, all of them allowed.

    Raises:
        RefusedAddressError: one of them is not public.
        UnknownHostError: it has none.
        UnreachableError: nobody can say now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        is_passing = isinstance(error, OSError) and error.errno == socket.EAI_AGAIN
        kind = UnreachableError if is_passing else UnknownHostError
        raise kind(f"expected a host that can be found, {host!r} cannot; check the URL") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not allow_private and not all(is_public(address) for address in addresses):
        raise RefusedAddressError(
            f"expected a public address, {host!r} is a private, loopback or reserved one; "
            "upload the file, or allow private addresses in the server's settings"
        )
    return list(dict.fromkeys(addresses))


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, in whatever form it is written."""
    inner = _carried(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and (address in _NAT64_LOCAL or address.is_site_local):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def parsed_url(text: str) -> httpx.URL:
    """A URL that may be requested, as far as can be said without its address.

    Raises:
        RefusedAddressError: it is none of HTTP, or names a user.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise RefusedAddressError(f"expected a URL, found {text[:200]!r}") from error
    if url.scheme not in _SCHEMES or not url.host:
        raise RefusedAddressError(f"expected an http or https URL, found {text[:200]!r}")
    if url.userinfo:
        raise RefusedAddressError("expected a URL without user name and password, found one with them")
    return url


def _default_port(url: httpx.URL) -> int:
    return 443 if url.scheme == "https" else 80


class _Guillotine:
    """Cuts the connection when the time is over; httpx only limits the time between two bytes."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._fall)
        self._timer.daemon = True
        self._socket: socket.socket | None = None

    def __enter__(self) -> "_Guillotine":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by httpx what happens on the way, new connections among it."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")

    def _fall(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it has just been closed
                self._socket.shutdown(socket.SHUT_RDWR)


def _connect(
    client: httpx.Client,
    request: Request,
    url: httpx.URL,
    addresses: list[Address],
    guillotine: _Guillotine,
) -> httpx.Response:
    """The answer of the first address that takes the connection; certificates are of the host."""
    headers = {"User-Agent": _AGENT, **request.headers, "Host": url.netloc.decode("ascii")}
    failure: httpx.HTTPError | None = None
    for address in addresses:
        try:
            return client.send(
                client.build_request(
                    request.method,
                    url.copy_with(host=str(address)),
                    headers=headers,
                    content=request.content,
                    extensions={"sni_hostname": url.host, "trace": guillotine.trace},
                ),
                stream=True,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = error
        except httpx.HTTPError as error:
            failure = error
            break
    raise UnreachableError(f"{url.host!r} does not answer: {_reason(failure)}") from failure


def _reason(error: Exception | None) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it takes too long"
    text = str(error).partition("(_ssl")[0].strip()
    return text or type(error).__name__


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
