"""Whole pages: well-formed, self-contained."""

import re
from xml.etree import ElementTree

from lipwright.pages.page import page
from lipwright.pages.parts import Card, bullets, cards, facts, section, shares, table, timeline

EVIL = "<script>alert('&')</script>"


def test_page_is_well_formed_and_escapes_all_text() -> None:
    """Whatever a file is called, it stays text."""
    parts = [
        cards([Card(EVIL, EVIL, EVIL, EVIL, "good")]),
        section(EVIL, EVIL, facts([(EVIL, EVIL)]), table([EVIL, "n"], [[EVIL, 3]]), bullets([EVIL])),
        shares([(EVIL, 1.0), ("b", 3.0)]),
        timeline([(0.0, 1.0, 1.0)], 2.0),
    ]
    made = page(EVIL, EVIL, parts, footer=EVIL)
    root = ElementTree.fromstring(made.removeprefix("<!DOCTYPE html>\n"))
    assert root.findall(".//script") == []


def test_page_refers_to_nothing_outside() -> None:
    made = page("title", "subtitle", [], footer="end")
    assert re.search(r"(?:src=|href=|url\(|@import|https?:)", made) is None
    assert "prefers-color-scheme:dark" in made


def test_bars_without_length_are_drawn() -> None:
    """No time was taken, nothing was rendered: bars, not errors."""
    for made in (shares([("analyse", 0.0)]), timeline([], 0.0)):
        assert "nan" not in made
