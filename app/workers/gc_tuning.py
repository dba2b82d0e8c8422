"""How a process that holds large documents treats its memory."""

import asyncio
import gc
from contextlib import suppress
from ctypes import CDLL

from app.store.text_cache import forget_unused_texts

GARBAGE = (100_000, 50, 100)
"""Documents hold no cycles: looking for them at the usual pace takes half the time of reading."""
SECONDS_BETWEEN_TRIMS = 600.0


def tune_gc() -> None:
    """Have this process look for cycles now and then, and not among what it has by now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


async def trim_memory() -> None:
    """Give back, again and again, what large documents have taken and nobody needs."""
    with suppress(AttributeError):  # only GNU's can be asked to
        trim = CDLL(None).malloc_trim
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_TRIMS)
            forget_unused_texts()
            gc.collect()
            await asyncio.to_thread(trim, 0)
