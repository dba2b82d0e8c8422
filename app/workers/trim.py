"""A process that is at rest gives back what large documents have taken."""

import asyncio
import gc
from contextlib import suppress
from ctypes import CDLL

from app.store.engine import Store
from app.store.text_cache import forget_unused_texts

SECONDS_BETWEEN_TRIMS = 600.0
M_ARENA_MAX = -8
"""The number of GNU's parameter for how many heaps there are at most."""


def share_one_heap() -> None:
    """Have all threads to come take memory from one heap, the only one that shrinks at its end."""
    with suppress(AttributeError):  # other C libraries have no such choice
        CDLL(None).mallopt(M_ARENA_MAX, 1)


async def trim_memory(store: Store) -> None:
    """Let go, again and again, of what nobody needs, and have the C library give it back."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_TRIMS)
        await store.close_idle()
        forget_unused_texts()
        gc.collect()
        with suppress(AttributeError):  # only GNU's can be asked to
            await asyncio.to_thread(CDLL(None).malloc_trim, 0)
