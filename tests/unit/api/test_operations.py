"""What those who run the server look at."""

import pytest

from lipwright.api.logs import configure_logs
from tests.served import REQUEST, Client, Served


def test_process_says_that_it_lives(server: Served) -> None:
    assert server.nobody.get("/healthz").json() == {"status": "ok"}


def test_server_is_ready_while_its_database_answers(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server.nobody.get("/readyz").status_code == 200
    monkeypatch.setattr("lipwright.api.health.is_reachable", lambda _: False)
    assert server.nobody.get("/readyz").status_code == 503


def test_metrics_count_requests_by_route_and_the_queue_by_status(server: Served) -> None:
    """By route, not by path: an id in a label would make a series each."""
    made = server.client.post("/v2/generate", REQUEST).json()["id"]
    server.client.get(f"/v2/generate/{made}")
    server.client.get("/v2/nothing")
    text = server.nobody.get("/metrics").text
    line = 'lipwright_http_requests_total{method="GET",route="/v2/generate/{id}",status="200"} 1.0'
    assert line in text
    assert 'route="unmatched",status="404"} 1.0' in text
    assert 'lipwright_queue_depth{status="pending"} 1.0' in text
    assert made not in text


def test_generations_that_clients_cancel_are_counted(server: Served) -> None:
    made = server.client.post("/v2/generate", REQUEST).json()["id"]
    for _ in range(2):
        server.client.post(f"/v2/generate/{made}/cancel")
    assert 'lipwright_generations_total{status="cancelled"} 1.0' in server.nobody.get("/metrics").text


def test_methods_that_clients_make_up_are_counted_as_one(server: Served) -> None:
    """Anybody, without a key, could else make series until the memory is full."""
    for name in ("BREW", "get", "M1"):
        server.nobody.request(name, "/healthz")
    text = server.nobody.get("/metrics").text
    assert "BREW" not in text
    assert "M1" not in text
    assert 'method="other",route="/healthz",status="405"' in text


def test_worker_s_figures_stand_beside_them(server: Served) -> None:
    text = server.nobody.get("/metrics").text
    for name in ("stage_seconds", "chunks_total", "webhook_attempts_total", "generations_total"):
        assert f"lipwright_{name}" in text


def test_every_answer_has_an_id_of_its_own(client: Client) -> None:
    ids = {client.get("/v2/models").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


def test_request_is_logged_with_its_id_and_route(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json")
    answer = client.get("/v2/generate/gen_none")
    line = capsys.readouterr().err
    assert answer.headers["x-request-id"] in line
    assert '"route": "/v2/generate/{id}"' in line
    assert '"status": 404' in line


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/v2/generate/gen_x", "/v2/generate/{id}"),
        ("POST", "/v2/generate/gen_x", "/v2/generate/{id}"),  # no such method, but that path
        ("GET", "/v2/generate/estimate-cost", "/v2/generate/estimate-cost"),
        ("DELETE", "/v2/generate/estimate-cost", "/v2/generate/{id}"),
        ("GET", "/v2/nothing", "unmatched"),
    ],
)
def test_request_that_is_turned_away_at_the_gate_is_logged_with_its_route(
    server: Served, capsys: pytest.CaptureFixture[str], method: str, path: str, route: str
) -> None:
    """It never gets as far as the router."""
    configure_logs("json")
    assert server.nobody.request(method, path).status_code == 401
    assert f'"route": "{route}"' in capsys.readouterr().err
    assert f'method="{method}",route="{route}",status="401"' in server.nobody.get("/metrics").text


def test_keys_are_never_logged(server: Served, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("json")
    server.nobody.get("/v2/models", headers={"x-api-key": "lw_secretsecret"})
    logged = capsys.readouterr().err
    assert "401" in logged
    assert "secretsecret" not in logged


def test_a_log_that_cannot_be_written_costs_no_request(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its disk may be full; then clients should hear so."""

    class FullFile:
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    configure_logs("console")
    monkeypatch.setattr("sys.stderr", FullFile())
    assert client.get("/v2/models").status_code == 200


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [("lack_of_room", "MiB of free space"), ("is_writable", "written"), ("is_reachable", "answer")],
)
def test_a_server_that_is_not_ready_says_why(
    server: Served, monkeypatch: pytest.MonkeyPatch, obstacle: str, words: str
) -> None:
    """Whoever looks after it should not have to guess."""
    found = "expected 256 MiB of free space on the server, found 3 MiB" if "room" in obstacle else None
    monkeypatch.setattr(f"lipwright.api.health.{obstacle}", lambda _: found)
    answer = server.nobody.get("/readyz")
    assert answer.status_code == 503
    assert words in answer.json()["message"]
