"""Logs: JSON lines of allowed keys, and a net under them for what looks like a personal code."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from hub.model.personal_code import looks_like_code

_HIDDEN: Final = "(withheld)"


def configure_logs(level: int = logging.INFO) -> None:
    """Send all logs to standard error, one JSON object a line."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            withhold_codes,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def withhold_codes(
    _logger: Any,  # noqa: ANN401 — structlog's own shape
    _method: str,
    event: MutableMapping[str, Any],
) -> MutableMapping[str, Any]:
    """Replace every value that holds anything like a personal code; a net, not a licence."""
    for key, value in event.items():
        if key != "timestamp" and looks_like_code(value if isinstance(value, str) else repr(value)):
            event[key] = _HIDDEN
    return event
