"""Assets: files that an account uploads once and uses often."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection

from lipwright.app.fetch import fetch
from lipwright.app.filenames import safe_filename
from lipwright.app.look import Look, look_at
from lipwright.app.media_types import content_type
from lipwright.app.room import need_room
from lipwright.app.services import Services
from lipwright.errors import ConflictError, MediaError, TooLargeError
from lipwright.store.accounts import Accounts
from lipwright.store.asset_use import is_asset_in_use
from lipwright.store.assets import Assets
from lipwright.store.ids import new_id, random_characters, utc_now
from lipwright.store.records import Account, Asset, AssetType


@dataclass(frozen=True)
class Arrived:
    """A file that came in, and lies on disk until it is kept."""

    path: Path
    filename: str
    """As its sender calls it."""
    size_bytes: int
    sha256: str
    """Hexadecimal."""


def upload_folder(services: Services) -> Path:
    """Where files lie while they arrive."""
    return services.settings.data_dir / "uploads"


def roomy_upload_folder(services: Services) -> Path:
    """Where a file may be put that arrives now.

    Raises:
        NoRoomError: the disk is full.
    """
    need_room(services.settings)
    return upload_folder(services)


def keep_asset(services: Services, account: Account, arrived: Arrived) -> tuple[Asset, bool]:
    """The asset of a file, and whether it is new: an account has each content once.

    Raises:
        MediaError: it holds neither picture nor sound that can be read.
        TooLargeError: the account's assets would be more than its plan has room for.
    """
    with services.database.read() as connection:
        known = Assets(connection).find_content(account.id, arrived.sha256)
    if known is not None:
        return known, False
    with services.database.read() as connection:  # before the bytes are copied; it counts below
        _check_space(connection, services, account, arrived.size_bytes)
    made = _asset(account, arrived, _look_at(arrived.path))
    services.blobs.put_file(made.blob_key, arrived.path)
    is_new = False
    try:
        kept = _add(services, account, made)
        is_new = kept.id == made.id
    finally:
        if not is_new:  # the same content came in twice at once, or something else took the space
            services.blobs.delete(made.blob_key)
    return kept, is_new


def fetch_asset(services: Services, account: Account, url: str, filename: str | None) -> tuple[Asset, bool]:
    """The asset of the file at a URL, and whether it is new.

    Args:
        services: the parts of the application.
        account: whose it will be.
        url: where the file is fetched from, once.
        filename: None for the last part of the URL.

    Raises:
        UsageError: the URL may not be fetched.
        MediaError: there is no file, or not one with picture or sound.
        TooLargeError: it is larger than the plan allows.
    """
    settings = services.settings
    most = min(settings.fetch.max_bytes, settings.plan(account.plan).max_upload_bytes)
    folder = roomy_upload_folder(services)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{random_characters(24)}.fetched"
    try:
        fetch(url, path, settings.fetch.model_copy(update={"max_bytes": most}))
        name = safe_filename(filename or unquote(urlsplit(url).path), "download")
        arrived = Arrived(path, name, path.stat().st_size, _sha256(path))
        return keep_asset(services, account, arrived)
    finally:
        path.unlink(missing_ok=True)


def get_asset(services: Services, account: Account, asset_id: str) -> Asset:
    """An asset of the account, or NotFoundError."""
    with services.database.read() as connection:
        return Assets(connection).get(account.id, asset_id)


def list_assets(
    services: Services, account: Account, *, limit: int, offset: int, asset_type: AssetType | None
) -> tuple[list[Asset], int]:
    """A page of the account's assets, newest first, and how many there are in all."""
    with services.database.read() as connection:
        return Assets(connection).page(account.id, limit=limit, offset=offset, type=asset_type)


def delete_asset(services: Services, account: Account, asset_id: str) -> None:
    """Forgets an asset with its file.

    Raises:
        NotFoundError: the account has no such asset.
        ConflictError: a generation that has not ended needs it.
    """
    with services.database.begin() as connection:
        gone = Assets(connection).delete(account.id, asset_id)
        if is_asset_in_use(connection, account.id, asset_id):
            raise ConflictError(
                f"expected an asset that nothing needs, a generation that is pending or processing uses "
                f"{asset_id}; wait for it or cancel it"
            )
    services.blobs.delete(gone.blob_key)


def _add(services: Services, account: Account, made: Asset) -> Asset:
    """Keeps the row of an asset; two that come in at once cannot both take the last space."""
    with services.database.begin() as connection:
        Accounts(connection).lock(account.id)
        kept = Assets(connection).add(made)
        if kept.id == made.id:
            _check_space(connection, services, account, 0)
        return kept


def _check_space(connection: Connection, services: Services, account: Account, more_bytes: int) -> None:
    most = services.settings.plan(account.plan).max_storage_bytes
    found = Assets(connection).total_bytes(account.id) + more_bytes
    if found > most:
        raise TooLargeError(
            f"expected at most {most} bytes in all assets of this account, found {found} with this one; "
            "delete assets that are not needed"
        )


def _look_at(path: Path) -> Look:
    found = look_at(path)
    if found.duration <= 0:
        raise MediaError("expected a video or sound of some length, found one of 0 s; send all of it")
    return found


def _asset(account: Account, arrived: Arrived, found: Look) -> Asset:
    asset_type: AssetType = "video" if found.has_video else "audio"
    asset_id = new_id("ast")
    return Asset(
        id=asset_id,
        account_id=account.id,
        type=asset_type,
        filename=arrived.filename,
        size_bytes=arrived.size_bytes,
        content_type=content_type(found.container, asset_type),
        sha256=arrived.sha256,
        blob_key=f"assets/{asset_id}",
        created_at=utc_now(),
        duration_seconds=None if found.is_still else round(float(found.duration), 6),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
