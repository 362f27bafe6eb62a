"""Brings a file from a URL: streamed, with limits on size, time and redirects."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

from lipwright.app.outbound import OutboundOptions, Request, UnknownHostError, UnreachableError, send
from lipwright.app.settings import FetchLimits
from lipwright.errors import MediaError, NoRoomError, TooLargeError, is_for_lack_of_room

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another one later."""

OnBytes = Callable[[int, int | None], None]
"""Told the bytes so far and in all, if that is known; may raise to stop the download."""


class TryLaterError(MediaError):
    """The file could not be brought now; a later attempt may do better."""


@dataclass(frozen=True)
class Download:
    """What arrived."""

    size_bytes: int
    content_type: str | None
    """What its server calls it; the bytes may say otherwise."""


def _ignore(done: int, total: int | None) -> None:
    """Nobody listens."""


def fetch(url: str, target: Path, limits: FetchLimits, on_bytes: OnBytes = _ignore) -> Download:
    """Downloads a file, which appears at the target complete or not at all.

    Raises:
        UsageError: the URL is none, or leads into a private network.
        TryLaterError: nobody answers, or asks to come back later.
        MediaError: there is no file, or no host of that name.
        TooLargeError: it is larger than the limit.
        NoRoomError: the disk is full.
    """
    scratch = target.with_name(target.name + ".part")
    deadline = time.monotonic() + limits.timeout_seconds
    try:
        with _following(url, limits, deadline) as response:
            size = _receive(response, scratch, limits, deadline, on_bytes)
            scratch.replace(target)
            return Download(size, response.headers.get("content-type"))
    except OSError as error:
        if not is_for_lack_of_room(error):
            raise
        raise NoRoomError(
            "expected room for the download, the server's disk is full; try again later"
        ) from error
    except UnknownHostError as error:
        raise MediaError(str(error)) from error
    except (UnreachableError, httpx.HTTPError) as error:
        _check_time(deadline, limits)
        raise TryLaterError(_reason(error, limits)) from error
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def _following(url: str, limits: FetchLimits, deadline: float) -> Iterator[httpx.Response]:
    """The answer at the end of all redirects; each address on the way is checked."""
    for _ in range(limits.max_redirects + 1):
        _check_time(deadline, limits)
        left = deadline - time.monotonic()
        options = OutboundOptions(limits.allow_private, limits.connect_timeout_seconds, left)
        request = Request("GET", url, {"Accept": "*/*", "Accept-Encoding": "identity"})
        with send(request, options) as response:
            if not response.has_redirect_location:
                _check_answer(response)
                yield response
                return
            url = _joined(url, response.headers["location"])
    raise MediaError(f"expected at most {limits.max_redirects} redirects, found more; give the final URL")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:  # it is read so far that a bracket without its other half is noticed
        raise MediaError(
            f"expected a redirect to a URL, found one to {location[:200]!r}; give the final URL"
        ) from error


def _reason(error: Exception, limits: FetchLimits) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"the download stalled for {limits.connect_timeout_seconds:g} s; check the server of the file"
    if isinstance(error, httpx.HTTPError):
        return "the download broke off; check the server of the file"
    return str(error)


def _check_answer(response: httpx.Response) -> None:
    status = response.status_code
    if status in _BUSY:
        raise TryLaterError(f"expected a file, the server answered {status}; try again later")
    if status != httpx.codes.OK:
        raise MediaError(
            f"expected a file, its server answered {status}; give a URL that needs no login "
            "and has not expired"
        )
    # Not asked for. Unpacking what a stranger packed could fill any disk.
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise MediaError(f"expected a file as it is, the server sent it packed ({encoding[:20]})")


def _receive(
    response: httpx.Response, scratch: Path, limits: FetchLimits, deadline: float, on_bytes: OnBytes
) -> int:
    announced = response.headers.get("content-length", "")
    total = int(announced) if announced.isdecimal() else None
    _check_size(total or 0, limits)
    done = 0
    with scratch.open("wb") as file:
        for piece in response.iter_raw():
            done += len(piece)
            _check_size(done, limits)
            _check_time(deadline, limits)
            file.write(piece)
            on_bytes(done, total)
    _check_time(deadline, limits)  # a connection that we cut can look like the end of the file
    if done == 0:
        raise MediaError("expected a file, found an empty one (0 bytes); give another address")
    return done


def _check_size(size_bytes: int, limits: FetchLimits) -> None:
    if size_bytes > limits.max_bytes:
        raise TooLargeError(
            f"expected a file of at most {limits.max_bytes} bytes, found a larger one; shorten or compress it"
        )


def _check_time(deadline: float, limits: FetchLimits) -> None:
    if time.monotonic() > deadline:
        raise MediaError(
            f"expected a download of at most {limits.timeout_seconds:g} s, it takes longer; upload the file"
        )
