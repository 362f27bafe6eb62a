"""Signed links."""

import pytest

from lipwright.app.links import Links
from lipwright.errors import NotFoundError
from tests.unit.store import made


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def test_link_says_what_it_is_for() -> None:
    links = Links("secret", "https://lips.example/", 60, Watch())
    asset = made.asset("acc_1")
    link = links.asset(asset)
    assert link.startswith("https://lips.example/v2/files/")
    ticket = links.open(token_of(link))
    assert (ticket.kind, ticket.account_id, ticket.id) == ("asset", "acc_1", asset.id)
    assert ticket.expires_at == 1060


def test_there_is_no_link_before_there_is_a_result() -> None:
    links = Links("secret", "https://lips.example", 60)
    assert links.output(made.generation("acc_1")) is None
    assert links.output(made.generation("acc_1", output_key="x")) is not None


def test_link_works_until_it_expires() -> None:
    watch = Watch()
    links = Links("secret", "https://lips.example", 60, watch)
    token = token_of(links.asset(made.asset("acc_1")))
    watch.now += 60
    links.open(token)
    watch.now += 1
    with pytest.raises(NotFoundError, match="expired"):
        links.open(token)


def test_only_the_same_secret_opens_a_link() -> None:
    token = token_of(Links("secret", "https://lips.example", 60).asset(made.asset("acc_1")))
    Links("secret", "http://elsewhere", 60).open(token)
    with pytest.raises(NotFoundError):
        Links("another", "https://lips.example", 60).open(token)


def test_same_links_can_name_another_address() -> None:
    links = Links("secret", "https://lips.example", 60)
    other = links.at("http://10.0.0.5:8000/")
    link = other.asset(made.asset("acc_1"))
    assert link.startswith("http://10.0.0.5:8000/v2/files/")
    links.open(token_of(link))
    assert links.asset(made.asset("acc_1")).startswith("https://lips.example/")
