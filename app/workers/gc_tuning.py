"""How often a process that holds large documents looks for garbage."""

import gc

GARBAGE = (100_000, 50, 100)
"""Documents hold no cycles: looking for them at the usual pace takes half the time of reading."""


def tune_gc() -> None:
    """Have this process look for cycles now and then, and not among what it has by now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
