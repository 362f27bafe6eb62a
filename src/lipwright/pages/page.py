"""A page in one file: nothing outside it is needed to read it."""

from lipwright.pages.look import STYLE
from lipwright.pages.markup import Markup, element, join

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Even if a page were tampered with, a browser would fetch and run nothing."""


def page(title: str, subtitle: str, parts: list[Markup], *, footer: str) -> str:
    """The whole document.

    Args:
        title: heading and name of the browser's tab.
        subtitle: one line below it.
        parts: sections and rows of cards, in order.
        footer: one line at the end.
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", f"{title} · Lipwright"),
        element("style", Markup(STYLE)),
    )
    header = element(
        "header",
        element("div", "Lipwright", class_="brand"),
        element("h1", title),
        element("p", subtitle),
    )
    body = element("body", element("main", header, join(parts), element("footer", footer)))
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"
