"""The ``lipwright`` program: runs a command and tells the shell how it went."""

import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

import typer

from lipwright.cli import console
from lipwright.cli.exit_codes import ERROR_CODES, INTERRUPTED, OK, exit_code
from lipwright.cli.native_noise import silence_native_libraries
from lipwright.cli.options import VERBOSE_FLAG
from lipwright.cli.stopping import ending_from_inside
from lipwright.errors import InstallationError, LipwrightError, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: without the program's name; None takes those of the process.

    Returns:
        The exit code, see ``exit_codes``. Errors are one line on stderr; with ``--verbose`` anywhere among
        the arguments their cause follows.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # here, so that a library that cannot be loaded is an error like others
        from lipwright.cli.commands import app  # noqa: PLC0415

        # not app() itself: that puts a sys.excepthook of its own in the place of _show_defect
        command = typer.main.get_command(app)
        result = command.main(given, prog_name="lipwright", standalone_mode=False)
    except LipwrightError as error:
        return _report(str(error), exit_code(error), given)
    except typer.TyperException as error:
        return _report(_usage_message(error), ERROR_CODES[UsageError].code, given)
    except ImportError as error:
        message = f"expected a library that cannot be loaded ({error}); install Lipwright again"
        return _report(message, ERROR_CODES[InstallationError].code, given)
    except (typer.Abort, KeyboardInterrupt):
        return _report("interrupted", INTERRUPTED.code, given)
    if result == INTERRUPTED.code:  # typer's own answer to Ctrl+C
        return _report("interrupted", INTERRUPTED.code, given)
    return result if isinstance(result, int) else OK.code


def program() -> None:
    """The installed ``lipwright``: like ``main``, with a quiet terminal and the exit code to the shell."""
    if VERBOSE_FLAG not in sys.argv:
        silence_native_libraries()
        sys.excepthook = _show_defect
    with ending_from_inside():
        try:
            code = main()
        except KeyboardInterrupt:  # while it said how another end came
            code = INTERRUPTED.code
    sys.exit(code)


def _show_defect(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    """One line for what nobody foresaw; the shell gets 1. With ``--verbose`` Python shows it all."""
    hint = f"a defect of Lipwright; run again with {VERBOSE_FLAG} and report what it shows"
    console.stderr().print(f"error: {kind.__name__}: {' '.join(str(error).split())} ({hint})", markup=False)


def _usage_message(error: typer.TyperException) -> str:
    message = error.format_message().strip().rstrip(".?")
    return f"{message[:1].lower()}{message[1:]} (see lipwright --help)"


def _report(message: str, code: int, arguments: list[str]) -> int:
    console.stderr().print(f"error: {' '.join(message.split())}", markup=False)
    if VERBOSE_FLAG in arguments and sys.exc_info()[0] is not None:
        traceback.print_exc()
    return code
