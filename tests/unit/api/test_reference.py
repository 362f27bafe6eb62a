"""The reference page of the API."""

import re
from pathlib import Path

import pytest

from lipwright.api.contract.openapi import openapi_document
from lipwright.api.errors import ERROR_ANSWERS
from tests.openapi import Document, load_contract
from tests.served import Served

PAGE = (Path(__file__).resolve().parents[3] / "docs/reference/api.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^### `([A-Z]+) /v2(\S+)`$", re.MULTILINE)


def section(name: str) -> str:
    """What the page says of an operation, or of all for the group that it stands in."""
    method, path = name.split(" ")
    found = re.search(
        rf"^### `{method} /v2{re.escape(path)}`$(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL
    )
    assert found is not None, name
    return found.group(1)


def test_every_operation_is_described_and_no_other(server: Served) -> None:
    known = {name for name, _ in Document(openapi_document(server.app, "test")).operations()}
    assert {f"{method} {path}" for method, path in HEADING.findall(PAGE)} == known


def test_every_error_is_described_with_its_status() -> None:
    for answer in ERROR_ANSWERS.values():
        assert re.search(rf"^\| {answer.status} \|[^|]*`{answer.error}`", PAGE, re.MULTILINE), answer


@pytest.mark.parametrize("name", ["POST /generate", "POST /assets", "PATCH /webhooks/{id}"])
def test_every_field_of_a_request_is_described(server: Served, name: str) -> None:
    lines = Document(openapi_document(server.app, "test")).lines()
    for line in lines:
        found = re.match(rf"{re.escape(name)} body (\w+):", line)
        if found:
            assert f"`{found.group(1)}`" in section(name), line


def test_every_field_of_a_generation_is_described(server: Served) -> None:
    lines = Document(openapi_document(server.app, "test")).lines()
    fields = {
        found.group(1)
        for line in lines
        if (found := re.match(r"GET /generate/\{id\} 200 (\w+):", line)) is not None
    }
    assert fields
    assert all(f"`{field}`" in section("GET /generate/{id}") for field in fields)


def test_what_is_ours_is_said_to_be(server: Served) -> None:
    contract = load_contract()
    if contract is None:
        pytest.skip("needs ../shared/contract")
    theirs = {name for name, _ in Document(contract).operations()}
    for method, path in HEADING.findall(PAGE):
        if path.startswith(("/webhooks", "/files")):
            continue  # said once for all of them, or plain
        assert section(f"{method} {path}").strip().startswith("Ours.") == (f"{method} {path}" not in theirs)
