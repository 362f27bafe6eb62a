"""Sets up the logs of a server or worker: ours and the libraries', in one form, on stderr."""

import logging
import sys

import structlog

from lipwright.api.logs import configure_logs, people_renderer
from lipwright.app.settings import Settings

_OURS = ("generation_id", "step", "seconds")
"""What our own records carry besides their message."""

_TALKATIVE = ("httpx", "httpcore", "alembic", "uvicorn.access")


def start_logs(settings: Settings) -> None:
    """From now on everything is logged as the settings say."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    configure_logs(settings.log_format, level)
    is_json = settings.log_format == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(_OURS),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if is_json else []),
                structlog.processors.JSONRenderer() if is_json else people_renderer(),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
