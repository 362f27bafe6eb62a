"""/v2/models."""

from decimal import Decimal
from pathlib import Path

from lipwright.engines import registry
from tests.served import Client, served


def test_models_are_those_whose_engines_run_here(client: Client) -> None:
    shown = client.get("/v2/models").json()["models"]
    assert {one["id"] for one in shown} == {info.id for info in registry.models()}
    for one in shown:
        assert set(one) == {
            "id",
            "name",
            "description",
            "max_resolution",
            "max_duration_seconds",
            "cost_per_second",
            "supports_batch",
        }


def test_prices_are_those_of_the_settings(database_file: Path, tmp_path: Path) -> None:
    with served(database_file, tmp_path, prices={"lipsync-2": Decimal("0.5")}) as server:
        shown = {one["id"]: one for one in server.client.get("/v2/models").json()["models"]}
        assert shown["lipsync-2"]["cost_per_second"] == 0.5
        params = {"model": "lipsync-2", "duration": 3}
        estimate = server.client.get("/v2/generate/estimate-cost", params=params).json()
        assert estimate["estimated_cost"] == 1.5
