"""What a client is answered, as it stands in the OpenAPI document."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from lipwright.api.contract.requests import (
    OURS,
    EventName,
    ModelId,
    ModelModeName,
    OutputFormat,
    PromptName,
    SyncModeName,
)
from lipwright.store.records import AssetType, BatchStatus, DeliveryStatus, GenerationStatus


def _ours(description: str) -> Any:  # noqa: ANN401 (what Field gives)
    return Field(None, description=description, json_schema_extra=dict(OURS))


def _uri(description: str) -> Any:  # noqa: ANN401
    return Field(None, description=description, json_schema_extra={"format": "uri"})


class ErrorAnswer(BaseModel):
    """Every error."""

    error: str = Field(description="Error type")
    message: str = Field(description="What was expected, what was found, what to do")
    request_id: str = Field(description="Request ID, also in the x-request-id header and in the server's log")


class GenerationResponse(BaseModel):
    """A generation."""

    id: str = Field(description="Unique generation job ID")
    status: GenerationStatus = Field(description="Current job status")
    created_at: datetime = Field(description="Job creation timestamp")
    completed_at: datetime | None = Field(None, description="When it became completed or failed")
    video_url: str | None = _uri("Signed link to the output video, renewed at every GET")
    model: ModelId
    error: str | None = Field(None, description="Error message if status is failed")
    duration_seconds: float = Field(0.0, description="Length of the output; absent until it is completed")
    cost: float | None = Field(None, description="Actual cost in USD")
    error_code: str | None = _ours("The error in a word for programs")
    stage: str | None = _ours("What is being done while the status is processing")
    progress: float | None = _ours("How far it is, 0 to 1")
    queue_position: int | None = _ours("How many are before it while it is pending")
    batch_id: str | None = _ours("The batch it belongs to")
    output_format: OutputFormat | None = _ours("As requested")
    sync_mode: SyncModeName | None = _ours("As requested")
    seed: int | None = _ours("As requested")
    model_mode: ModelModeName | None = _ours("As requested")
    prompt: PromptName | None = _ours("As requested")


class GenerationList(BaseModel):
    """A page of generations, newest first."""

    generations: list[GenerationResponse]
    total: int
    has_more: bool


class BatchResponse(BaseModel):
    """A batch."""

    id: str = Field(description="Unique batch ID")
    status: BatchStatus
    created_at: datetime
    completed_at: datetime | None = None
    total: int = Field(description="Total number of generations in the batch")
    completed: int = Field(description="Number of completed generations")
    failed: int = Field(description="Number of failed generations")
    generations: list[GenerationResponse] = Field(
        default_factory=list, description="In the order of the request; left out in lists"
    )


class BatchList(BaseModel):
    """A page of batches, newest first."""

    batches: list[BatchResponse]
    total: int = Field(description="On all pages", json_schema_extra=dict(OURS))
    has_more: bool = Field(description="Whether there is another page", json_schema_extra=dict(OURS))


class Asset(BaseModel):
    """An uploaded file."""

    id: str = Field(description="Unique asset ID")
    type: AssetType = Field(description="Decided by the content, not by the name")
    filename: str = Field(description="Original filename")
    size_bytes: int = Field(description="File size in bytes")
    duration_seconds: float = Field(0.0, description="Media duration in seconds")
    created_at: datetime
    url: str = Field(description="Signed download link", json_schema_extra={"format": "uri"})


class AssetList(BaseModel):
    """A page of assets, newest first."""

    assets: list[Asset]
    total: int
    has_more: bool = Field(description="Whether there is another page", json_schema_extra=dict(OURS))


class Model(BaseModel):
    """A model whose engine runs here."""

    id: ModelId
    name: str = Field(description="Human-readable model name")
    description: str = Field(description="Model capabilities and use cases")
    max_resolution: str = Field(description="Maximum face resolution supported")
    max_duration_seconds: int = Field(description="Maximum video duration in seconds")
    cost_per_second: float = Field(description="Cost per second of generated video in USD")
    supports_batch: bool = Field(description="Whether the model supports batch processing")


class ModelList(BaseModel):
    """All models, cheapest first."""

    models: list[Model]


class CostEstimate(BaseModel):
    """What a generation of that length would cost."""

    estimated_cost: float = Field(description="Estimated cost in USD")
    model: str
    duration_seconds: float
    cost_per_second: float


class Deleted(BaseModel):
    """What is gone."""

    id: str
    deleted: Literal[True] = True


class WebhookEndpoint(BaseModel):
    """Where events are posted."""

    id: str
    url: str
    events: list[EventName] = Field(description="Types that are sent; empty for all")
    is_enabled: bool
    created_at: datetime
    previous_secret_expires_at: datetime | None = Field(
        None, description="Until then deliveries are signed with the old secret as well"
    )


class WebhookEndpointWithSecret(WebhookEndpoint):
    """An endpoint with its secret, shown this once."""

    secret: str = Field(description="whsec_ and base64, as Standard Webhooks libraries take it")


class RequestSecret(BaseModel):
    """What signs deliveries to a request's own webhook_url; the same for all requests of the account."""

    secret: str = Field(description="whsec_ and base64, as Standard Webhooks libraries take it")


class WebhookList(BaseModel):
    """All endpoints, newest first."""

    webhooks: list[WebhookEndpoint]
    total: int


class DeliveryAnswer(BaseModel):
    """One event on its way to one address."""

    id: str
    webhook_id: str | None = Field(None, description="None for a request's own webhook_url")
    url: str
    event_id: str
    status: DeliveryStatus
    attempts: int
    response_code: int | None = None
    error: str | None = None
    created_at: datetime
    next_attempt_at: datetime | None = None
    finished_at: datetime | None = None


class DeliveryList(BaseModel):
    """A page of deliveries, newest first."""

    deliveries: list[DeliveryAnswer]
    total: int
    has_more: bool
