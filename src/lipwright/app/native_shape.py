"""Records in the words of the vendor's own SDKs, for answers and webhooks alike.

camelCase but for a few keys, upper-case statuses, and names of models that those clients know.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lipwright.app.links import Links
from lipwright.store.records import VOICE_NAMES, Asset, Batch, BatchStatus, Generation, GenerationStatus

DIALECT = "native"
"""What a generation's params say when it was asked for in this dialect."""

Shown = dict[str, Any]

_MODEL_NAMES = {"lipsync-1.9": "lipsync-1.9.0-beta"}
_OPTIONS = ("sync_mode", "output_format", "model_mode", "prompt")
_OUR_OPTIONS = ("measure_report",)
_STATUSES: Mapping[GenerationStatus | BatchStatus, str] = {
    "pending": "PENDING",
    "processing": "PROCESSING",
    "completed": "COMPLETED",
    "partially_failed": "COMPLETED",
    "failed": "FAILED",
}


def native_model(model: str) -> str:
    """The name of a model there."""
    return _MODEL_NAMES.get(model, model)


def native_generation(generation: Generation, links: Links) -> Shown:
    """A Generation; what is not known yet is null."""
    params = generation.params
    code = generation.error_code
    return {
        "id": generation.id,
        "createdAt": iso(generation.created_at),
        "status": _STATUSES[generation.status],
        "model": native_model(generation.model),
        "input": _input(params),
        "options": _options(params),
        "segments": _segments(params),
        "outputUrl": links.output(generation) if generation.status == "completed" else None,
        "outputDuration": _number(generation.duration_seconds),
        "segmentOutputUrl": None,
        "outputFileName": params.get("output_name"),
        "webhookUrl": params.get("webhook_url"),
        "error": generation.error,
        "errorCode": code,
        "error_code": code,
    }


def native_batch(batch: Batch, links: Links) -> Shown:
    """A Batch."""
    return {
        "id": batch.id,
        "created_at": iso(batch.created_at),
        "createdAt": iso(batch.created_at),
        "status": _STATUSES[batch.status],
        "metrics": {
            "total_generations": batch.total,
            "success_count": batch.completed,
            "failed_count": batch.failed,
            "pending_count": batch.total - batch.completed - batch.failed,
        },
        "webhookUrl": batch.webhook_url,
        "outputUrl": links.batch(batch),
    }


def native_result(generation: Generation, links: Links) -> Shown:
    """One line of the results of a batch."""
    return {
        "request_id": generation.params.get("request_id"),
        "generation": native_generation(generation, links),
    }


def native_asset(asset: Asset, links: Links) -> Shown:
    """An Asset."""
    return {
        "id": asset.id,
        "createdAt": iso(asset.created_at),
        "updatedAt": iso(asset.created_at),
        "name": asset.filename,
        "url": links.asset(asset),
        "size": asset.size_bytes,
        "format": asset.content_type.rpartition("/")[2],
        "type": asset.type.upper(),
        "inputType": "UPLOAD",
        "durationSeconds": _number(asset.duration_seconds),
        "visibility": "USER",
    }


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _input(params: Mapping[str, Any]) -> list[Shown]:
    items: list[Shown] = []
    for name in ("video", *VOICE_NAMES):
        url, asset_id = params.get(f"{name}_url"), params.get(f"{name}_asset_id")
        if url is None and asset_id is None:
            continue
        item = {
            "type": name.partition("_")[0],
            **({"url": url} if asset_id is None else {"assetId": asset_id}),
        }
        ref = params.get(f"{name}_ref")
        items.append(item if ref is None else {**item, "refId": ref})
    return items


def _options(params: Mapping[str, Any]) -> Shown:
    """The vendor's always, those that are ours where they were asked for."""
    ours = {name: params[name] for name in _OUR_OPTIONS if params.get(name) is not None}
    return {name: params.get(name) for name in _OPTIONS} | ours


def _segments(params: Mapping[str, Any]) -> list[Shown] | None:
    segments = params.get("segments")
    return None if segments is None else [_segment(params, segment) for segment in segments]


def _segment(params: Mapping[str, Any], segment: Mapping[str, Any]) -> Shown:
    voice: Shown = {"refId": params.get(f"{segment['audio']}_ref") or segment["audio"]}
    for name, key in (("startTime", "audio_start"), ("endTime", "audio_end")):
        if segment[key] is not None:
            voice[name] = segment[key]
    shown = {"startTime": segment["start"], "endTime": segment["end"], "audioInput": voice}
    mode = segment["sync_mode"]
    return shown if mode is None else {**shown, "optionsOverride": {"sync_mode": mode}}


def _number(value: float | None) -> float | int | None:
    """As JavaScript writes it, which some receivers of webhooks do before they check the signature."""
    if value is None:
        return None
    rounded = round(value, 3)
    return int(rounded) if rounded.is_integer() else rounded
