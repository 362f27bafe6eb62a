"""Structured logs: one line per event, with the id of the request it belongs to."""

import logging
import sys
from contextlib import suppress
from typing import Literal

import structlog

LogFormat = Literal["console", "json"]


def configure_logs(log_format: LogFormat = "console", level: int = logging.INFO) -> None:
    """Sets structlog up for the whole process; it writes to stderr.

    Args:
        log_format: ``json`` for machines, ``console`` for people.
        level: the least severe level that is written.
    """
    is_json = log_format == "json"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if is_json else []),
            structlog.processors.JSONRenderer() if is_json else people_renderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _StderrLogger(),
        cache_logger_on_first_use=True,
    )


class _StderrLogger:
    """Writes lines to what is stderr at that moment; stdout is for what a command was asked for."""

    def msg(self, line: str) -> None:
        with suppress(OSError):  # its disk may be full: that costs a line, and must not cost a request
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


def people_renderer() -> structlog.dev.ConsoleRenderer:
    """Lines for a terminal, colored if it is one."""
    # the prettier tracebacks show the values of variables, keys among them
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
