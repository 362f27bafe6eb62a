"""Batches: generations that are asked for together."""

from collections.abc import Sequence
from dataclasses import dataclass

from lipwright.app.announcements import Announcer
from lipwright.app.generations import NewGeneration, check_assets, check_order, new_generation
from lipwright.app.room import need_room
from lipwright.app.services import Services
from lipwright.app.url_check import check_webhook_url
from lipwright.errors import UsageError
from lipwright.store.batches import Batches
from lipwright.store.generations import Generations
from lipwright.store.ids import new_id, utc_now
from lipwright.store.records import Account, Batch, Generation


@dataclass(frozen=True)
class WholeBatch:
    """A batch with its generations, in the order in which they were asked for."""

    batch: Batch
    generations: list[Generation]


def create_batch(
    services: Services, account: Account, orders: Sequence[NewGeneration], webhook_url: str | None
) -> WholeBatch:
    """Accepts all jobs in one transaction, or none.

    Raises:
        UsageError: more than the plan allows; or as for one generation, naming which of them.
        NoRoomError: the disk is full.
    """
    most = services.settings.plan(account.plan).max_batch
    if len(orders) > most:
        raise UsageError(f"generations: expected at most {most} on this plan, found {len(orders)}")
    need_room(services.settings)
    by_place = {f"generations[{number}].": order for number, order in enumerate(orders)}
    for place, order in by_place.items():
        check_order(services, order, place)
    check_webhook_url(services.settings, webhook_url, "webhook_url")
    batch = Batch(new_id("bat"), account.id, len(orders), utc_now(), webhook_url)
    with services.database.begin() as connection:
        check_assets(connection, account, by_place)
        items = Batches(connection).add(batch, [new_generation(account, order) for order in orders])
        announcer = Announcer(connection, services.queue)
        for item in items:
            announcer.generation("generation.created", item)
        remote = {item.id for item in items if item.has_remote_input}
        services.queue.enqueue_generations(connection, [item.id for item in items], account.id, remote)
    return WholeBatch(batch, items)


def get_batch(services: Services, account: Account, batch_id: str) -> WholeBatch:
    """A batch of the account with its generations, or NotFoundError."""
    with services.database.read() as connection:
        batch = Batches(connection).get(account.id, batch_id)
        return WholeBatch(batch, Generations(connection).of_batch(account.id, batch_id))


def batch_results(services: Services, account_id: str, batch_id: str) -> list[Generation]:
    """The generations of a batch in their order, for whoever holds a link to them; or NotFoundError."""
    with services.database.read() as connection:
        Batches(connection).get(account_id, batch_id)
        return Generations(connection).of_batch(account_id, batch_id)


def list_batches(services: Services, account: Account, *, limit: int, offset: int) -> tuple[list[Batch], int]:
    """A page of the account's batches, newest first, and how many there are in all."""
    with services.database.read() as connection:
        return Batches(connection).page(account.id, limit=limit, offset=offset)
