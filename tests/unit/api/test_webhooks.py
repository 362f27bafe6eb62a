"""/v2/webhooks, as a client meets it."""

import base64
from datetime import datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from lipwright.app.webhooks import MAX_ENDPOINTS
from lipwright.store.webhooks import Webhooks
from tests.served import REQUEST, Client, Served

FINAL = ["generation.completed", "generation.failed", "generation.cancelled", "batch.completed"]


def make(client: Client, **changes: Any) -> dict[str, Any]:
    answer = client.post("/v2/webhooks", {"url": "https://example.com/hook", **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def deliveries(client: Client, **filters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v2/webhooks/deliveries", params=filters).json()["deliveries"]
    return found


def test_new_endpoint_comes_with_a_secret_that_libraries_take(client: Client) -> None:
    made = make(client)
    assert Webhook(made["secret"])
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    assert (made["events"], made["is_enabled"]) == (FINAL, True)


def test_secret_is_shown_once(client: Client) -> None:
    made = make(client)
    assert "secret" not in client.get(f"/v2/webhooks/{made['id']}").json()
    assert '"secret"' not in client.get("/v2/webhooks").text
    changed = client.patch(f"/v2/webhooks/{made['id']}", {"is_enabled": False})
    assert "secret" not in changed.json()


def test_endpoint_can_be_changed_in_part(client: Client) -> None:
    made = make(client, events=["batch.completed"])
    changed = client.patch(f"/v2/webhooks/{made['id']}", {"url": "https://example.com/other"}).json()
    assert (changed["url"], changed["events"]) == ("https://example.com/other", ["batch.completed"])
    changed = client.patch(f"/v2/webhooks/{made['id']}", {"events": [], "is_enabled": False}).json()
    assert (changed["events"], changed["is_enabled"]) == (FINAL, False)


def test_deleted_endpoint_is_gone(client: Client) -> None:
    made = make(client)
    assert client.delete(f"/v2/webhooks/{made['id']}").json() == {"id": made["id"], "deleted": True}
    assert client.get(f"/v2/webhooks/{made['id']}").status_code == 404
    assert client.get("/v2/webhooks").json() == {"webhooks": [], "total": 0}


def test_rotated_secret_signs_beside_the_old_one_for_a_while(server: Served) -> None:
    made = make(server.client)
    rotated = server.client.post(f"/v2/webhooks/{made['id']}/secret", {"overlap_seconds": 60}).json()
    assert rotated["secret"] != made["secret"]
    with server.parts.database.read() as connection:
        kept = Webhooks(connection).get(server.account.id, made["id"])
    assert (kept.secret, kept.previous_secret) == (rotated["secret"], made["secret"])
    left = datetime.fromisoformat(rotated["previous_secret_expires_at"]) - datetime.now().astimezone()
    assert 0 < left.total_seconds() <= 60


def test_secret_can_be_rotated_without_saying_for_how_long(client: Client) -> None:
    made = make(client)
    assert client.post(f"/v2/webhooks/{made['id']}/secret").status_code == 200
    assert client.post(f"/v2/webhooks/{made['id']}/secret", {"overlap_seconds": -1}).status_code == 400


def test_test_event_is_delivered_even_to_one_that_wants_no_events(server: Served) -> None:
    made = make(server.client, events=["batch.completed"])
    delivery = server.client.post(f"/v2/webhooks/{made['id']}/test")
    assert (delivery.status_code, delivery.json()["status"]) == (201, "pending")
    assert server.parts.queue.deliveries == [delivery.json()["id"]]


def test_events_go_to_those_who_want_them(server: Served) -> None:
    created = make(server.client, events=["generation.created"])
    make(server.client)
    make(server.client, events=["generation.created"], is_enabled=False)
    make(server.stranger, events=["generation.created"])
    server.client.post("/v2/generate", REQUEST)
    (delivery,) = deliveries(server.client)
    assert delivery["webhook_id"] == created["id"]
    assert server.parts.queue.deliveries == [delivery["id"]]


def test_end_goes_to_the_request_s_own_address(server: Served) -> None:
    wanted = {**REQUEST, "webhook_url": "https://example.com/own"}
    made = server.client.post("/v2/generate", wanted).json()
    assert deliveries(server.client) == []
    server.client.post(f"/v2/generate/{made['id']}/cancel")
    (delivery,) = deliveries(server.client)
    assert (delivery["webhook_id"], delivery["url"]) == (None, "https://example.com/own")


def test_secret_of_requests_is_the_account_s(server: Served) -> None:
    first = server.client.get("/v2/webhooks/secret").json()["secret"]
    assert Webhook(first)
    assert server.client.get("/v2/webhooks/secret").json()["secret"] == first
    assert server.stranger.get("/v2/webhooks/secret").json()["secret"] != first


def test_delivery_can_be_made_again_to_where_its_endpoint_is_now(server: Served) -> None:
    made = make(server.client)
    old = server.client.post(f"/v2/webhooks/{made['id']}/test").json()
    server.client.patch(f"/v2/webhooks/{made['id']}", {"url": "https://example.com/moved"})
    again = server.client.post(f"/v2/webhooks/deliveries/{old['id']}/redeliver")
    assert again.status_code == 201
    assert again.json()["event_id"] == old["event_id"]
    assert again.json()["id"] != old["id"]
    assert again.json()["url"] == "https://example.com/moved"
    assert server.parts.queue.deliveries == [old["id"], again.json()["id"]]


def test_deliveries_can_be_of_one_webhook_and_status(client: Client) -> None:
    first, second = make(client), make(client)
    for made in (first, second):
        client.post(f"/v2/webhooks/{made['id']}/test")
    assert [one["webhook_id"] for one in deliveries(client, webhook_id=first["id"])] == [first["id"]]
    assert len(deliveries(client, status="pending")) == 2
    assert deliveries(client, status="succeeded") == []
    page = client.get("/v2/webhooks/deliveries", params={"limit": 1}).json()
    assert (page["total"], page["has_more"]) == (2, True)


def test_another_account_s_delivery_is_not_there(server: Served) -> None:
    made = make(server.client)
    delivery = server.client.post(f"/v2/webhooks/{made['id']}/test").json()["id"]
    assert server.stranger.post(f"/v2/webhooks/deliveries/{delivery}/redeliver").status_code == 404
    assert server.stranger.post(f"/v2/webhooks/{made['id']}/test").status_code == 404
    assert server.stranger.post(f"/v2/webhooks/{made['id']}/secret").status_code == 404
    assert server.stranger.patch(f"/v2/webhooks/{made['id']}", {}).status_code == 404
    assert deliveries(server.stranger) == []


def test_account_has_at_most_so_many(client: Client) -> None:
    for _ in range(MAX_ENDPOINTS):
        make(client)
    answer = client.post("/v2/webhooks", {"url": "https://example.com"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "ftp://example.com"},
        {"url": "example.com"},
        {"url": "https://example.com", "events": ["generation.exploded"]},
        {"url": "https://example.com", "events": "generation.failed"},
        {"url": "https://example.com", "is_enabled": "yes"},
        {"url": None},
    ],
)
def test_endpoint_has_to_make_sense(client: Client, body: dict[str, Any]) -> None:
    assert client.post("/v2/webhooks", body).status_code == 400
