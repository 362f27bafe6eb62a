"""Whether there is room on the disk for what is asked for."""

import shutil
from pathlib import Path

from lipwright.app.settings import Settings
from lipwright.errors import NoRoomError

_PLENTY = 8
"""Times ``min_free_bytes``: 2 GiB unless it is set otherwise."""


def need_room(settings: Settings) -> None:
    """Raises NoRoomError before the disk is so full that the database could not be written any more."""
    reason = lack_of_room(settings)
    if reason is not None:
        raise NoRoomError(f"{reason}; try again later")


def has_plenty(settings: Settings) -> bool:
    """Whether there is room for what only saves work, and has to go before jobs are refused."""
    return shutil.disk_usage(_nearest(settings.data_dir)).free >= _PLENTY * settings.min_free_bytes


def lack_of_room(settings: Settings) -> str | None:
    """What is missing; None when there is room. Says no path: clients read it."""
    free = shutil.disk_usage(_nearest(settings.data_dir)).free
    if free >= settings.min_free_bytes:
        return None
    return f"expected {settings.min_free_bytes >> 20} MiB of free space on the server, found {free >> 20} MiB"


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
