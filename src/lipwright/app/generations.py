"""Generations: asked for, listed, cancelled, deleted."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from lipwright.app.announcements import announce
from lipwright.app.catalogue import need_model
from lipwright.app.services import Services
from lipwright.errors import ConflictError, NotFoundError, UsageError
from lipwright.store.assets import Assets
from lipwright.store.generations import Generations
from lipwright.store.records import AssetType, Generation, GenerationStatus


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
    max_face_resolution: int | None = None
    output_format: str = "mp4"
    sync_mode: str = "bounce"
    seed: int = 0

    def params(self) -> dict[str, Any]:
        """What is kept of it: all but the model, which has a column of its own."""
        return {name: value for name, value in asdict(self).items() if name != "model"}

    def fingerprint(self) -> str:
        """Equal for requests that ask for the same."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
