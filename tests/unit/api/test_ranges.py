"""Which part of a file is wanted."""

import pytest

from lipwright.api.ranges import Span, wanted_span


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-9", Span(0, 10)),
        ("bytes=10-", Span(10, 100)),
        ("bytes=-10", Span(90, 100)),
        ("bytes=0-", Span(0, 100)),
        ("bytes=90-1000", Span(90, 100)),  # cut at the end
        ("bytes=-1000", Span(0, 100)),
        ("bytes=99-99", Span(99, 100)),
        ("bytes=100-", Span(100, 100)),  # beyond the end: 416
        ("bytes=-0", Span(100, 100)),
        ("bytes=9-0", None),  # makes no sense: ignored
        ("bytes=0-1,5-6", None),  # several: the whole file instead
        ("bytes=a-b", None),
        ("bytes=-", None),
        ("lines=0-9", None),
        ("bytes=5--1", None),
        ("bytes=", None),
        ("bytes=,", None),
        ("bytes 0-9", None),
        ("bytes=\u0661-", None),  # a digit, but not one of HTTP's
        ("BYTES=0-9", Span(0, 10)),  # units are case-insensitive
        ("bytes= 0-9 ", Span(0, 10)),
        ("bytes=,0-9,", Span(0, 10)),  # empty elements of a list do not count
        ("bytes=200-,0-9", Span(0, 10)),  # one of them is in the file
        ("bytes=200-,300-400", Span(100, 100)),
        ("bytes=0-9,x", None),
        ("bytes=0-" + "9" * 30, Span(0, 100)),  # more digits than a machine's number has
        ("bytes=0-" + "9" * 5000, Span(0, 100)),
        ("bytes=-" + "9" * 5000, Span(0, 100)),
        ("bytes=" + "9" * 30 + "-", Span(100, 100)),
        ("bytes=" + "9" * 30 + "-" + "9" * 31, Span(100, 100)),
        ("bytes=" + "9" * 31 + "-" + "9" * 30, None),
        ("bytes=" + "0" * 5000 + "1-" + "0" * 5000 + "2", Span(1, 3)),
    ],
)
def test_range_header_is_read_as_the_rfc_says(header: str | None, span: Span | None) -> None:
    assert wanted_span(header, 100) == span


def test_empty_file_has_no_part() -> None:
    assert wanted_span("bytes=0-", 0) == Span(0, 0)
