from datetime import timedelta

import pytest
from sqlalchemy import Connection

from lipwright.errors import NotFoundError
from lipwright.store.assets import Assets
from lipwright.store.records import Account
from tests.unit.store.made import START, asset


def test_an_asset_comes_back_as_it_went_in(connection: Connection, ours: Account) -> None:
    assets = Assets(connection)
    new = asset(ours.id, filename="Größe 日本.mov", duration_seconds=1.25)
    assert assets.add(new) == new
    assert assets.get(ours.id, new.id) == new


def test_the_same_content_is_kept_once(connection: Connection, ours: Account, others: Account) -> None:
    """In one account; another's is its own."""
    assets = Assets(connection)
    first = assets.add(asset(ours.id, sha256="a" * 64))
    assert assets.add(asset(ours.id, sha256="a" * 64, filename="copy.mp4")) == first
    theirs = asset(others.id, sha256="a" * 64)
    assert assets.add(theirs) == theirs
    assert assets.page(ours.id, limit=10) == ([first], 1)
    assert assets.find_content(ours.id, "a" * 64) == first
    assert assets.find_content(ours.id, "b" * 64) is None


def test_pages_can_be_of_one_type(connection: Connection, ours: Account) -> None:
    """Newest first."""
    assets = Assets(connection)
    old, new, voice = (
        assets.add(asset(ours.id, type=type, created_at=START + timedelta(seconds=place)))
        for place, type in enumerate(("video", "video", "audio"))
    )
    assert assets.page(ours.id, limit=2) == ([voice, new], 3)
    assert assets.page(ours.id, limit=2, offset=2) == ([old], 3)
    assert assets.page(ours.id, limit=10, type="video") == ([new, old], 2)
    assert assets.page(ours.id, limit=10, type="audio") == ([voice], 1)


def test_a_deleted_asset_is_given_back_for_its_blob(connection: Connection, ours: Account) -> None:
    """Its content can then be uploaded anew."""
    assets = Assets(connection)
    new = assets.add(asset(ours.id, sha256="a" * 64))
    assert assets.delete(ours.id, new.id) == new
    with pytest.raises(NotFoundError, match=new.id):
        assets.delete(ours.id, new.id)
    again = asset(ours.id, sha256="a" * 64)
    assert assets.add(again) == again


def test_no_account_sees_or_deletes_another_ones(
    connection: Connection, ours: Account, others: Account
) -> None:
    assets = Assets(connection)
    new = assets.add(asset(ours.id))
    for verb in (assets.get, assets.delete):
        with pytest.raises(NotFoundError, match=new.id):
            verb(others.id, new.id)
    assert assets.page(others.id, limit=10) == ([], 0)
    assert assets.get(ours.id, new.id) == new
