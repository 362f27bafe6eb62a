"""Forgets what is kept no longer: generations that ended long ago, events, idempotency keys."""

from datetime import timedelta

from lipwright.app.services import Services
from lipwright.store.events import Events
from lipwright.store.generations import Generations
from lipwright.store.idempotency import IdempotencyKeys
from lipwright.store.ids import utc_now


def forget_expired(services: Services) -> int:
    """Deletes some of what has expired, with its files; how many generations."""
    settings, now = services.settings, utc_now()
    oldest = now - timedelta(days=settings.retention_days)
    with services.database.read() as connection:
        expired = Generations(connection).expired(oldest)
    for generation in expired:
        # Files first: a row without files is deleted at the next look, files without a row never.
        for key in (generation.output_key, generation.report_key):
            if key is not None:
                services.blobs.delete(key)
        with services.database.begin() as connection:
            Generations(connection).delete(generation.account_id, generation.id)
    with services.database.begin() as connection:
        Events(connection).delete_before(oldest)
        IdempotencyKeys(connection).delete_before(now - timedelta(hours=settings.idempotency_hours))
    return len(expired)
