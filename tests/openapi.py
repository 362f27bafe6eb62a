"""OpenAPI documents as tests use them: flattened to lines, and as judges of answers.

Versions 3.0 (the contract's) and 3.1 (ours) differ in how null is written; both are read alike.
"""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]

METHODS = ("get", "post", "patch", "put", "delete")
ERROR = "#/components/schemas/Error"
CONTRACT = Path(__file__).resolve().parents[2] / "shared/contract/openapi.yml"


@cache
def load_contract() -> Json | None:
    """The contract's document, when it lies beside the repository."""
    return yaml.safe_load(CONTRACT.read_text(encoding="utf-8")) if CONTRACT.exists() else None


class Document:
    """One document."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def operations(self) -> Iterator[tuple[str, Json]]:
        """``POST /generate`` and the like, each with its operation."""
        for path, methods in self._document["paths"].items():
            for method in METHODS:
                if method in methods:
                    yield f"{method.upper()} {path}", methods[method]

    def lines(self) -> set[str]:
        """Everything a client can rely on: a line for each operation, parameter, field and status."""
        lines = {line for name, operation in self.operations() for line in self._lines(name, operation)}
        return lines | set(self._fields("Error", {"$ref": ERROR}, is_request=False))

    def operation_of(self, method: str, path: str) -> tuple[str, Json] | None:
        """The operation of a request; its path is without the prefix /v2. Words win over parameters."""
        found = [
            (name, operation)
            for name, operation in self.operations()
            if name.startswith(f"{method} ") and re.fullmatch(_pattern(name.split(" ")[1]), path)
        ]
        return min(found, key=lambda item: item[0].count("{")) if found else None

    def check(self, response: httpx.Response) -> None:
        """Fails unless the answer is one of those that the document has for the request."""
        path = response.request.url.path.removeprefix("/v2")
        found = self.operation_of(response.request.method, path)
        if found is None:
            return
        name, operation = found
        declared = operation["responses"]
        if str(response.status_code) not in declared:
            assert self is not self.strict, f"{name} is not said to answer {response.status_code}"
            return
        answer = self._resolved(declared[str(response.status_code)])
        content = answer.get("content", {})
        kind = response.headers.get("content-type", "").partition(";")[0]
        assert not content or kind in content or "application/octet-stream" in content, f"{name}: {kind}"
        if kind == "application/json" and kind in content:
            self.check_value(content[kind].get("schema", {}), response.json())

    def check_value(self, schema: Json, value: Any) -> None:
        """Fails unless a value fits a schema of the document."""
        root = {"allOf": [_with_null(schema)], "components": self._nullable_components}
        Draft202012Validator(root, format_checker=FormatChecker()).validate(value)

    @cached_property
    def strict(self) -> "Document | None":
        """Ours must name every status that it answers; the contract may be silent about some."""
        return self if self._document["openapi"].startswith("3.1") else None

    @cached_property
    def _nullable_components(self) -> Json:
        return _with_null(self._document["components"])

    def _lines(self, name: str, operation: Json) -> Iterator[str]:
        yield name
        for parameter in operation.get("parameters", []):
            need = "required " if parameter.get("required") else ""
            schema = self._described(parameter["schema"], is_request=True)
            yield f"{name} {parameter['in']} {parameter['name']}: {need}{schema}"
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            yield from self._fields(f"{name} body", body["schema"], is_request=True)
        for status, response in operation["responses"].items():
            content = self._resolved(response).get("content", {}).get("application/json", {})
            is_error = content.get("schema") == {"$ref": ERROR}
            yield f"{name} {status}{' Error' if is_error else ''}"
            if "schema" in content and not is_error:
                yield from self._fields(f"{name} {status}", content["schema"], is_request=False)

    def _fields(self, place: str, schema: Json, *, is_request: bool) -> Iterator[str]:
        schema = self._without_null(self._resolved(schema))
        for name, field in schema.get("properties", {}).items():
            described = self._described(field, is_request=is_request)
            yield f"{place} {name}: {described}"
            inner = self._without_null(self._resolved(field))
            if inner.get("type") == "array":
                yield from self._fields(f"{place} {name}[]", inner["items"], is_request=is_request)

    def _described(self, schema: Json, *, is_request: bool) -> str:
        """Type, format, enum and default; null only in answers, where clients must be ready for it."""
        schema = self._resolved(schema)
        inner = self._without_null(schema)
        words = [str(inner.get("type", "any"))]
        if inner.get("format") in {"uri", "date-time"}:
            words.append(inner["format"])
        if "enum" in inner:
            words.append("of " + ", ".join(sorted(map(str, inner["enum"]))))
        elif "const" in inner:
            words.append(f"of {inner['const']}")
        if not is_request and (schema.get("nullable") or inner is not schema):
            words.append("or null")
        default = schema.get("default", inner.get("default"))
        if is_request and default is not None:
            words.append(f"default {default}")
        return " ".join(words)

    def _without_null(self, schema: Json) -> Json:
        choices = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
        if len(choices) == 1 and len(schema["anyOf"]) == 2:
            extra = {key: value for key, value in schema.items() if key in {"format", "description"}}
            return {**extra, **self._resolved(choices[0])}
        return schema

    def _resolved(self, node: Json) -> Json:
        while "$ref" in node:
            target: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node


def _pattern(path: str) -> str:
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))


def _with_null(node: Any) -> Any:
    """``nullable`` of OpenAPI 3.0 as JSON Schema says it."""
    if isinstance(node, list):
        return [_with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _with_null(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain
