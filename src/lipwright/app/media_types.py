"""What files are called on the web."""

from lipwright.store.records import AssetType

_BY_CONTAINER = {
    "mov": "mp4",
    "matroska": "webm",
    "avi": "x-msvideo",
    "mpegts": "mp2t",
    "mpeg": "mpeg",
    "wav": "wav",
    "mp3": "mpeg",
    "flac": "flac",
    "ogg": "ogg",
    "aac": "aac",
    "aiff": "aiff",
}
"""By the first of the names that FFmpeg has for a format."""
_STILLS = frozenset({"png", "jpeg", "webp"})


def content_type(container: str, asset_type: AssetType) -> str:
    """The media type of a file.

    Args:
        container: FFmpeg's name of its format, or the kind of a still picture.
        asset_type: whether there is a picture in it.
    """
    if container in _STILLS:
        return f"image/{container}"
    subtype = _BY_CONTAINER.get(container.partition(",")[0])
    return "application/octet-stream" if subtype is None else f"{asset_type}/{subtype}"


def output_type(output_format: str) -> str:
    """The media type of a result, by its output format."""
    return "video/webm" if output_format == "webm" else "video/mp4"
