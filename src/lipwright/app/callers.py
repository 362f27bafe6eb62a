"""Whose key it is that a request carries."""

from contextlib import suppress

from lipwright.app.services import Services
from lipwright.errors import NoRoomError
from lipwright.store.accounts import Accounts
from lipwright.store.keys import Keys
from lipwright.store.records import Account


def find_caller(services: Services, secret: str) -> tuple[Account, str] | None:
    """The account of a key's secret and the key's id; None when there is no such key, or it was revoked.

    Notes the use of the key, at most once a minute.
    """
    with services.database.read() as connection:
        keys = Keys(connection)
        key = keys.find(secret)
        if key is None:
            return None
        account = Accounts(connection).get(key.account_id)
        is_stale = keys.needs_touch(key)
    if is_stale:
        # a full disk must not keep anybody from looking at what is there
        with suppress(NoRoomError), services.database.begin() as connection:
            Keys(connection).touch(key.id)
    return account, key.id
