"""Requests that nobody thought of, made from our own document."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, booleans, one_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lipwright.api.contract.openapi import openapi_document
from lipwright.app.settings import Plan
from tests.served import REQUEST, Served, served
from tests.unit.api.media import sound
from tests.unit.api.test_openapi import GOLDEN

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = 25
SENT = {"content-type", "idempotency-key", "last-event-id", "accept"}
OPERATIONS = [
    line for line in GOLDEN.read_text(encoding="utf-8").splitlines() if re.fullmatch(r"[A-Z]+ \S+", line)
]


@pytest.fixture(scope="module")
def fuzzed(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("fuzzed")
    database = folder / "lipwright.db"
    database.write_bytes(migrated_file.read_bytes())
    plans = {"default": Plan(generate_per_minute=10**6, requests_per_minute=10**6)}
    with served(database, folder, plans=plans) as server:
        yield server


@pytest.fixture
def known(fuzzed: Served) -> dict[str, str]:
    """Ids that there are: requests with random ones alone would never come far."""
    client = fuzzed.client
    made = client.post("/v2/generate", REQUEST).json()["id"]
    client.post(f"/v2/generate/{made}/cancel")  # or its events would go on for ever
    webhook = client.post("/v2/webhooks", {"url": "https://example.com"}).json()["id"]
    return {
        "generate": made,
        "batch": client.post("/v2/batch", {"generations": [REQUEST]}).json()["id"],
        "assets": client.upload(sound()).json()["id"],
        "webhooks": webhook,
    }


@pytest.fixture(scope="module")
def cases(fuzzed: Served) -> dict[str, SearchStrategy[schemathesis.Case]]:
    """Requests of each operation, good ones and bad ones."""
    schema = schemathesis.openapi.from_dict(openapi_document(fuzzed.app, "test"))
    operations = [result.ok() for result in schema.get_all_operations()]
    return {
        f"{operation.method.upper()} {operation.path}": one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )
        for operation in operations
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_breaks_the_server(
    name: str,
    cases: dict[str, SearchStrategy[schemathesis.Case]],
    known: dict[str, str],
    fuzzed: Served,
) -> None:
    """Whatever is sent, the answer is one that the document has, and never a 5xx."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases[name], is_known=booleans())
    def send(case: schemathesis.Case, is_known: bool) -> None:
        if is_known and "id" in case.path_parameters:
            case.path_parameters["id"] = known[name.split("/")[1]]
        wanted = requests.Request(**case.as_transport_kwargs(base_url="http://lipwright.test/v2")).prepare()
        response = fuzzed.client.request(
            str(wanted.method),
            str(wanted.url),
            content=wanted.body,
            headers={name: value for name, value in wanted.headers.items() if name.lower() in SENT},
        )
        case.validate_response(response, checks=CHECKS)

    send()
