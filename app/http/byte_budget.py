"""How many bytes of bodies are held at once: by all callers together, and by each organisation.

A small body needs no part of it. A larger one waits until it fits, before it is read; of those that
wait, the one whose organisation holds least comes first, and is overtaken by nobody.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.errors import NoRoom

PATIENCE_SECONDS = 5.0
"""How long a body waits until it fits."""


@dataclass(eq=False)
class _Wish:
    """Bytes that somebody waits for."""

    organisation: str
    size: int
    granted: asyncio.Future[None]


class ByteBudget:
    """At most ``most`` bytes of an organisation at once, and twice that of all."""

    def __init__(self, most: int, patience: float = PATIENCE_SECONDS) -> None:
        self._most, self._patience = most, patience
        self._held = Counter[str]()
        self._waiting: list[_Wish] = []

    @asynccontextmanager
    async def hold(self, organisation: str) -> AsyncIterator["Holding"]:
        """Hold nothing yet; what is taken meanwhile is given back in the end."""
        holding = Holding(self, organisation)
        try:
            yield holding
        finally:
            self._give_back(organisation, holding.size)

    async def take(self, organisation: str, size: int) -> None:
        """Wait until ``size`` more bytes fit; NoRoom if they do not for long."""
        wish = _Wish(organisation, size, asyncio.get_running_loop().create_future())
        self._waiting.append(wish)
        self._grant()
        try:
            async with asyncio.timeout(self._patience):
                await wish.granted
        except TimeoutError:
            self._withdraw(wish)
            raise NoRoom from None
        except asyncio.CancelledError:
            self._withdraw(wish)
            raise

    def _withdraw(self, wish: _Wish) -> None:
        if wish in self._waiting:
            self._waiting.remove(wish)
            self._grant()
        else:
            self._give_back(wish.organisation, wish.size)

    def _give_back(self, organisation: str, size: int) -> None:
        self._held[organisation] -= size
        self._held += Counter()  # forgets who holds nothing
        self._grant()

    def _grant(self) -> None:
        """Grant what fits; whose own bodies are in the way keeps nobody else waiting."""
        for wish in sorted(self._waiting, key=lambda wish: self._held[wish.organisation]):
            if wish.granted.cancelled() or self._held[wish.organisation] + wish.size > self._most:
                continue
            if self._held.total() + wish.size > 2 * self._most:
                return
            self._held[wish.organisation] += wish.size
            self._waiting.remove(wish)
            wish.granted.set_result(None)


class Holding:
    """What one body holds of the budget."""

    def __init__(self, budget: ByteBudget, organisation: str) -> None:
        self._budget, self._organisation = budget, organisation
        self.size = 0

    async def grow(self, size: int) -> None:
        """Hold ``size`` bytes from now on; NoRoom if so many do not become free."""
        await self._budget.take(self._organisation, size - self.size)
        self.size = size
