"""The OpenAPI document of /v2: the contract's paths, and ours marked with ``x-extension``."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PREFIX = "/v2"
_TAGS = {
    "Generate": "Lip-sync video generation operations",
    "Batch": "Batch processing multiple videos",
    "Assets": "Uploaded asset management",
    "Models": "Available AI model listing",
    "Webhooks": "Webhook notification management",
    "Files": "Downloads by signed links",
}
_HEADERS = {
    "x-request-id": "The request's id, as in the body of an error and in the server's log",
    "RateLimit-Limit": "Requests of this kind that the key may make in a minute",
    "RateLimit-Remaining": "How many of them are left",
    "RateLimit-Reset": "Seconds until the oldest is forgotten",
}


def openapi_document(app: FastAPI, version: str) -> dict[str, Any]:
    """The document; paths are relative to its server, as in the contract."""
    document = get_openapi(
        title="Lipwright",
        version="v2",
        summary=f"Self-hosted lip-sync, release {version}",
        description="Operations and fields marked x-extension are additions to the contract.",
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        servers=[{"url": PREFIX}],
    )
    document["security"] = [{"ApiKeyAuth": []}, {"BearerAuth": []}]
    document["paths"] = {
        path.removeprefix(PREFIX): _operations(operations)
        for path, operations in document["paths"].items()
        if path.startswith(PREFIX)
    }
    components = document["components"]
    components["securitySchemes"] = {
        "ApiKeyAuth": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "BearerAuth": {"type": "http", "scheme": "bearer"},
    }
    schemas = components["schemas"]
    schemas["Error"] = schemas.pop("ErrorAnswer")
    for name in ("HTTPValidationError", "ValidationError"):  # answered with 400 and an Error here
        schemas.pop(name, None)
    for name in ("GenerationResponse", "Asset"):
        schemas[name]["properties"]["duration_seconds"].pop("default")  # absent when not known
    renamed: dict[str, Any] = _renamed(document)
    return renamed


def _operations(operations: dict[str, Any]) -> dict[str, Any]:
    for operation in operations.values():
        responses = operation["responses"]
        responses.pop("422", None)
        for response in responses.values():
            response["headers"] = {
                name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()
            }
    return operations


def _renamed(node: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """References to the error's shape under the contract's name for it."""
    if isinstance(node, dict):
        return {
            key: "#/components/schemas/Error"
            if key == "$ref" and value == "#/components/schemas/ErrorAnswer"
            else _renamed(value)
            for key, value in node.items()
        }
    return [_renamed(value) for value in node] if isinstance(node, list) else node
