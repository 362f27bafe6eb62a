"""One table, one shape."""

import inspect

import pytest

from lipwright import errors
from lipwright.api.errors import ERROR_ANSWERS, answer_for
from lipwright.errors import LimitError, LipwrightError, MediaError
from tests.served import Client, Served

CLASSES = [value for _, value in inspect.getmembers(errors, inspect.isclass)]


def test_every_error_class_is_in_the_table() -> None:
    """A new class must be given its status on purpose."""
    assert set(CLASSES) == set(ERROR_ANSWERS)


@pytest.mark.parametrize("kind", CLASSES)
def test_error_is_answered_as_its_class_says(kind: type[LipwrightError]) -> None:
    assert answer_for(kind("text")) == ERROR_ANSWERS[kind]


def test_subclass_is_answered_as_its_nearest_class() -> None:
    class TruncatedError(MediaError):
        pass

    assert answer_for(TruncatedError("text")) == ERROR_ANSWERS[MediaError]


def test_limit_error_says_when_to_come_back() -> None:
    assert LimitError("wait", 7).retry_after == 7


def test_unknown_path_and_method_are_answered_in_the_same_shape(client: Client) -> None:
    unknown, wrong = client.get("/v2/nothing"), client.request("PUT", "/v2/generate")
    assert (unknown.status_code, unknown.json()["error"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["error"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v2/generate", "GET, POST"),
        ("/v2/generate/gen_x", "DELETE, GET"),
        ("/v2/generate/gen_x/cancel", "POST"),
        ("/v2/assets", "GET, POST"),
        ("/v2/webhooks/whe_x", "DELETE, GET, PATCH"),
        ("/v2/files/x", "GET, HEAD"),
        ("/healthz", "GET"),
    ],
)
def test_wrong_method_is_told_all_those_that_the_path_takes(client: Client, path: str, allowed: str) -> None:
    """Each method is a route of its own; the first one knows nothing of the others."""
    answer = client.request("PUT", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_defect_is_answered_with_500_and_without_details(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cause stands in the log, under the request's id; it is nobody else's business."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("lipwright.app.generations.get_generation", broken)
    response = server.client.get("/v2/generate/gen_x")
    assert response.status_code == 500
    assert response.json()["error"] == "internal_error"
    assert "secret" not in response.text
