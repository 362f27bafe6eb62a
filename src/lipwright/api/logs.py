"""Structured logs: one line per event, with the id of the request it belongs to."""

import logging
from typing import Literal

import structlog

LogFormat = Literal["console", "json"]


def configure_logs(log_format: LogFormat = "console", level: int = logging.INFO) -> None:
    """Sets structlog up for the whole process.

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
            structlog.processors.JSONRenderer() if is_json else _for_people(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _for_people() -> structlog.dev.ConsoleRenderer:
    # the prettier tracebacks show the values of variables, keys among them
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
