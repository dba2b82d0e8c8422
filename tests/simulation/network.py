"""The network between devices and the service: it loses, delays, doubles and reorders."""

import asyncio
from random import Random
from typing import Any

import httpx

from tests.simulation.processes_inside import SimulatedService

PATIENCE_SECONDS = 8.0
"""How long a device waits for an answer before it asks again."""


class FaultyNetwork:
    """Carries requests to the service; each may befall a mishap, as likely as ``trouble`` says."""

    def __init__(self, service: SimulatedService, chance: Random, trouble: float) -> None:
        self.trouble = trouble
        self._service, self._chance = service, chance
        self._under_way: set[asyncio.Task[httpx.Response | None]] = set()

    async def exchange(self, method: str, url: str, **how: Any) -> httpx.Response | None:
        """The answer to a request, if it comes in time: whether it arrived is not known then."""
        if self._mishap():
            await asyncio.sleep(PATIENCE_SECONDS)
            return None
        deliveries = [self._deliver(method, url, how) for _ in range(1 + self._mishap())]
        await asyncio.wait(deliveries[:1], timeout=PATIENCE_SECONDS)
        first = deliveries[0]
        if not first.done():
            return None
        if first.result() is None or self._mishap():
            await asyncio.sleep(1.0)
            return None
        return first.result()

    async def drain(self) -> None:
        """Return when nothing is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _mishap(self) -> bool:
        return self._chance.random() < self.trouble

    def _deliver(
        self, method: str, url: str, how: dict[str, Any]
    ) -> "asyncio.Task[httpx.Response | None]":
        seconds = self._chance.expovariate(20.0)
        if self._mishap():
            seconds += 20.0 * self._chance.random()
        task = asyncio.create_task(self._later(seconds, method, url, how))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _later(
        self, seconds: float, method: str, url: str, how: dict[str, Any]
    ) -> httpx.Response | None:
        await asyncio.sleep(seconds)
        return await self._service.request(method, url, **how)
