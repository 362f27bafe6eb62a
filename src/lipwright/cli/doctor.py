"""``lipwright doctor``: is everything there that lip-sync needs?"""

from dataclasses import asdict

import typer

from lipwright.cli import console
from lipwright.cli.checks import examine
from lipwright.cli.exit_codes import ERROR_CODES
from lipwright.cli.options import Json, Verbose
from lipwright.errors import InstallationError


def doctor(json: Json = False, verbose: Verbose = False) -> None:  # noqa: ARG001 (read by main)
    """Try every part of the installation."""
    findings = examine()
    if json:
        console.say_json([asdict(finding) for finding in findings])
    else:
        rows = [("ok" if found.is_good else "BROKEN", found.name, found.detail) for found in findings]
        console.say_table("Lipwright's parts", ("", "part", "found"), rows)
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(ERROR_CODES[InstallationError].code)
