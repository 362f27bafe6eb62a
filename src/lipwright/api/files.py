"""/v2/files: downloads by signed links, whole or in part."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from lipwright.api.contract.responses import EXTENSION, errors
from lipwright.api.dependencies import LinksPart, ServicesPart
from lipwright.api.ranges import Span, wanted_span
from lipwright.app.files import StoredFile, stored_file
from lipwright.app.links import MAX_TOKEN

router = APIRouter(prefix="/v2/files", tags=["Files"])


@router.head("/{token}", include_in_schema=False)
@router.get(
    "/{token}",
    operation_id="getFile",
    summary="Download File",
    response_class=Response,
    responses={
        200: {"description": "The file", "content": {"application/octet-stream": {}}},
        206: {"description": "The part of it that the Range header asks for"},
        304: {"description": "The client has it already (If-None-Match)"},
        **errors(404, 416),
    },
    openapi_extra={**EXTENSION, "security": []},
)
def get_file(
    request: Request,
    services: ServicesPart,
    links: LinksPart,
    token: Annotated[str, Path(description="From the links in generations and assets")],
    download: Annotated[bool, Query(description="Save it rather than show it")] = False,
) -> Response:
    """Gives the file that a link leads to; no key is needed."""
    file = stored_file(services, links.open(token[:MAX_TOKEN]))
    size = services.blobs.head(file.blob_key).size_bytes
    headers = _headers(file, is_download=download)
    if _has_it(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    is_head = request.method == "HEAD"
    is_whole = is_head or _is_outdated(request, headers["ETag"])
    span = None if is_whole else wanted_span(request.headers.get("range"), size)
    if span is not None and span.n_bytes == 0:
        said = f"expected a range within the {size} bytes of the file, found one beyond; ask for less"
        raise HTTPException(416, said, {"Content-Range": f"bytes */{size}"})
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    part = span or Span(0, size)
    headers["Content-Length"] = str(part.n_bytes)
    pieces: Iterator[bytes] = (
        iter(()) if is_head else services.blobs.read(file.blob_key, start=part.start, end=part.stop)
    )
    return StreamingResponse(pieces, 206 if span is not None else 200, headers, media_type=file.content_type)


def _headers(file: StoredFile, *, is_download: bool) -> dict[str, str]:
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in file.filename)
    encoded = quote(file.filename, safe="")
    shown = "attachment" if is_download else "inline"
    return {
        "Accept-Ranges": "bytes",
        "Access-Control-Allow-Origin": "*",  # players on other sites may read what they have a link to
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
        "ETag": f'"{file.tag}"',
        "X-Content-Type-Options": "nosniff",
    }


def _has_it(request: Request, tag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag in [one.strip().removeprefix("W/") for one in known.split(",")]


def _is_outdated(request: Request, tag: str) -> bool:
    """Whether the range was wanted of another version of the file."""
    wanted = request.headers.get("if-range")
    return wanted is not None and wanted.strip() != tag
