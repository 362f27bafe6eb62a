"""Accounts."""

from sqlalchemy import select, update

from lipwright.errors import NotFoundError
from lipwright.store import tables
from lipwright.store.ids import new_id
from lipwright.store.records import Account
from lipwright.store.repository import Repository
from lipwright.store.rows import fetch, fetch_one, select_records

_TABLE = tables.accounts


class Accounts(Repository):
    """Who may use this server."""

    def create(self, name: str, plan: str = "default") -> Account:
        """A new account."""
        account = Account(new_id("acc"), name, plan, self._now())
        self._connection.execute(_TABLE.insert().values(vars(account)))
        return account

    def get(self, account_id: str) -> Account:
        """The account.

        Raises:
            NotFoundError: there is none.
        """
        account = fetch_one(
            self._connection, Account, select_records(Account, _TABLE).where(_TABLE.c.id == account_id)
        )
        if account is None:
            raise NotFoundError(f"expected the id of an account, found {account_id!r}; list the accounts")
        return account

    def lock(self, account_id: str) -> None:
        """Lets no other transaction lock the account until this one ends.

        In SQLite there is only one that writes anyway.
        """
        self._connection.execute(select(_TABLE.c.id).where(_TABLE.c.id == account_id).with_for_update())

    def list(self) -> list[Account]:
        """All, oldest first."""
        query = select_records(Account, _TABLE).order_by(_TABLE.c.created_at, _TABLE.c.id)
        return fetch(self._connection, Account, query)

    def is_empty(self) -> bool:
        """Whether this is a server's first start."""
        return self._connection.execute(select(_TABLE.c.id).limit(1)).first() is None

    def set_plan(self, account_id: str, plan: str) -> None:
        """Moves an account to another plan.

        Raises:
            NotFoundError: there is no such account.
        """
        self._connection.execute(update(_TABLE).where(_TABLE.c.id == account_id).values(plan=plan))
        self.get(account_id)
