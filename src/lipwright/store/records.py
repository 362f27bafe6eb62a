"""What the store gives back: frozen rows, with no tie to the database they came from.

Times are timezone-aware and in UTC. Every record belongs to one account, and no repository gives an
account a record of another. Ids are a prefix that names the kind and 24 random characters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

AssetType = Literal["video", "audio"]
GenerationStatus = Literal["pending", "processing", "completed", "failed"]
BatchStatus = Literal["pending", "processing", "completed", "partially_failed", "failed"]
MeasuringStatus = Literal["pending", "done", "failed"]
DeliveryStatus = Literal["pending", "succeeded", "failed", "exhausted"]
EventType = Literal[
    "generation.created",
    "generation.processing",
    "generation.progress",
    "generation.completed",
    "generation.failed",
    "generation.cancelled",
    "batch.completed",
    "webhook.test",
]

TERMINAL: tuple[GenerationStatus, ...] = ("completed", "failed")
"""A generation in one of these never changes its status again."""

EVENT_TYPES: tuple[EventType, ...] = (
    "generation.created",
    "generation.processing",
    "generation.progress",
    "generation.completed",
    "generation.failed",
    "generation.cancelled",
    "batch.completed",
)
"""What an endpoint can subscribe to; ``webhook.test`` is only sent when it is asked for."""


MAX_VOICES = 15
VOICE_NAMES = ("audio", *(f"audio_{number}" for number in range(1, MAX_VOICES)))
"""What the voices of a generation are called in its params: ``audio_1_url`` or ``audio_1_asset_id``."""


@dataclass(frozen=True)
class Account:
    """Who owns keys, assets and generations."""

    id: str
    name: str
    plan: str
    """Name of a plan in the settings."""
    created_at: datetime


@dataclass(frozen=True)
class ApiKey:
    """What is kept of a key: its secret is shown once, when it is made, and only hashed afterwards."""

    id: str
    account_id: str
    prefix: str
    """The first characters of the secret, enough to recognise it in a list."""
    name: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Asset:
    """A file that an account uploaded."""

    id: str
    account_id: str
    type: AssetType
    filename: str
    size_bytes: int
    content_type: str
    sha256: str
    """Of the content, 64 hexadecimal digits; an account has each content once."""
    blob_key: str
    created_at: datetime
    duration_seconds: float | None = None

    @property
    def is_still(self) -> bool:
        """Whether it is a picture that does not move."""
        return self.content_type.startswith("image/")


@dataclass(frozen=True)
class Generation:
    """One lip-sync that was asked for, from its acceptance to its result."""

    id: str
    account_id: str
    model: str
    params: Mapping[str, Any]
    """The normalised request, JSON: inputs, webhook_url, synergize, output_format, sync_mode, seed…"""
    created_at: datetime
    batch_id: str | None = None
    position: int | None = None
    """0-based place in its batch."""
    status: GenerationStatus = "pending"
    stage: str | None = None
    """What is being done, while it is processing."""
    progress: float = 0.0
    """0 to 1."""
    error: str | None = None
    error_code: str | None = None
    output_key: str | None = None
    """Blob key of the result."""
    report_key: str | None = None
    """Blob key of the report."""
    duration_seconds: float | None = None
    """Length of the result."""
    cost: Decimal | None = None
    """US dollars, once it is known."""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    """When it became completed or failed."""
    cancel_requested: bool = False
    measuring: MeasuringStatus | None = None
    """Whether its result is looked at once more for its report; None when it is not."""
    measuring_error: str | None = None
    """Why that failed."""

    @property
    def is_terminal(self) -> bool:
        """Whether it will never change its status again."""
        return self.status in TERMINAL

    @property
    def has_remote_input(self) -> bool:
        """Whether one of its inputs has to be downloaded."""
        return any(self.params.get(f"{name}_url") is not None for name in ("video", *VOICE_NAMES))


@dataclass(frozen=True)
class Batch:
    """Generations that were asked for together."""

    id: str
    account_id: str
    total: int
    created_at: datetime
    webhook_url: str | None = None
    completed: int = 0
    failed: int = 0
    started_at: datetime | None = None
    """When its first generation left pending."""
    completed_at: datetime | None = None
    """When its last generation became completed or failed."""

    @property
    def status(self) -> BatchStatus:
        """Follows from the counts."""
        if self.completed + self.failed < self.total:
            return "pending" if self.started_at is None else "processing"
        if self.failed == 0:
            return "completed"
        return "partially_failed" if self.completed else "failed"


@dataclass(frozen=True)
class Event:
    """Something that happened to a generation or a batch."""

    seq: int
    """Rises with every event of the whole database, not always by one."""
    id: str
    account_id: str
    type: EventType
    data: Mapping[str, Any]
    """JSON."""
    created_at: datetime
    generation_id: str | None = None
    batch_id: str | None = None


@dataclass(frozen=True)
class WebhookEndpoint:
    """Where an account wants its events sent."""

    id: str
    account_id: str
    url: str
    secret: str = field(repr=False)
    """``whsec_`` and base64, as Standard Webhooks writes it."""
    events: tuple[EventType, ...]
    """The types that are sent; empty for all."""
    created_at: datetime
    is_enabled: bool = True
    previous_secret: str | None = field(default=None, repr=False)
    """Signs beside the secret until it expires, so that a receiver can be changed without a gap."""
    previous_secret_expires_at: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one address."""

    id: str
    url: str
    event_id: str
    created_at: datetime
    endpoint_id: str | None = None
    """None when it goes to the address that the generation or batch was sent with."""
    attempt: int = 0
    """Attempts made."""
    status: DeliveryStatus = "pending"
    response_code: int | None = None
    """HTTP status of the last attempt."""
    error: str | None = None
    """Why the last attempt failed."""
    next_attempt_at: datetime | None = None
    finished_at: datetime | None = None
