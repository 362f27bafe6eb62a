"""Generations: asked for, listed, cancelled, deleted."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.app.announcements import Announcer
from lipwright.app.catalogue import need_model
from lipwright.app.pricing import Prices
from lipwright.app.room import need_room
from lipwright.app.services import Services
from lipwright.app.url_check import check_input_url, check_webhook_url
from lipwright.errors import ConflictError, NotFoundError, SegmentError, UsageError
from lipwright.render.segment import Segment, check_segments
from lipwright.store.assets import Assets
from lipwright.store.batches import Batches
from lipwright.store.generations import Generations
from lipwright.store.idempotency import IdempotencyKeys
from lipwright.store.ids import new_id, utc_now
from lipwright.store.records import VOICE_NAMES, Account, Asset, AssetType, Generation, GenerationStatus

CANCELLED = "cancelled"
"""The error code of a generation that nobody wanted any more."""

_RARE = (
    "face_choice",
    "output_name",
    "request_id",
    "dialect",
    "audio_field",
    "audio_ref",
    "measure_report",
)


@dataclass(frozen=True)
class MoreVoice:
    """A further voice, for segments: by URL or as an asset."""

    url: str | None
    asset_id: str | None
    field: str
    """What the client calls it, for messages."""
    ref: str | None = None
    """By which the client's segments name it."""


@dataclass(frozen=True)
class NewGeneration:
    """A request whose values are checked one by one; whether its assets exist is not."""

    model: str
    video_url: str | None
    video_asset_id: str | None
    audio_url: str | None
    audio_asset_id: str | None
    webhook_url: str | None = None
    synergize: bool = False
    """Follow the speaker within a shot too."""
    face_choice: FaceChoice | None = None
    """A face that is pointed at; not together with ``synergize``."""
    max_face_resolution: int | None = None
    output_format: str = "mp4"
    sync_mode: str = "bounce"
    seed: int = 0
    idle_motion: bool = True
    """Whether a still blinks and moves its head."""
    model_mode: str = "face"
    prompt: str | None = None
    output_name: str | None = None
    """What the result is called when it is saved, without its extension."""
    request_id: str | None = None
    """What the client calls it within its batch."""
    dialect: str | None = None
    """In whose words its own webhook is told; None for the contract's."""
    more_voices: tuple[MoreVoice, ...] = ()
    """Besides ``audio``; the first is called ``audio_1``, see ``store.records.VOICE_NAMES``."""
    audio_field: str | None = None
    """What the client calls ``audio``, if it is not that."""
    audio_ref: str | None = None
    """By which the client's segments name ``audio``."""
    segments: tuple[Segment, ...] = ()
    """Stretches with voices of their own; their ``audio`` is the name of one. None: one voice for all."""
    measure_report: bool | None = None
    """Whether the result is measured for its report; None as the server's settings say."""

    def params(self) -> dict[str, Any]:
        """What is kept of it: not the model, which has a column of its own, nor what few ask for if unset."""
        unset = (name for name in _RARE if getattr(self, name) is None)
        left_out = {"model", "more_voices", "segments", *unset}
        kept = {name: value for name, value in asdict(self).items() if name not in left_out}
        for name, voice in zip(VOICE_NAMES[1:], self.more_voices, strict=False):
            kept |= {f"{name}_{key}": value for key, value in asdict(voice).items() if value is not None}
        if self.segments:
            kept["segments"] = [segment.to_dict() for segment in self.segments]
        return kept

    def assets(self) -> tuple[tuple[str | None, AssetType, str], ...]:
        """The assets that it names, as what, and in which field."""
        named: list[tuple[str | None, AssetType, str]] = [
            (self.video_asset_id, "video", "video_asset_id"),
            (self.audio_asset_id, "audio", self.audio_field or "audio_asset_id"),
        ]
        return (*named, *((voice.asset_id, "audio", voice.field) for voice in self.more_voices))

    def fingerprint(self) -> str:
        """Equal for requests that ask for the same."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Estimate:
    """What a generation would cost, US dollars."""

    cost: Decimal
    per_second: Decimal


def create_generation(
    services: Services, account: Account, order: NewGeneration, *, idempotency_key: str | None = None
) -> Generation:
    """Accepts one job: its row, its event and its place in the queue in one transaction.

    Args:
        services: the parts of the application.
        account: who asks.
        order: what is asked for.
        idempotency_key: with it, the same order gives the same generation however often it is sent.

    Raises:
        UsageError: a model that does not run here, a URL into a private network, or an asset that is not
            there or of another type.
        NotFoundError: the idempotency key's generation was deleted.
        ConflictError: the idempotency key came with another order before.
        NoRoomError: the disk is full.
    """
    check_order(services, order)
    need_room(services.settings)
    made = new_generation(account, order)
    with services.database.begin() as connection:
        generations = Generations(connection)
        if idempotency_key is not None:
            known = IdempotencyKeys(connection).claim(
                account.id, idempotency_key, order.fingerprint(), made.id
            )
            if known is not None:
                return generations.get(account.id, known)
        check_assets(connection, account, {"": order})
        generations.add(made)
        Announcer(connection, services.queue).generation("generation.created", made)
        is_remote = made.has_remote_input
        services.queue.enqueue_generation(connection, made.id, account.id, is_remote=is_remote)
        return made


def new_generation(account: Account, order: NewGeneration) -> Generation:
    """The row of an order."""
    return Generation(new_id("gen"), account.id, order.model, order.params(), utc_now())


def check_order(services: Services, order: NewGeneration, place: str = "") -> None:
    """Raises UsageError unless the order's model runs here, its URLs may be used and its segments agree.

    Args:
        services: the parts of the application.
        order: what is asked for.
        place: stands before the names of its fields, such as ``generations[3].``.
    """
    try:
        need_model(order.model)
    except UsageError as error:
        raise UsageError(f"{place}{error}") from error
    check_input_url(services.settings, order.video_url, f"{place}video_url")
    check_input_url(services.settings, order.audio_url, f"{place}{order.audio_field or 'audio_url'}")
    for voice in order.more_voices:
        check_input_url(services.settings, voice.url, f"{place}{voice.field}")
    try:
        check_segments(order.segments)
    except SegmentError as error:
        raise SegmentError(f"{place}{error}") from error
    check_webhook_url(services.settings, order.webhook_url, f"{place}webhook_url")


def check_assets(connection: Connection, account: Account, orders: Mapping[str, NewGeneration]) -> None:
    """Raises unless the account has every asset of the orders, each of the type it is used as.

    A still picture is an asset of type video that only some models take.

    Args:
        connection: to the database.
        account: who asks.
        orders: by what stands before the names of their fields.
    """
    wanted: dict[tuple[str, AssetType, bool], tuple[str, str]] = {}
    for place, order in orders.items():
        takes_stills = need_model(order.model).takes_stills
        for asset_id, asset_type, field in order.assets():
            if asset_id is not None:
                use = (asset_id, asset_type, takes_stills)
                wanted.setdefault(use, (f"{place}{field}", order.model))
    for (asset_id, asset_type, takes_stills), (field, model) in wanted.items():
        found = _asset(connection, account, asset_id, field)
        if found.type != asset_type:
            raise UsageError(f"{field}: expected an asset of type {asset_type}, {asset_id} is {found.type}")
        if found.is_still and not takes_stills:
            raise UsageError(
                f"{field}: expected a video for {model}, {asset_id} is a still picture; choose sync-3"
            )


def get_generation(services: Services, account: Account, generation_id: str) -> Generation:
    """A generation of the account, or NotFoundError."""
    with services.database.read() as connection:
        return Generations(connection).get(account.id, generation_id)


def list_generations(
    services: Services, account: Account, *, limit: int, offset: int, status: GenerationStatus | None
) -> tuple[list[Generation], int]:
    """A page of the account's generations, newest first, and how many there are in all."""
    with services.database.read() as connection:
        return Generations(connection).page(account.id, limit=limit, offset=offset, status=status)


