import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from lipwright.errors import NotFoundError
from lipwright.store import tables
from lipwright.store.keys import Keys
from lipwright.store.records import Account
from tests.unit.store.made import START, ticking


def test_a_secret_finds_its_key_and_no_other_does(connection: Connection, ours: Account) -> None:
    """Whatever a client may send."""
    keys = Keys(connection)
    key, secret = keys.create(ours.id, "laptop")
    assert re.fullmatch(r"lw_[A-Za-z0-9]{40}", secret)
    assert keys.find(secret) == key
    for wrong in ("", "lw_", key.prefix, secret[:-1], secret + "x", secret.upper(), "\udcff", "日本", "%"):
        assert keys.find(wrong) is None


def test_a_secret_is_not_kept(connection: Connection, ours: Account) -> None:
    """Only its hash and the few characters that a list shows."""
    _key, secret = Keys(connection).create(ours.id, "laptop")
    row = connection.execute(select(tables.api_keys)).one()
    assert not any(secret[10:] in str(value) for value in row)


def test_a_revoked_key_opens_nothing(connection: Connection, ours: Account) -> None:
    """It stays in the list; when it was revoked first stands."""
    keys = Keys(connection, ticking())
    key, secret = keys.create(ours.id, "laptop")
    other, _ = keys.create(ours.id, "server")
    revoked = keys.revoke(ours.id, key.id)
    assert revoked.revoked_at is not None
    assert keys.find(secret) is None
    assert keys.revoke(ours.id, key.id) == revoked
    assert keys.list(ours.id) == [revoked, other]


def test_no_account_sees_or_revokes_another_ones(
    connection: Connection, ours: Account, others: Account
) -> None:
    keys = Keys(connection)
    key, secret = keys.create(ours.id, "laptop")
    for verb in (keys.get, keys.revoke):
        with pytest.raises(NotFoundError, match=key.id):
            verb(others.id, key.id)
    assert keys.list(others.id) == []
    assert keys.find(secret) == key


def test_use_is_noted_once_a_minute(connection: Connection, ours: Account) -> None:
    """So that not every request writes."""
    now = START
    keys = Keys(connection, lambda: now)
    key, _ = keys.create(ours.id, "laptop")
    assert keys.needs_touch(key)
    keys.touch(key.id)
    used = keys.get(ours.id, key.id)
    assert used.last_used_at == START
    assert not keys.needs_touch(used)
    now = START + timedelta(minutes=1, seconds=1)
    assert keys.needs_touch(used)
    keys.touch(key.id)
    assert keys.get(ours.id, key.id).last_used_at == now


def test_a_late_note_does_not_turn_the_clock_back(connection: Connection, ours: Account) -> None:
    key, _ = Keys(connection).create(ours.id, "laptop")
    Keys(connection, lambda: START + timedelta(seconds=5)).touch(key.id)
    Keys(connection, lambda: START).touch(key.id)
    assert Keys(connection).get(ours.id, key.id).last_used_at == START + timedelta(seconds=5)
