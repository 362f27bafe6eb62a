"""Forgets what is kept no longer: generations that ended long ago, events, idempotency keys, half uploads."""

import contextlib
from datetime import timedelta

from lipwright.app.assets import upload_folder
from lipwright.app.services import Services
from lipwright.store.events import Events
from lipwright.store.generations import Generations
from lipwright.store.idempotency import IdempotencyKeys
from lipwright.store.ids import utc_now

_UPLOAD_SECONDS = 86_400
"""No upload or download rests for so long and goes on."""


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
    _remove_half_uploads(services)
    return len(expired)


def _remove_half_uploads(services: Services) -> None:
    """What a server that was killed had begun to receive; one at work writes to its file all the time."""
    for path in upload_folder(services).glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another server looks after the same folder
            if utc_now().timestamp() - path.stat().st_mtime > _UPLOAD_SECONDS:
                path.unlink()
