"""Reports of generations: what was done, and what was measured."""

import json
from pathlib import Path
from typing import Any

from lipwright.app.services import Services
from lipwright.errors import NotFoundError
from lipwright.render.figures import Figure
from lipwright.render.report import Curve, FaceReport, Report
from lipwright.render.report_page import report_page
from lipwright.store.generations import Generations
from lipwright.store.records import Account

_ONE_MOUTH = "rendered"
"""Measured reports of before hold one mouth here without saying whose; now each curve holds its own."""


def load_report(services: Services, account: Account, generation_id: str) -> dict[str, Any]:
    """The report of a generation, as JSON knows it; its output is named as the download is.

    Raises:
        NotFoundError: the account has no such generation, or it is not completed.
    """
    with services.database.read() as connection:
        generation = Generations(connection).get(account.id, generation_id)
    if generation.report_key is None:
        raise NotFoundError(
            f"expected a generation that is completed, {generation_id} is {generation.status}; "
            f"there is no report yet"
        )
    report: dict[str, Any] = json.loads(services.blobs.read_bytes(generation.report_key))
    return {**report, "output": f"{generation.id}.{generation.params.get('output_format', 'mp4')}"}


def report_html(report: dict[str, Any]) -> str:
    """The page of a report."""
    parts = {
        "output": Path(report["output"]),
        "faces": [FaceReport(**face) for face in report["faces"]],
        "curves": [Curve(**curve) for curve in report["curves"]],
        "figures": [Figure(**figure) for figure in report.get("figures", [])],
    }
    kept = {key: value for key, value in report.items() if key != _ONE_MOUTH}
    return report_page(Report(**{**kept, **parts}))
