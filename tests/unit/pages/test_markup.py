"""Elements that cannot be broken out of."""

from xml.etree import ElementTree

from lipwright.pages.markup import Markup, element, join


def test_text_is_escaped() -> None:
    """A file name is text, whatever it spells."""
    assert element("p", "<script>&") == "<p>&lt;script&gt;&amp;</p>"


def test_markup_is_kept() -> None:
    inner = element("b", "bold")
    assert element("p", inner, " and ", 3) == "<p><b>bold</b> and 3</p>"


def test_attributes_are_escaped_and_named_as_html_names_them() -> None:
    """A quote in a value does not end it."""
    made = element("path", class_="a", stroke_width=2.5, d='"><script>', fill=None)
    assert made == '<path class="a" stroke-width="2.5" d="&quot;&gt;&lt;script&gt;"/>'
    assert ElementTree.fromstring(made).get("d") == '"><script>'


def test_joined_elements_are_markup() -> None:
    assert isinstance(join([element("br"), element("br")]), Markup)
    assert join([]) == ""
