"""Large bodies are read by a child: what is wrong with one, or merely long, holds up nobody else.

So is what is stored, where it is large and has to be read for a change. The optimiser plays no part
in it; a child is what can be killed, and has a memory of its own.
"""

import asyncio
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from app.errors import Refused, TooLarge, Unavailable
from app.large_documents import LARGE, SMALL
from app.strict_json import count_values
from app.workers.child import SECONDS_IN_FRONT
from app.workers.child_pool import ChildPool
from app.workers.messages import Task

FEW_VALUES = 2_000
"""A small body of so few values is read at once: in a few milliseconds, whatever is wrong."""
PATIENCE_SECONDS = 20.0
"""How long a body waits for those before it."""
LONGEST_SECONDS = 60.0
"""How long it may take in all."""
MOST_MEMORY = 3 * 2**30
"""Bytes that reading one body may take, besides what every child has."""

Result = TypeVar("Result")


def size_to_read(raw: bytes) -> int:
    """The size of a body; of one that might be wrong in many places, that of what is large."""
    few = len(raw) <= SMALL and count_values(raw) <= FEW_VALUES
    return len(raw) if few else max(len(raw), LARGE + 1)


class BodyReader:
    """A child, started when the first large body comes, and one more while two callers send some.

    Bodies are read in the turn of their ``owner``, so that another's large ones hold up none.
    """

    def __init__(self, children: ChildPool | None = None, owner: str = "") -> None:
        self._children = children or ChildPool(1, spare=1)
        self._owner = owner

    def of(self, owner: str) -> "BodyReader":
        """The same for the bodies of one caller."""
        return BodyReader(self._children, owner)

    async def read(self, take: Callable[[bytes], Result], raw: bytes, others: int = 0) -> Result:
        """What ``take`` makes of a body, or what it raises; Unavailable if it takes too long.

        ``others`` is the size of what ``take`` looks at besides.
        """
        if size_to_read(raw) + others <= SMALL:
            return take(raw)
        return await self.work(take, raw)

    async def work(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """What ``function`` makes of documents in the child; raises as ``read`` does."""
        task = Task(partial(_call, function, arguments), "", SECONDS_IN_FRONT)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                answer: Result | Refused = await self._children.run(
                    task, PATIENCE_SECONDS, self._owner
                )
        except TimeoutError:
            raise Unavailable("the body took too long to read: send it in parts") from None
        if isinstance(answer, Refused):
            raise answer
        return answer

    def close(self) -> None:
        """End the child."""
        self._children.close()


def _call(function: Callable[..., Result], arguments: tuple[Any, ...], _: str) -> Result | Refused:
    """What becomes of the documents, refusals among it, which are no failures of ours."""
    try:
        with _limited_memory():
            return function(*arguments)
    except Refused as refusal:
        return refusal
    except MemoryError:
        return TooLarge.at("", "too_much_memory", "it takes too much memory to read: send less")


@contextmanager
def _limited_memory() -> Iterator[None]:
    """Let this process take no more than ``MOST_MEMORY`` besides what it has."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    most = _data_bytes() + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _data_bytes() -> int:
    """What the limit counts of this process; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
