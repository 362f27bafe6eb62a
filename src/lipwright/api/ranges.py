"""Which part of a file a request wants (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")


@dataclass(frozen=True)
class Span:
    """Bytes ``start`` up to, not including, ``stop``."""

    start: int
    stop: int

    @property
    def n_bytes(self) -> int:
        """How many bytes that is."""
        return self.stop - self.start


def wanted_span(header: str | None, size: int) -> Span | None:
    """The span that a Range header asks for; None for the whole file.

    A header that asks for several spans, or makes no sense, is ignored, as the RFC allows. A span that lies
    outside the file is given back empty, to be answered with 416.

    Args:
        header: the Range header.
        size: of the file, bytes.
    """
    found = _ONE_RANGE.match((header or "").strip())
    if found is None:
        return None
    first, last = found.groups()
    if first:
        start = int(first)
        stop = min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
        return Span(start, stop) if start < size else Span(size, size)
    if not last:
        return None
    n_last = min(int(last), size)
    return Span(size - n_last, size)
