"""Health over HTTP: anybody may ask, and is told in the status."""

import pytest

from app.store import leases
from app.workers.slots import slots_of
from tests.api import Api
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


async def test_a_process_that_answers_is_healthy(api: Api) -> None:
    answer = await api.client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_a_worker_it_is_not_ready_and_with_one_it_is(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.service.readiness.SECONDS_BETWEEN_LOOKS", 0.0)
    answer = await api.client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, False)
    slot = slots_of(api.app.state.settings).take(1)
    assert slot is not None
    async with api.store.write() as connection:
        await leases.take(connection, leases.WORKER + "worker-1", "worker-1", 60)
    answer = await api.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "database": True, "worker": True},
    )
    slot.give_back()
