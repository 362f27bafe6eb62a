"""Reports of generations: what was done, and what was measured."""

import json
from dataclasses import asdict
from typing import Any

from lipwright.app.services import Services
from lipwright.app.settings import Settings
from lipwright.errors import NotFoundError
from lipwright.render.report import Measured, Report
from lipwright.render.report_page import report_page
from lipwright.store.generations import Generations
from lipwright.store.records import Account, Generation

_ONE_MOUTH = "rendered"
"""Measured reports of before hold one mouth here without saying whose; now each curve holds its own."""


def load_report(services: Services, account: Account, generation_id: str) -> dict[str, Any]:
    """The report of a generation, as JSON knows it; its output is named as the download is.

    Raises:
        NotFoundError: the account has no such generation, or it is not completed.
    """
    try:
        generation, kept = _kept(services, account, generation_id)
    except NotFoundError:  # or another one took its place meanwhile
        generation, kept = _kept(services, account, generation_id)
    output = f"{generation.id}.{generation.params.get('output_format', 'mp4')}"
    report = {**kept, "output": output}
    if generation.measuring == "done":
        return report
    return {**report, "measured": asdict(_unmeasured(services.settings, generation))}


def report_html(report: dict[str, Any]) -> str:
    """The page of a report."""
    kept = {key: value for key, value in report.items() if key != _ONE_MOUTH}
    return report_page(Report.from_dict(kept))


def _kept(services: Services, account: Account, generation_id: str) -> tuple[Generation, dict[str, Any]]:
    with services.database.read() as connection:
        generation = Generations(connection).get(account.id, generation_id)
    if generation.report_key is None:
        raise NotFoundError(
            f"expected a generation that is completed, {generation_id} is {generation.status}; "
            f"there is no report yet"
        )
    kept: dict[str, Any] = json.loads(services.blobs.read_bytes(generation.report_key))
    return generation, kept


def _unmeasured(settings: Settings, generation: Generation) -> Measured:
    match generation.measuring:
        case "pending":
            return Measured("pending", "it is measured as soon as nothing else waits; ask again later")
        case "failed":
            return Measured("failed", generation.measuring_error)
    if settings.measure_results == "none":
        return Measured("off", "this server measures no results")
    return Measured("off", "the request did not ask for it")
