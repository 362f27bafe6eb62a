"""HTML and SVG elements whose text can never become markup by accident."""

from html import escape


class Markup(str):
    """Text that is markup already; plain strings are escaped wherever they are put."""

    __slots__ = ()


Child = str | Markup | int | float

_VOID = frozenset(
    {"meta", "br", "hr", "img", "line", "path", "rect", "circle", "polyline", "stop", "use", "col"}
)
_RAW = frozenset({"style"})


def element(name: str, /, *children: Child, **attributes: str | int | float | None) -> Markup:
    """One element, well-formed as HTML and as XML.

    Args:
        children: strings are escaped, ``Markup`` is not.
        attributes: a trailing underscore is dropped and inner ones become hyphens (``class_``,
            ``stroke_width``); None leaves the attribute out.
    """
    written = "".join(
        f' {_attribute_name(key)}="{escape(_text(value), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        assert not children
        return Markup(f"<{name}{written}/>")
    inside = "".join(_text(child) if name in _RAW else _safe(child) for child in children)
    return Markup(f"<{name}{written}>{inside}</{name}>")


def join(parts: list[Markup]) -> Markup:
    """Elements one after the other."""
    return Markup("".join(parts))


def _attribute_name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _safe(child: Child) -> str:
    return str(child) if isinstance(child, Markup) else escape(_text(child), quote=False)


def _text(value: Child) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
