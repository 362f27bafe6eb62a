"""Which part of a file a request wants (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

_UNIT = "bytes="
_ONE_RANGE = re.compile(r"([0-9]*)-([0-9]*)")
_MAX_DIGITS = 18
"""All that fit into 64 bits; a longer number lies beyond any file."""
_BEYOND = 10**_MAX_DIGITS


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

    A header of another unit or that makes no sense is ignored, as the RFC demands; so is one that asks for
    several spans within the file, as it allows. If all lie outside, an empty span is given back, to be
    answered with 416.

    Args:
        header: the Range header.
        size: of the file, bytes.
    """
    text = (header or "").strip()
    if not text.lower().startswith(_UNIT):
        return None
    spans = [_span(part.strip(" \t"), size) for part in text[len(_UNIT) :].split(",") if part.strip(" \t")]
    if not spans or None in spans:
        return None
    inside = [span for span in spans if span is not None and span.n_bytes]
    if not inside:
        return Span(size, size)
    return inside[0] if len(inside) == 1 else None


def _span(text: str, size: int) -> Span | None:
    """One range within the file, empty if it is outside; None if it is no range."""
    found = _ONE_RANGE.fullmatch(text)
    if found is None or text == "-":
        return None
    first, last = found.groups()
    if not first:
        return Span(size - min(_number(last), size), size)
    if last and _is_less(last, first):
        return None
    start = min(_number(first), size)
    return Span(start, min(_number(last) + 1, size) if last else size)


def _number(digits: str) -> int:
    significant = digits.lstrip("0")
    return int(significant or "0") if len(significant) <= _MAX_DIGITS else _BEYOND


def _is_less(one: str, other: str) -> bool:
    """Of two whole numbers of any length."""
    one, other = one.lstrip("0"), other.lstrip("0")
    return (len(one), one) < (len(other), other)
