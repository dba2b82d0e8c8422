"""Work on large documents, kept out of the event loop."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

SMALL = 64 * 1024
"""Documents of fewer characters are worked on at once: a thread would cost more than it frees."""

Result = TypeVar("Result")


async def in_thread_if_large(size: int, function: Callable[..., Result], *arguments: Any) -> Result:
    """Call ``function``, in a thread if it works on a document of a large ``size``."""
    if size <= SMALL:
        return function(*arguments)
    return await asyncio.to_thread(function, *arguments)
