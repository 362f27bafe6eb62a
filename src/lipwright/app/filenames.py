"""Names of files as their senders call them, made fit to be shown and saved."""

import re
import unicodedata

MAX_BYTES = 255
"""Of UTF-8: what file systems take."""
_MAX_EXTENSION = 16
_MAX_READ = 4096
"""Characters of a name that are looked at; its end counts, where the extension is."""


def safe_filename(name: str, fallback: str) -> str:
    """The last part of a name without what is invisible: control characters, direction overrides.

    Args:
        name: as it was sent; may be a path of any system.
        fallback: for a name of which nothing is left, such as ``..``.
    """
    last = re.split(r"[/\\]", name[-_MAX_READ:])[-1]
    visible = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable())
    # hidden where it begins with a dot; Windows drops dots and spaces at the end
    return _shortened(visible.strip(". ")) or fallback


def _shortened(name: str) -> str:
    """At most so many bytes, its extension kept."""
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    end = f".{extension}" if dot and len(extension.encode()) <= _MAX_EXTENSION else ""
    start = (stem if end else name).encode()[: MAX_BYTES - len(end.encode())]
    return start.decode(errors="ignore") + end
