"""Logs: JSON lines without names, bodies, keys, query values or anything a caller typed."""

import logging
import sys
import traceback
from pathlib import Path

import structlog


def configure_logging(level: str) -> None:
    """Write every line of ours to standard error from ``level`` up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
    )
    logging.getLogger("solver").handlers = [_SolverLines()]


class _SolverLines(logging.Handler):
    """Writes what the optimiser says as a line of ours; it knows no other log than Python's own."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        structlog.get_logger(record.name).warning(record.getMessage())


def safe_traceback(error: BaseException) -> dict[str, object]:
    """What may be logged of a failure: its kind and its lines; the message may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "at": [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-8:]],
    }
