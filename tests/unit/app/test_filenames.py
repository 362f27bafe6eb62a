"""Names that senders give their files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwright.app.filenames import MAX_BYTES, safe_filename


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("voice.wav", "voice.wav"),
        ("Ünïcode 声.wav", "Ünïcode 声.wav"),
        ("a “b” 'c'.wav", "a “b” 'c'.wav"),
        ("", "upload"),
        (".", "upload"),
        ("..", "upload"),
        ("...", "upload"),
        ("a/..", "upload"),
        ("/etc/passwd", "passwd"),
        ("../../x.wav", "x.wav"),
        ("C:\\voices\\x.wav", "x.wav"),
        ("a/", "upload"),
        (".htaccess", "htaccess"),
        (" x.wav. ", "x.wav"),
        ("x\r\nSet-Cookie: a=b.wav", "xSet-Cookie: a=b.wav"),
        ("x\0.wav", "x.wav"),
        ("x\u202egpj.wav", "xgpj.wav"),  # right-to-left override: would be read as xvaw.jpg
        ("x\u2028\u200b\ufeff.wav", "x.wav"),  # line separator, zero-width space, byte order mark
        ("\ud800.wav", "wav"),  # half of a pair: no UTF-8
        ("n" * 10_000 + ".wav", "n" * 251 + ".wav"),
        ("声" * 10_000 + ".wav", "声" * 83 + ".wav"),
        ("x." + "e" * 10_000, "e" * 255),
    ],
)
def test_name_is_fit_to_be_saved(name: str, expected: str) -> None:
    assert safe_filename(name, "upload") == expected


@given(st.text(st.characters(exclude_categories=[])))
def test_any_name_becomes_one_that_leads_nowhere(name: str) -> None:
    """One part, visible, of a length that file systems take; and the same when it is cleaned again."""
    safe = safe_filename(name, "upload")
    assert safe not in {"", ".", ".."}
    assert not set(safe) & {"/", "\\"}
    assert safe.isprintable()
    assert len(safe.encode()) <= MAX_BYTES
    assert safe_filename(safe, "upload") == safe
