"""What dead workers leave is queued again: the workflow goes, and the row waits for a free place.

Nothing is lost with the workflow, for a search that was cut short starts afresh.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence

from dbos import DBOSClient, WorkflowStatus

from app.store import solves
from app.store.engine import Store
from app.store.solves import StoredSolve
from app.workers.slots import WorkerSlots, number_of

BEGUN = "PENDING"
"""The state of a workflow that a worker is said to carry out."""
NEVER_BEGUN = {"ENQUEUED", "DELAYED"}
"""The states of workflows that a release with queues of its own has left."""


class WorkflowSweep:
    """Sees to it that every unfinished solve is queued, or with a worker that lives."""

    def __init__(self, store: Store, client: DBOSClient, slots: WorkerSlots) -> None:
        self._store, self._client, self._slots = store, client, slots
        self._claimed: set[str] = set()

    async def run(self, own: str, at_work: Collection[str]) -> list[str]:
        """Queue again what nobody works on; ``own``, the worker that asks, is ``at_work`` at some.

        A worker can lose sight of a solve: where the end of one could be written nowhere, as on a
        disk that was full, it is still said to be running.

        Returns the ids of solves that are unfinished though their workflow has ended.
        """
        async with self._store.read() as connection:
            unfinished = await solves.unfinished(connection)
        if not unfinished:
            self._claimed.clear()
            return []
        found = await self._client.list_workflows_async(
            workflow_ids=[solve.id for solve in unfinished], load_input=False, load_output=False
        )
        workflows = {workflow.workflow_id: workflow for workflow in found}
        await self._put_back_unbegun(
            [s for s in unfinished if s.id not in workflows and s.id not in at_work]
        )
        await self.put_back([id_ for id_, w in workflows.items() if w.status in NEVER_BEGUN])
        begun = [w for w in found if w.status == BEGUN]
        lost = [w.workflow_id for w in begun if w.executor_id == own]
        await self.put_back([id_ for id_ in lost if id_ not in at_work])
        await self._put_back_orphans([w for w in begun if w.executor_id != own])
        return [id_ for id_, w in workflows.items() if w.status not in {BEGUN, *NEVER_BEGUN}]

    async def put_back(self, ids: Sequence[str]) -> None:
        """Forget workflows that nobody carries out, and queue their solves."""
        if not ids:
            return
        await self._client.delete_workflows_async(list(ids))
        async with self._store.write() as connection:
            for solve_id in ids:
                await solves.put_back(connection, solve_id)

    async def left_by(self, worker: str) -> list[str]:
        """The workflows that a worker is said to carry out."""
        found = await self._client.list_workflows_async(
            status=BEGUN, executor_id=worker, load_input=False, load_output=False
        )
        return [workflow.workflow_id for workflow in found]

    async def _put_back_unbegun(self, solves_: Sequence[StoredSolve]) -> None:
        """Queue what was claimed a sweep ago or longer, and has no workflow yet."""
        claimed = {solve.id for solve in solves_ if solve.state == "running"}
        await self.put_back(sorted(claimed & self._claimed))
        self._claimed = claimed - self._claimed

    async def _put_back_orphans(self, workflows: Sequence[WorkflowStatus]) -> None:
        """Queue what is with workers that are dead, while their slots keep them from returning."""
        by_worker: defaultdict[str, list[str]] = defaultdict(list)
        for workflow in workflows:
            by_worker[workflow.executor_id or ""].append(workflow.workflow_id)
        for worker, ids in by_worker.items():
            slot = await asyncio.to_thread(self._slots.take, number_of(worker))
            if slot is None:
                continue
            try:
                await self.put_back(ids)
            finally:
                slot.give_back()