def newest_generations(
    services: Services,
    account: Account,
    *,
    limit: int,
    statuses: Collection[GenerationStatus] = (),
    ids: Collection[str] = (),
    after_id: str | None = None,
) -> list[Generation]:
    """The newest generations of the account.

    Args:
        services: the parts of the application.
        account: who asks.
        limit: how many at most.
        statuses: only those; empty for all.
        ids: only those; empty for all.
        after_id: only what is older than this one.

    Raises:
        NotFoundError: the account has no generation ``after_id``.
    """
    with services.database.read() as connection:
        return Generations(connection).newest(
            account.id, limit=limit, statuses=statuses, ids=ids, after_id=after_id
        )


def cancel_generation(services: Services, account: Account, generation_id: str) -> Generation:
    """Ends a generation at once; what works on it is stopped.

    Raises:
        NotFoundError: the account has no such generation.
        ConflictError: it has ended already.
    """
    with services.database.begin() as connection:
        generations = Generations(connection)
        generations.request_cancel(account.id, generation_id)
        error = "cancelled on request"
        has_changed = generations.fail(generation_id, error=error, error_code=CANCELLED)
        cancelled = generations.get(account.id, generation_id)
        if not has_changed:
            raise ConflictError(
                f"expected a generation that is pending or processing, {generation_id} is {cancelled.status}"
            )
        announcer = Announcer(connection, services.queue)
        announcer.generation("generation.cancelled", cancelled)
        announce_end_of_batch(connection, announcer, cancelled)
    services.queue.cancel([generation_id])
    return cancelled


def announce_end_of_batch(connection: Connection, announcer: Announcer, ended: Generation) -> None:
    """Announces the batch of a generation that has just ended, if that was its last one."""
    batch = None if ended.batch_id is None else Batches(connection).find(ended.batch_id)
    if batch is not None and batch.completed_at is not None:
        announcer.batch(batch)


def delete_generation(services: Services, account: Account, generation_id: str) -> None:
    """Forgets a generation that has ended, with its files.

    Raises:
        NotFoundError: the account has no such generation.
        ConflictError: it is pending or processing.
    """
    with services.database.begin() as connection:
        gone = Generations(connection).delete(account.id, generation_id)
    for key in (gone.output_key, gone.report_key):
        if key is not None:
            services.blobs.delete(key)


def estimate_cost(services: Services, model: str, seconds: float) -> Estimate:
    """What a generation of that length would cost.

    Raises:
        UsageError: the model does not run here.
    """
    need_model(model)
    prices = Prices(services.settings.prices)
    return Estimate(prices.cost(model, seconds), prices.per_second(model))


def _asset(connection: Connection, account: Account, asset_id: str, field: str) -> Asset:
    try:
        return Assets(connection).get(account.id, asset_id)
    except NotFoundError as error:
        raise UsageError(f"{field}: {error}") from error
