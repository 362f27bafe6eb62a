"""From records to the shapes of the dialect."""

from typing import Any

from lipwright.app.links import Links
from lipwright.app.queue_view import QueueView
from lipwright.store.records import Asset, Batch, Delivery, Generation, WebhookEndpoint

Shown = dict[str, Any]


def show_generation(generation: Generation, links: Links, queue: QueueView) -> Shown:
    """A GenerationResponse; what is not known yet is null, but ``duration_seconds`` is left out."""
    shown: Shown = {
        "id": generation.id,
        "status": generation.status,
        "created_at": generation.created_at,
        "completed_at": generation.completed_at,
        "video_url": links.output(generation) if generation.status == "completed" else None,
        "model": generation.model,
        "error": generation.error,
        "cost": None if generation.cost is None else float(generation.cost),
        "error_code": generation.error_code,
        "stage": generation.stage,
        "progress": generation.progress,
        "queue_position": queue.position(generation),
        "batch_id": generation.batch_id,
        "output_format": generation.params.get("output_format"),
        "sync_mode": generation.params.get("sync_mode"),
        "seed": generation.params.get("seed"),
        "model_mode": generation.params.get("model_mode"),
        "prompt": generation.params.get("prompt"),
    }
    if generation.duration_seconds is not None:
        shown["duration_seconds"] = generation.duration_seconds
    return shown


def show_batch(batch: Batch) -> Shown:
    """A BatchResponse without its generations."""
    return {
        "id": batch.id,
        "status": batch.status,
        "created_at": batch.created_at,
        "completed_at": batch.completed_at,
        "total": batch.total,
        "completed": batch.completed,
        "failed": batch.failed,
    }


def show_asset(asset: Asset, links: Links) -> Shown:
    """An Asset."""
    shown: Shown = {
        "id": asset.id,
        "type": asset.type,
        "filename": asset.filename,
        "size_bytes": asset.size_bytes,
        "created_at": asset.created_at,
        "url": links.asset(asset),
    }
    if asset.duration_seconds is not None:
        shown["duration_seconds"] = asset.duration_seconds
    return shown


def show_endpoint(endpoint: WebhookEndpoint) -> Shown:
    """A WebhookEndpoint, without its secret."""
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "is_enabled": endpoint.is_enabled,
        "created_at": endpoint.created_at,
        "previous_secret_expires_at": endpoint.previous_secret_expires_at,
    }


def show_delivery(delivery: Delivery) -> Shown:
    """A DeliveryAnswer."""
    return {
        "id": delivery.id,
        "webhook_id": delivery.endpoint_id,
        "url": delivery.url,
        "event_id": delivery.event_id,
        "status": delivery.status,
        "attempts": delivery.attempt,
        "response_code": delivery.response_code,
        "error": delivery.error,
        "created_at": delivery.created_at,
        "next_attempt_at": delivery.next_attempt_at,
        "finished_at": delivery.finished_at,
    }
