"""The sweep: what nobody works on is queued again, what somebody works on is left alone."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.store.engine import Store
from app.workers.slots import WorkerSlots, slots_of
from app.workers.sweep import WorkflowSweep
from tests.databases import settings_on
from tests.stored import opened, queued, state_of, update

pytestmark = pytest.mark.anyio


class Workflows:
    """Durable workflows, as far as a sweep asks for them."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, str]] = {}

    async def list_workflows_async(
        self,
        workflow_ids: list[str] | None = None,
        status: str | None = None,
        executor_id: str | None = None,
        **_: Any,
    ) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(workflow_id=id_, status=state, executor_id=worker)
            for id_, (state, worker) in self.rows.items()
            if (workflow_ids is None or id_ in workflow_ids)
            and status in (None, state)
            and executor_id in (None, worker)
        ]

    async def delete_workflows_async(self, ids: list[str]) -> None:
        for id_ in ids:
            self.rows.pop(id_, None)


@pytest.fixture
def workflows() -> Workflows:
    return Workflows()


@pytest.fixture
def slots(tmp_path: Path) -> Iterator[WorkerSlots]:
    """Slots of which the first, our own, and the second are held."""
    every = slots_of(settings_on("sqlite", tmp_path))
    held = [every.take(number) for number in (1, 2)]
    yield every
    for slot in held:
        assert slot is not None
        slot.give_back()


@pytest.fixture
async def store(tmp_path: Path) -> Any:
    async with opened(settings_on("sqlite", tmp_path)) as store:
        yield store


@pytest.fixture
def sweep(store: Store, workflows: Workflows, slots: WorkerSlots) -> WorkflowSweep:
    return WorkflowSweep(store, workflows, slots)  # type: ignore[arg-type]


async def test_what_a_dead_worker_left_is_queued_again(
    store: Store, sweep: WorkflowSweep, workflows: Workflows
) -> None:
    solve = await queued(store)
    await update(store, solve, state="running")
    workflows.rows[solve.id] = ("PENDING", "worker-3")
    assert await sweep.run("worker-1", set()) == []
    assert await state_of(store, solve) == "queued"
    assert not workflows.rows


@pytest.mark.parametrize(("worker", "ours"), [("worker-1", True), ("worker-2", False)])
async def test_what_a_live_worker_has_is_left_to_it(
    store: Store, sweep: WorkflowSweep, workflows: Workflows, worker: str, ours: bool
) -> None:
    solve = await queued(store)
    await update(store, solve, state="running")
    workflows.rows[solve.id] = ("PENDING", worker)
    for _ in range(3):
        assert await sweep.run("worker-1", {solve.id} if ours else set()) == []
    assert await state_of(store, solve) == "running"
    assert workflows.rows


async def test_what_a_worker_is_said_to_have_and_has_not_is_queued_again(
    store: Store, sweep: WorkflowSweep, workflows: Workflows
) -> None:
    lost, other = await queued(store), await queued(store)
    for solve in (lost, other):
        await update(store, solve, state="running")
        workflows.rows[solve.id] = ("PENDING", "worker-1")
    assert await sweep.run("worker-1", {other.id}) == []
    assert await state_of(store, lost) == "queued"
    assert list(workflows.rows) == [other.id]


async def test_what_is_being_begun_is_not_queued_again(store: Store, sweep: WorkflowSweep) -> None:
    solve = await queued(store)
    await update(store, solve, state="running")
    for _ in range(3):
        await sweep.run("worker-1", {solve.id})
    assert await state_of(store, solve) == "running"


async def test_what_was_claimed_and_never_begun_is_queued_by_the_second_sweep(
    store: Store, sweep: WorkflowSweep
) -> None:
    solve = await queued(store)
    await update(store, solve, state="running")
    await sweep.run("worker-1", set())
    assert await state_of(store, solve) == "running"
    await sweep.run("worker-1", set())
    assert await state_of(store, solve) == "queued"


async def test_what_a_queue_of_an_older_release_holds_goes(
    store: Store, sweep: WorkflowSweep, workflows: Workflows
) -> None:
    solve = await queued(store)
    workflows.rows[solve.id] = ("ENQUEUED", "")
    await sweep.run("worker-1", set())
    assert await state_of(store, solve) == "queued"
    assert not workflows.rows


async def test_a_solve_whose_workflow_has_ended_without_it_is_told(
    store: Store, sweep: WorkflowSweep, workflows: Workflows
) -> None:
    solve = await queued(store)
    await update(store, solve, state="running")
    workflows.rows[solve.id] = ("ERROR", "worker-2")
    assert await sweep.run("worker-1", set()) == [solve.id]


async def test_a_worker_that_returns_finds_what_it_left(
    store: Store, sweep: WorkflowSweep, workflows: Workflows
) -> None:
    solve = await queued(store)
    await update(store, solve, state="running")
    workflows.rows |= {solve.id: ("PENDING", "worker-1"), "other": ("PENDING", "worker-2")}
    assert await sweep.left_by("worker-1") == [solve.id]
    await sweep.put_back([solve.id])
    assert await state_of(store, solve) == "queued"
    assert list(workflows.rows) == ["other"]


async def test_a_solve_that_has_ended_is_not_queued_again(
    store: Store, sweep: WorkflowSweep, workflows: Workflows
) -> None:
    solve = await queued(store)
    await update(store, solve, state="done")
    workflows.rows[solve.id] = ("PENDING", "worker-1")
    await sweep.put_back([solve.id])
    assert await state_of(store, solve) == "done"


async def test_a_worker_does_not_ask_whether_it_lives(
    store: Store, sweep: WorkflowSweep, workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()
    monkeypatch.setattr(sweep._slots, "take", asked.append)  # none is free
    for worker in ("worker-1", "worker-2"):
        workflows.rows[(await queued(store)).id] = ("PENDING", worker)
    await sweep.run("worker-1", set())
    assert asked == [2]
