"""Options that several commands share."""

from typing import Annotated

import typer

VERBOSE_FLAG = "--verbose"

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else on stdout.")]
Verbose = Annotated[bool, typer.Option(VERBOSE_FLAG, help="Show the cause of an error with its traceback.")]
