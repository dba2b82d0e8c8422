"""The bench tells which waits are as short as they must be."""

from pathlib import Path

import pytest

from bench.startup import WAITS, Desk, Waited, Waiting, table, wait


def waited(limit: float | None, *seconds: float) -> Waited:
    return Waited(Waiting("x", "a wait", lambda _: 0.0, limit), seconds, 1.25)


def test_a_figure_holds_by_its_median_and_the_worst_is_told_beside_it() -> None:
    assert waited(0.3, 0.1, 0.3, 9.0).holds
    assert not waited(0.3, 0.1, 0.31, 9.0).holds
    assert waited(None, 9.0).holds
    lines = table([waited(0.3, 0.1, 0.31, 9.0), waited(None, 2.0)]).splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        *("a wait", "0.3 s", "0.31 s", "9.00 s", "1.2", "no"),
    ]
    assert [cell.strip() for cell in lines[3].split("|")[1:-1]] == [
        *("a wait", "", "2.00 s", "2.00 s", "1.2", ""),
    ]


def test_the_first_time_does_not_count() -> None:
    times = iter((9.0, 1.0, 2.0))
    waiting = Waiting("x", "a wait", lambda _: next(times), None)
    assert wait(waiting, Desk.__new__(Desk), 2).seconds == (1.0, 2.0)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("waiting", WAITS, ids=lambda waiting: str(waiting.name))
def test_every_wait_can_be_measured(desk: Desk, waiting: Waiting) -> None:
    assert waiting.seconds(desk) > 0


def test_a_command_that_fails_is_no_measurement(desk: Desk) -> None:
    with pytest.raises(Exception, match="non-zero exit status 2"):
        desk.run("verify", desk.event, Path("none.json"))
