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
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_range_header_is_read_as_the_rfc_says(header: str | None, span: Span | None) -> None:
    assert wanted_span(header, 100) == span


def test_empty_file_has_no_part() -> None:
    assert wanted_span("bytes=0-", 0) == Span(0, 0)
