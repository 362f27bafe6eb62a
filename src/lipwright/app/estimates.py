"""What a request would cost, from its inputs themselves."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

from lipwright.app.assets import roomy_upload_folder
from lipwright.app.fetch import fetch
from lipwright.app.generations import MoreVoice, NewGeneration, check_assets, check_order
from lipwright.app.look import look_at
from lipwright.app.pricing import Prices
from lipwright.app.services import Services
from lipwright.errors import LipwrightError, MediaError, TooLargeError, UsageError
from lipwright.render.segment_fit import part_of_voice
from lipwright.render.timing import SyncMode
from lipwright.store.assets import Assets
from lipwright.store.ids import random_characters
from lipwright.store.records import VOICE_NAMES, Account

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
    seconds = _segmented(services, account, order) if order.segments else _whole(services, account, order)
    cost = Prices(services.settings.prices).cost(order.model, seconds)
    return OrderEstimate(ceil(seconds * BILLED_FPS), cost)


def _whole(services: Services, account: Account, order: NewGeneration) -> Fraction:
    """Of one voice for the whole video."""
    voice = _seconds(services, account, _voices(order)[0])
    mode = SyncMode(order.sync_mode)
    if mode not in {SyncMode.CUT_OFF, SyncMode.SILENCE}:  # the others make the video as long as the voice
        return voice
    video = _video_seconds(services, account, order)
    return voice if video is None else _matched(video, voice, mode)


def _segmented(services: Services, account: Account, order: NewGeneration) -> Fraction:
    """The video's own length, and what the segments with a sync mode add to it or take away.

    A still is shown until the last of them ends.
    """
    total = _video_seconds(services, account, order)
    if total is None:
        return max(segment.span[1] for segment in order.segments)
    lengths: dict[str, Fraction] = {}
    voices = dict(zip(VOICE_NAMES, _voices(order), strict=False))
    for segment in order.segments:
        if segment.sync_mode is None:
            continue
        name = str(segment.audio)
        if name not in lengths:
            lengths[name] = _seconds(services, account, voices[name])
        (start, end), (first, last) = segment.span, part_of_voice(segment, lengths[name])
        total += _matched(end - start, last - first, SyncMode(segment.sync_mode)) - (end - start)
    return max(total, Fraction(0))


def _matched(video: Fraction, voice: Fraction, mode: SyncMode) -> Fraction:
    if mode is SyncMode.CUT_OFF:
        return min(video, voice)
    return max(video, voice) if mode is SyncMode.SILENCE else voice


def _video_seconds(services: Services, account: Account, order: NewGeneration) -> Fraction | None:
    """The length of the video; None for a still picture, which has none."""
    found = _look(services, account, MoreVoice(order.video_url, order.video_asset_id, "video_url"))
    return None if found.is_still else found.duration


def _voices(order: NewGeneration) -> list[MoreVoice]:
    first = MoreVoice(order.audio_url, order.audio_asset_id, order.audio_field or "audio_url")
    return [first, *order.more_voices]


def _seconds(services: Services, account: Account, media: MoreVoice) -> Fraction:
    return _look(services, account, media).duration


@dataclass(frozen=True)
class _Length:
    """What is known of an input."""

    duration: Fraction
    """Seconds."""
    is_still: bool


def _look(services: Services, account: Account, media: MoreVoice) -> _Length:
    if media.asset_id is not None:
        with services.database.read() as connection:
            asset = Assets(connection).get(account.id, media.asset_id)
        return _Length(Fraction(str(asset.duration_seconds or 0)), asset.is_still)
    assert media.url is not None
    try:
        return _measured(services, account, media.url)
    except (MediaError, TooLargeError, UsageError) as error:
        raise _kind(error)(f"{media.field}: {error}") from error


def _kind(error: LipwrightError) -> type[LipwrightError]:
    return next(kind for kind in (MediaError, TooLargeError, UsageError) if isinstance(error, kind))


def _measured(services: Services, account: Account, url: str) -> _Length:
    folder = roomy_upload_folder(services)
    folder.mkdir(parents=True, exist_ok=True)
    path: Path = folder / f"{random_characters(24)}.fetched"
    limits = services.settings.fetch
    most = min(limits.max_bytes, services.settings.plan(account.plan).max_upload_bytes)
    try:
        fetch(url, path, limits.model_copy(update={"max_bytes": most}))
        found = look_at(path)
        return _Length(found.duration, found.is_still)
    finally:
        path.unlink(missing_ok=True)
