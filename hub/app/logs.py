"""Logs: JSON lines of allowed keys, and a net under them for what looks like a personal code."""

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import structlog
from typing_extensions import override

from hub.errors import place_of
from hub.model.personal_code import looks_like_code

_HIDDEN: Final = "(withheld)"


def configure_logs(level: int = logging.INFO) -> None:
    """Send all logs to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
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


class Lines(logging.Formatter):
    """Libraries' own lines in the same shape; of an error its kind and place, never its text."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object on one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        told = {"event": _message(record), "logger": record.name, "level": record.levelname.lower()}
        error = record.exc_info[1] if record.exc_info else None
        if error:
            told |= {"error": type(error).__name__, "where": place_of(error)}
        return orjson.dumps({**withhold_codes(None, "", told), "timestamp": at}).decode()


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage().strip()
    except (TypeError, ValueError):
        return "a line that could not be written"


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
