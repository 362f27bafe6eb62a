"""The document of /v2: what clients rely on, and that the contract is all in it."""

import os
from pathlib import Path
from typing import Any

import pytest

from lipwright.api.contract.openapi import openapi_document
from tests.openapi import Document, load_contract
from tests.served import Client, Served

GOLDEN = Path(__file__).resolve().parents[2] / "golden/openapi_v2.txt"
UNKEYED = {"GET /files/{token}"}


@pytest.fixture
def document(server: Served) -> dict[str, Any]:
    return openapi_document(server.app, "test")


def test_document_promises_what_it_promised_before(document: dict[str, Any]) -> None:
    """Every operation, parameter, field, enum, default and status is a line of the golden file.

    A change of the API changes that file in the same commit: set UPDATE_GOLDEN=1 to write it.
    """
    lines = sorted(Document(document).lines())
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lines == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_the_contract_is_all_in_the_document(document: dict[str, Any]) -> None:
    """Not a path, parameter, field, type, enum, default or status of it is missing or different."""
    contract = load_contract()
    if contract is None:
        pytest.skip("needs ../shared/contract")
    missing = Document(contract).lines() - Document(document).lines()
    assert sorted(missing) == []


def test_no_request_needs_more_than_the_contract_asks_for(document: dict[str, Any]) -> None:
    """Either URL or asset: so the model is all that is left of the three required fields."""
    assert document["components"]["schemas"]["GenerationRequest"]["required"] == ["model"]
    assert document["components"]["schemas"]["BatchRequest"]["required"] == ["generations"]


def test_what_the_contract_does_not_have_is_marked(document: dict[str, Any]) -> None:
    """Generic clients can tell ours from the contract's."""
    contract = load_contract()
    if contract is None:
        pytest.skip("needs ../shared/contract")
    theirs = {name for name, _ in Document(contract).operations()}
    for name, operation in Document(document).operations():
        assert operation.get("x-extension", False) == (name not in theirs), name


def test_operations_have_the_contract_s_ids(document: dict[str, Any]) -> None:
    contract = load_contract()
    if contract is None:
        pytest.skip("needs ../shared/contract")
    ours = {name: operation["operationId"] for name, operation in Document(document).operations()}
    for name, operation in Document(contract).operations():
        assert ours[name] == operation["operationId"]


def test_every_operation_but_downloads_needs_a_key(document: dict[str, Any]) -> None:
    open_ones = {name for name, each in Document(document).operations() if each.get("security") == []}
    assert open_ones == UNKEYED
    assert document["security"] == [{"ApiKeyAuth": []}, {"BearerAuth": []}]


def test_no_operation_answers_422(document: dict[str, Any]) -> None:
    for name, operation in Document(document).operations():
        assert "422" not in operation["responses"], name
        assert {"400", "401", "429", "500"} <= set(operation["responses"]), name


def test_document_is_served_without_a_key(server: Served) -> None:
    response = server.nobody.get("/v2/openapi.json")
    assert response.status_code == 200
    assert response.json()["servers"] == [{"url": "/v2"}]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_there_are_no_pages_that_load_scripts_from_elsewhere(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
