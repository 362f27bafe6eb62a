"""Brings the inputs of a generation into its folder: from its assets, or from URLs."""

import contextlib
import logging
import shutil
import time
from pathlib import Path

from lipwright.app.fetch import OnBytes, TryLaterError, fetch
from lipwright.app.services import Services
from lipwright.errors import MediaError, NotFoundError, TooLargeError, UsageError
from lipwright.jobs.ports import JobError
from lipwright.store.assets import Assets
from lipwright.store.records import VOICE_NAMES, Generation

VIDEO = "video"
_PAUSES = (1.0, 4.0)
"""Seconds before the next attempts at a URL."""

_log = logging.getLogger(__name__)


def bring(services: Services, generation: Generation, medium: str, target: Path, on_bytes: OnBytes) -> None:
    """Puts an input at the target, where it appears complete; nothing happens if it is there.

    Args:
        services: the parts of the application.
        generation: names the input.
        medium: ``video``, or the name of a voice.
        target: a file of the generation's folder.
        on_bytes: told how a download goes; raises to stop it.

    Raises:
        JobError: the input cannot be had.
    """
    if target.exists():
        return
    params, kind = generation.params, medium.partition("_")[0]
    asset_id = params.get(f"{medium}_asset_id")
    field = params.get(f"{medium}_field") or f"{medium}_{'url' if asset_id is None else 'asset_id'}"
    if asset_id is not None:
        _bring_asset(services, generation.account_id, asset_id, field, target)
        return
    try:
        _download(services, params[f"{medium}_url"], target, on_bytes)
    except TooLargeError as error:
        raise JobError(f"{field}: {error}", "file_size_exceeds_plan_limit") from error
    except (MediaError, UsageError) as error:
        raise JobError(f"{field}: {error}", f"generation_input_{kind}_inaccessible") from error


def media_of(generation: Generation) -> list[str]:
    """What a generation is made of: ``video``, and the names of its voices."""
    params = generation.params
    return [
        name
        for name in (VIDEO, *VOICE_NAMES)
        if params.get(f"{name}_url") is not None or params.get(f"{name}_asset_id") is not None
    ]


def _bring_asset(services: Services, account_id: str, asset_id: str, field: str, target: Path) -> None:
    try:
        with services.database.read() as connection:
            key = Assets(connection).get(account_id, asset_id).blob_key
        copy_blob(services, key, target)
    except (NotFoundError, FileNotFoundError) as error:
        message = f"{field}: expected an asset, {asset_id} has been deleted meanwhile; upload it again"
        raise JobError(message, "asset_not_found") from error


def copy_blob(services: Services, key: str, target: Path) -> None:
    """Puts a blob at the target: a second name for the same bytes where that can be, which then stay.

    Raises:
        NotFoundError: there is no such blob in the bucket.
        FileNotFoundError: nor in the folder.
    """
    local = services.blobs.local_path(key)
    if local is None:
        services.blobs.fetch(key, target)
        return
    try:
        with contextlib.suppress(FileExistsError):
            target.hardlink_to(local)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        scratch = target.with_name(target.name + ".part")
        shutil.copyfile(local, scratch)
        scratch.replace(target)


def _download(services: Services, url: str, target: Path, on_bytes: OnBytes) -> None:
    for pause in (*_PAUSES, None):
        try:
            fetch(url, target, services.settings.fetch, on_bytes)
        except TryLaterError as error:
            if pause is None:
                raise
            _log.info("an input cannot be had now, trying again: %s", error)
            time.sleep(pause)
        else:
            return
