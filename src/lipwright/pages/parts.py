"""What pages are built from: sections, cards with one figure, tables and bars."""

from dataclasses import dataclass
from typing import Literal

from lipwright.pages.markup import Child, Markup, element, join

Tone = Literal["good", "fair", "poor", "plain"]

_WORDS: dict[Tone, str] = {"good": "good", "fair": "fair", "poor": "poor", "plain": ""}
_BAR_WIDTH, _BAR_HEIGHT = 1000, 26


@dataclass(frozen=True)
class Card:
    """One figure that stands for itself."""

    label: str
    value: str
    unit: str
    explanation: str
    tone: Tone = "plain"


def cards(items: list[Card]) -> Markup:
    """A grid of figures, without a gap at its end where their number allows it."""
    kind = "cards thirds" if len(items) % 3 == 0 else "cards"
    return element("div", join([_card(item) for item in items]), class_=kind)


def section(title: str, introduction: str, *children: Markup) -> Markup:
    """A titled block; an empty introduction is left out."""
    said = [element("p", introduction)] if introduction else []
    return element("section", element("h2", title), join([*said, *children]))


def facts(rows: list[tuple[str, str]]) -> Markup:
    """Names with their values, a line each."""
    lines = [element("tr", element("th", name, scope="row"), element("td", value)) for name, value in rows]
    return element("div", element("table", element("tbody", join(lines))), class_="scroll")


def table(head: list[str], rows: list[list[Child]]) -> Markup:
    """A table; numbers are set to the right, and so are the heads above them."""
    is_number = [bool(rows) and isinstance(rows[0][i], int | float) for i in range(len(head))]
    names = [element("th", name, class_=_kind(right)) for name, right in zip(head, is_number, strict=True)]
    lines = [
        element("tr", *[element("td", cell, class_=_kind(isinstance(cell, int | float))) for cell in row])
        for row in rows
    ]
    body = element("tbody", join(lines))
    return element("div", element("table", element("thead", element("tr", *names)), body), class_="scroll")


def bullets(lines: list[str]) -> Markup:
    """A list of sentences."""
    return element("ul", join([element("li", line) for line in lines]))


def shares(parts: list[tuple[str, float]]) -> Markup:
    """One bar split into parts by their size, with a legend; sizes of 0 in sum give an empty bar."""
    total = sum(size for _, size in parts)
    left, drawn, names = 0.0, [], []
    for number, (name, size) in enumerate(parts):
        share = size / total if total > 0 else 0.0
        color, opacity = f"var(--{'abc'[number % 3]})", 1.0 if number < 3 else 0.45
        width = share * _BAR_WIDTH
        box = element(
            "rect",
            x=left,
            y=0,
            width=max(width - 2, 0.0),
            height=_BAR_HEIGHT,
            fill=color,
            rx=3,
            opacity=opacity,
        )
        drawn.append(box)
        left += width
        swatch = element("i", style=f"border-color:{color};opacity:{opacity:g}")
        names.append(element("span", swatch, f"{name} {size:.2f} s ({share:.0%})"))
    legend = element("div", *names, class_="legend")
    return element("figure", legend, _bar(drawn, "Shares of the stages"))


def timeline(runs: list[tuple[float, float, float]], duration: float) -> Markup:
    """A bar over time, filled where something was done.

    Args:
        runs: first second, last second, opacity 0 to 1.
        duration: seconds from end to end.
    """
    scale = _BAR_WIDTH / duration if duration > 0 else 0.0
    drawn = [element("rect", x=0, y=0, width=_BAR_WIDTH, height=_BAR_HEIGHT, fill="var(--track)", rx=4)]
    for start, stop, opacity in runs:
        width = max((stop - start) * scale, 0.5)
        drawn.append(
            element(
                "rect",
                x=start * scale,
                y=0,
                width=width,
                height=_BAR_HEIGHT,
                fill="var(--a)",
                opacity=opacity,
            )
        )
    ends = [
        element("text", "0 s", x=0, y=_BAR_HEIGHT + 16),
        element("text", f"{duration:.1f} s", x=_BAR_WIDTH, y=_BAR_HEIGHT + 16, text_anchor="end"),
    ]
    return element("figure", _bar([*drawn, *ends], "Where frames were changed", room=20))


def _bar(drawn: list[Markup], name: str, room: int = 0) -> Markup:
    box = f"0 0 {_BAR_WIDTH} {_BAR_HEIGHT + room}"
    return element("svg", join(drawn), viewBox=box, role="img", aria_label=name)


def _kind(is_number: bool) -> str | None:
    return "number" if is_number else None


def _card(item: Card) -> Markup:
    value = element("div", item.value, element("small", item.unit), class_="value")
    word = [element("span", _WORDS[item.tone], class_="word")] if item.tone != "plain" else []
    return element(
        "div",
        element("div", item.label, class_="label"),
        value,
        join(word),
        element("p", item.explanation),
        class_=f"card {item.tone}",
    )
