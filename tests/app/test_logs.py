"""Logs cannot flood, and tell nothing of what others say in them."""

import json
import logging
from typing import Any

import pytest
import structlog

from app.logs import FloodLimit, configure_logging


class SetClock:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def passed(limit: FloodLimit, **line: Any) -> Any:
    try:
        return limit(None, "", line)
    except structlog.DropEvent:
        return None


def test_the_same_line_is_written_so_many_times_a_second_and_counted_beyond() -> None:
    clock = SetClock()
    limit = FloodLimit(2, clock)
    lines = [passed(limit, event="x", milliseconds=k) for k in range(5)]
    assert [line is not None for line in lines] == [True, True, False, False, False]
    assert passed(limit, event="y") == {"event": "y"}
    clock.now = 1.0
    assert passed(limit, event="z") == {"event": "z", "left_out": 3}
    assert passed(limit, event="x") == {"event": "x"}


def test_lines_that_differ_do_not_count_as_one() -> None:
    limit = FloodLimit(1, SetClock())
    assert passed(limit, event="request", status=200)
    assert passed(limit, event="request", status=404)
    assert not passed(limit, event="request", status=200)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    configure_logging("warning")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    configure_logging("error")


def test_what_libraries_log_is_a_line_of_ours_without_what_they_fill_in(lines: Any) -> None:
    try:
        raise ValueError("somebody@example.org")
    except ValueError:
        logging.getLogger("asyncio").exception("never retrieved\n<somebody@example.org>")
    logging.getLogger("uvicorn.error").warning("cancelled for %s", "somebody@example.org")
    first, second = lines()
    assert (first["event"], first["logger"], first["error"]) == (
        "never retrieved",
        "asyncio",
        "ValueError",
    )
    assert (second["event"], second["level"]) == ("cancelled for %s", "warning")
    assert "somebody" not in str((first, second))


def test_libraries_cannot_flood_either(lines: Any) -> None:
    for _ in range(1_000):
        logging.getLogger("asyncio").error("socket.accept() out of system resource")
    assert len(lines()) < 100
