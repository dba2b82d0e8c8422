"""Logs: JSON lines without names, bodies, keys, query values or anything a caller typed."""

import logging
import sys
import time
import traceback
from collections.abc import Callable, MutableMapping
from pathlib import Path
from threading import Lock
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

MOST_LINES_PER_SECOND = 20
"""Of lines that say the same; what is beyond is only counted."""
VARIABLE = frozenset({"milliseconds", "left_out"})
"""What does not make another line of it."""
LONGEST_EVENT = 200


def configure_logging(level: str) -> None:
    """Write every line of ours to standard error from ``level`` up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            FloodLimit(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
    )
    root = logging.getLogger()
    for handler in [old for old in root.handlers if isinstance(old, _OthersLines)]:
        root.removeHandler(handler)
    root.addHandler(_OthersLines(logging.WARNING))


class _OthersLines(logging.Handler):
    """Writes as a line of ours what the optimiser and libraries say to Python's own log.

    What they fill in, and what failures say of themselves, may hold anything and is left out.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        event = str(record.msg).partition("\n")[0][:LONGEST_EVENT]
        error = record.exc_info[1] if record.exc_info else None
        told = safe_traceback(error) if error else {}
        structlog.get_logger().log(record.levelno, event, logger=record.name, **told)


class FloodLimit:
    """A processor that lets the same line pass ``most`` times a second, and counts the others.

    The next line of any kind after that second tells in ``left_out`` how many there were.
    """

    def __init__(
        self, most: int = MOST_LINES_PER_SECOND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._clock = most, clock
        self._lock = Lock()
        self._second, self._lines = 0, dict[object, int]()

    def __call__(self, _: WrappedLogger, __: str, line: EventDict) -> EventDict:
        """The line; DropEvent if there were enough of them."""
        with self._lock:
            left_out = self._turn_page()
            key = _sameness(line)
            self._lines[key] = count = self._lines.get(key, 0) + 1
        if count > self._most:
            raise structlog.DropEvent
        return {**line, "left_out": left_out} if left_out else line

    def _turn_page(self) -> int:
        """Begin to count anew in a new second; tells how many were left out in the last one."""
        second = int(self._clock())
        if second == self._second:
            return 0
        left_out = sum(max(0, count - self._most) for count in self._lines.values())
        self._second, self._lines = second, {}
        return left_out


def _sameness(line: MutableMapping[str, Any]) -> object:
    """What lines have in common that say the same."""
    return tuple(sorted((name, str(told)) for name, told in line.items() if name not in VARIABLE))


def safe_traceback(error: BaseException) -> dict[str, object]:
    """What may be logged of a failure: its kind and its lines; the message may hold anything."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "at": [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-8:]],
    }
