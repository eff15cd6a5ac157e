"""Logs: one JSON object a line on standard error, with nothing personal in it."""

import logging
import sys
from typing import Final, TextIO

import structlog

from egate.observability.redaction import describe_exception, redact

Logger = structlog.typing.FilteringBoundLogger


def configure_logging(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every log line of this process, ours and the libraries', to ``stream``.

    Args:
        stream: standard error when None.
        level: of our own lines; those of libraries begin at warnings.

    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            describe_exception,
            redact,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up for every line: standard error may be another one by then.
        logger_factory=lambda *_: structlog.WriteLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_LibraryLog()], level=logging.WARNING, force=True)


def logger() -> Logger:
    """Return a logger: ``logger().info("gate ready", gate_id=...)``; see `PERMITTED_KEYS`."""
    log: Logger = structlog.get_logger()
    return log


class _LibraryLog(logging.Handler):
    """Says where a library logged, and not what: its text may quote personal data."""

    def emit(self, record: logging.LogRecord) -> None:
        logger().log(
            record.levelno,
            "library",
            logger=record.name,
            at=f"{record.module}:{record.lineno}",
            exc_info=record.exc_info,
        )


__all__: Final = ["Logger", "configure_logging", "logger"]
