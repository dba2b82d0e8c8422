"""Children: they answer, they stop, and what goes wrong in one stays in it."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import ChildDied, Defect, OutOfMemory, OutOfTime, Refused, TooBusy
from app.workers.child import BACKGROUND_NICENESS, SECRETS, forget_secrets
from app.workers.child_pool import ChildPool, Limits
from app.workers.messages import (
    Done,
    Failed,
    Planned,
    PlanOrder,
    Task,
)
from app.workers.waiting import wait_readable
from schemas.solve import Progress
from solver.budget import Budget
from tests.processes import crowd

pytestmark = pytest.mark.anyio

LONG = PlanOrder(json.dumps(crowd(40, 6)), Budget(seconds=300))
SHORT = PlanOrder(json.dumps(crowd(6, 2)), Budget(work=1))


async def unheard(_: Progress) -> None:
    """Nobody watches."""


def secrets_after(_: str) -> list[str]:
    """What is left of the secrets of a service in a process that begins as a child does."""
    os.environ.update(dict.fromkeys(SECRETS, "hush"))
    forget_secrets()
    return [name for name in SECRETS if name in os.environ]


def modules(_: str) -> list[str]:
    return sorted(sys.modules)


def fail(_: str) -> None:
    raise ValueError("Ada Example")


def die(_: str) -> None:
    os._exit(1)


def process(_: str) -> int:
    return os.getpid()


async def pid(children: ChildPool) -> int:
    async with children.lend() as child:
        answer = await child.run(Task(process, ""))
    assert isinstance(answer, Done)
    found: int = answer.value
    return found


async def test_a_child_is_kept_for_the_next_order() -> None:
    children = ChildPool(1)
    assert await pid(children) == await pid(children)
    children.close()


async def test_a_child_knows_no_secrets() -> None:
    assert "TERTIUS_MASTER_KEY" in SECRETS
    children = ChildPool(1)
    async with children.lend() as child:
        answer = await child.run(Task(secrets_after, ""))
    children.close()
    assert isinstance(answer, Done)
    assert answer.value == []


async def test_a_child_has_the_optimiser_and_nothing_of_the_service() -> None:
    children = ChildPool(1)
    async with children.lend() as child:
        answer = await child.run(Task(modules, ""))
    children.close()
    assert isinstance(answer, Done)
    optimiser = {
        "app.planning.plan",
        "solver.solve",
        "solver.exact",
        "solver.meaning.likeness",
    }
    libraries = {"ortools.sat.python.cp_model", "scipy.optimize", "networkx", "rustworkx"}
    assert optimiser | libraries <= set(answer.value)
    assert not {"dbos", "uvicorn"} & set(answer.value)


async def test_a_defect_is_told_without_its_message() -> None:
    children = ChildPool(1)
    async with children.lend() as child:
        answer = await child.run(Task(fail, ""))
    children.close()
    assert isinstance(answer, Failed)
    assert answer.whereabouts["error"] == "ValueError"
    assert "Ada" not in str(answer)


async def test_a_child_that_dies_is_replaced() -> None:
    children = ChildPool(1)
    first = await pid(children)
    with pytest.raises(ChildDied):
        async with children.lend() as child:
            await child.run(Task(die, ""))
    assert await pid(children) != first
    children.close()


async def test_who_dies_while_it_is_free_is_not_asked() -> None:
    children = ChildPool(1)
    first = await pid(children)
    os.kill(first, signal.SIGKILL)
    assert await children.run(Task(process, "")) != first
    children.close()


def die_once(folder: str) -> str:
    mark = Path(folder) / "died"
    if not mark.exists():
        mark.touch()
        os._exit(1)
    return "done"


async def test_work_begins_once_more_where_a_child_died(tmp_path: Path) -> None:
    children = ChildPool(1)
    assert await children.run(Task(die_once, str(tmp_path))) == "done"
    children.close()


async def test_work_that_kills_two_children_is_given_up() -> None:
    children = ChildPool(1)
    with pytest.raises(ChildDied):
        await children.run(Task(die, ""))
    assert await pid(children)
    children.close()


async def test_what_fails_in_a_child_is_a_defect_of_ours() -> None:
    children = ChildPool(1)
    with pytest.raises(Defect):
        await children.run(Task(fail, ""))
    children.close()


async def test_a_stop_is_heard_in_the_middle_of_a_search() -> None:
    children = ChildPool(1)
    heard = asyncio.Event()

    async def hear(_: Progress) -> None:
        heard.set()

    async with children.lend() as child:
        planning = asyncio.create_task(child.plan(LONG, hear))
        await heard.wait()
        child.stop()
        answer = await planning
    children.close()
    assert isinstance(answer, Planned)
    assert answer.quality.stopped_by == "stopped"


async def test_a_stop_for_what_is_done_does_not_stop_what_follows() -> None:
    children = ChildPool(1)
    async with children.lend() as child:
        await child.plan(SHORT, unheard)
        child.stop()
        answer = await child.plan(PlanOrder(SHORT.event, Budget(work=50)), unheard)
    children.close()
    assert isinstance(answer, Planned)
    assert answer.quality.stopped_by != "stopped"


async def test_who_gives_up_ends_the_search_and_frees_the_place() -> None:
    children = ChildPool(1)
    before = await pid(children)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5), children.lend() as child:
            await child.plan(LONG, unheard)
    assert await pid(children) != before
    children.close()


async def test_there_is_a_limit_to_how_many_work_and_how_long_one_waits() -> None:
    children = ChildPool(1)
    async with children.lend():
        with pytest.raises(TooBusy):
            async with children.lend(patience=0.05):
                pass
    children.close()


def begin(folder: str) -> None:
    (Path(folder) / str(os.getpid())).touch()


def sleep(folder: str) -> None:
    begin(folder)
    time.sleep(3600)


def fall_asleep(folder: str) -> None:
    begin(folder)
    os.kill(os.getpid(), signal.SIGSTOP)


def grow(folder: str) -> None:
    begin(folder)
    grown = []
    while True:
        grown.append(b"x" * 2**24)
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("work", "limits", "refusal"),
    [
        (sleep, Limits(seconds=0.5), OutOfTime),
        (fall_asleep, Limits(seconds=0.5), OutOfTime),
        (grow, Limits(resident_bytes=2**29), OutOfMemory),
    ],
)
async def test_what_takes_more_than_it_may_is_ended_and_not_begun_again(
    work: Callable[[str], None], limits: Limits, refusal: type[Refused], tmp_path: Path
) -> None:
    children = ChildPool(1, limits=limits)
    await pid(children)
    with pytest.raises(refusal):
        await children.run(Task(work, str(tmp_path)))
    (begun,) = tmp_path.iterdir()
    assert str(await pid(children)) != begun.name
    children.close()


async def test_a_child_that_sleeps_and_cannot_be_told_to_stop_holds_nobody_up() -> None:
    children = ChildPool(1)
    large = PlanOrder(LONG.event + " " * 2**24, LONG.budget)
    async with children.lend() as child:
        await child.run(Task(process, ""))
        os.kill(child._process.pid or 0, signal.SIGSTOP)
        planning = asyncio.create_task(child.plan(large, unheard))
        await asyncio.wait([planning], timeout=0.1)
        child.stop()
        assert not planning.done()
        planning.cancel()
        await asyncio.wait([planning])
    assert await pid(children)
    children.close()


def niceness(_: str) -> tuple[int, int]:
    before, end = os.nice(0), time.monotonic() + 60
    while (now := os.nice(0)) == before and time.monotonic() < end:
        time.sleep(0.01)
    return before, now


async def test_what_takes_long_gives_way_and_what_follows_does_not() -> None:
    children = ChildPool(1)
    for _ in range(2):
        before, after = await children.run(Task(niceness, "", seconds_in_front=0.05))
        assert (before, after) == (os.nice(0), BACKGROUND_NICENESS)
    children.close()


async def test_a_spare_child_is_for_another_owner_alone() -> None:
    children = ChildPool(1, spare=1)
    async with children.lend(owner="a"):
        with pytest.raises(TooBusy):
            async with children.lend(patience=0.05, owner="a"):
                pass
        async with children.lend(patience=60, owner="b"):
            pass
    children.close()


async def test_an_owner_has_the_child_again_that_worked_for_them() -> None:
    """What it remembers of their events is not lost to another's."""
    children = ChildPool(1, spare=1)
    async with children.lend(owner="a") as first, children.lend(owner="b") as second:
        assert first is not second
    for owner, theirs in (("b", second), ("a", first), ("b", second)):
        async with children.lend(owner=owner) as child:
            assert child is theirs
    async with children.lend(owner="c") as child:
        assert child is first  # the one that is free the longest
    children.close()


async def test_who_has_worked_and_waits_for_long_is_ended() -> None:
    children = ChildPool(1, seconds=0.05)
    ended = os.pidfd_open(await pid(children))
    await wait_readable(ended)
    os.close(ended)
    children.close()


async def test_a_warm_pool_has_a_fresh_child_instead() -> None:
    children = ChildPool(1, seconds=0.05)
    await children.warm()
    first = await pid(children)
    ended = os.pidfd_open(first)
    await wait_readable(ended)
    os.close(ended)
    (renewing,) = children._renewing
    await renewing
    (fresh,) = children._free
    assert fresh._process.pid not in (None, first)
    children.close()


async def test_who_is_asked_again_in_time_is_kept() -> None:
    children = ChildPool(1, seconds=60)
    first = await pid(children)
    (timer,) = children._free.values()
    assert await pid(children) == first
    assert timer is not None
    assert timer.cancelled()
    children.close()
