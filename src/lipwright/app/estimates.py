"""What a request would cost, from its inputs themselves."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

from lipwright.app.assets import roomy_upload_folder
from lipwright.app.fetch import fetch
from lipwright.app.generations import NewGeneration, check_assets, check_order
from lipwright.app.look import look_at
from lipwright.app.pricing import Prices
from lipwright.app.services import Services
from lipwright.errors import LipwrightError, MediaError, TooLargeError, UsageError
from lipwright.render.timing import SyncMode
from lipwright.store.assets import Assets
from lipwright.store.ids import random_characters
from lipwright.store.records import Account

BILLED_FPS = 25
"""Frames are counted at this rate, whatever the video has."""


@dataclass(frozen=True)
class OrderEstimate:
    """What a request would come to."""

    n_frames: int
    cost: Decimal
    """US dollars."""


def estimate_order(services: Services, account: Account, order: NewGeneration) -> OrderEstimate:
    """Measures the inputs that decide the length of the output; URLs are fetched for it, and not kept.

    Raises:
        UsageError: the request makes no sense, or an input may not be used.
        MediaError: an input is no media, or cannot be had.
        TooLargeError: an input is larger than is taken.
    """
    check_order(services, order)
    with services.database.read() as connection:
        check_assets(connection, account, {"": order})
    mode = SyncMode(order.sync_mode)
    seconds = _seconds(services, account, order, "audio")
    if mode in {SyncMode.CUT_OFF, SyncMode.SILENCE}:  # the others make the video as long as the voice
        video = _seconds(services, account, order, "video")
        seconds = min(video, seconds) if mode is SyncMode.CUT_OFF else max(video, seconds)
    cost = Prices(services.settings.prices).cost(order.model, seconds)
    return OrderEstimate(ceil(seconds * BILLED_FPS), cost)


def _seconds(services: Services, account: Account, order: NewGeneration, medium: str) -> Fraction:
    asset_id, url = getattr(order, f"{medium}_asset_id"), getattr(order, f"{medium}_url")
    if asset_id is not None:
        with services.database.read() as connection:
            asset = Assets(connection).get(account.id, asset_id)
        return Fraction(str(asset.duration_seconds or 0))
    try:
        return _measured(services, account, url)
    except (MediaError, TooLargeError, UsageError) as error:
        raise _kind(error)(f"{medium}_url: {error}") from error


def _kind(error: LipwrightError) -> type[LipwrightError]:
    return next(kind for kind in (MediaError, TooLargeError, UsageError) if isinstance(error, kind))


def _measured(services: Services, account: Account, url: str) -> Fraction:
    folder = roomy_upload_folder(services)
    folder.mkdir(parents=True, exist_ok=True)
    path: Path = folder / f"{random_characters(24)}.fetched"
    limits = services.settings.fetch
    most = min(limits.max_bytes, services.settings.plan(account.plan).max_upload_bytes)
    try:
        fetch(url, path, limits.model_copy(update={"max_bytes": most}))
        return look_at(path).duration
    finally:
        path.unlink(missing_ok=True)
