"""Requests of the SDKs that come as multipart/form-data: with files, and options as JSON in texts."""

import hashlib
from collections.abc import Mapping
from typing import Any, BinaryIO

from starlette.datastructures import FormData, UploadFile

from lipwright.api.bodies import parsed_json
from lipwright.app.assets import Arrived, keep_asset, roomy_upload_folder
from lipwright.app.filenames import safe_filename
from lipwright.app.services import Services
from lipwright.errors import MediaError, OutputError, TooLargeError, UsageError
from lipwright.store.ids import random_characters
from lipwright.store.records import Account

MEDIA = ("video", "audio")
MAX_FIELD_BYTES = 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_TEXTS = ("model", "webhookUrl", "webhook_url", "outputFileName")
_JSONS = ("options", "segments")


def request_of(form: FormData, assets: Mapping[str, str]) -> dict[str, Any]:
    """The same as JSON would say it.

    Args:
        form: the fields.
        assets: ids of assets, by the kind of medium; each takes the place of inputs of its kind.
    """
    wanted: dict[str, Any] = {name: form[name] for name in _TEXTS if isinstance(form.get(name), str)}
    for name in _JSONS:
        if isinstance(text := form.get(name), str):
            wanted[name] = parsed_json(text, name)
    given = [item for text in form.getlist("input") for item in _items(text)]
    own = [item for item in given if not (isinstance(item, dict) and item.get("type") in assets)]
    wanted["input"] = own + [{"type": kind, "assetId": asset_id} for kind, asset_id in assets.items()]
    return wanted


def files_of(form: FormData) -> dict[str, UploadFile]:
    """The files, by the kind of medium that they are sent as."""
    return {kind: file for kind in MEDIA if isinstance(file := form.get(kind), UploadFile)}


def keep_file(services: Services, account: Account, kind: str, file: UploadFile) -> str:
    """The id of the asset that a file becomes.

    Raises:
        MediaError: it holds neither picture nor sound.
        TooLargeError: it is larger than the plan allows, or all assets would be.
        UsageError: it is empty.
        OutputError: the disk takes no more.
    """
    folder = roomy_upload_folder(services)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{random_characters(24)}.part"
    try:
        with path.open("xb") as target:
            size, sha256 = _copied(file.file, target, services.settings.plan(account.plan).max_upload_bytes)
        arrived = Arrived(path, safe_filename(file.filename or "", "upload"), size, sha256)
        return keep_asset(services, account, arrived)[0].id
    except (MediaError, TooLargeError, UsageError) as error:
        raise type(error)(f"{kind}: {error}") from error
    except OSError as error:
        raise OutputError(f"{kind}: the server cannot store it: {error.strerror}; try again later") from error
    finally:
        path.unlink(missing_ok=True)


def _copied(source: BinaryIO, target: BinaryIO, max_bytes: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while data := source.read(_CHUNK_BYTES):
        size += len(data)
        if size > max_bytes:
            raise TooLargeError(f"expected at most {max_bytes} bytes, found more; upload a smaller one")
        digest.update(data)
        target.write(data)
    if size == 0:
        raise UsageError("expected a video or sound file, found an empty one; choose another")
    return size, digest.hexdigest()


def _items(text: object) -> list[Any]:
    """Of one field ``input``: an item, or a list of them."""
    if not isinstance(text, str):
        raise UsageError("input: expected JSON, found a file; send files as video and audio")
    value = parsed_json(text, "input")
    return value if isinstance(value, list) else [value]
