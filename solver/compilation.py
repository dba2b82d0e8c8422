"""How inner loops are compiled, and a word to whoever has to wait for it.

What numba has compiled is kept: beside the modules where that folder may be written, else in the
user's cache folder, or where ``NUMBA_CACHE_DIR`` says. What is not there yet takes about a minute,
once. The kept code does not notice when anything here changes, or a compiled function in another
file that it calls: each unit stays in one file.
"""

import logging
from typing import Any

import numba as nb
from numba.core import event

log = logging.getLogger(__name__)

allocating: Any = nb.njit(cache=True, nogil=True)
"""For loops that make arrays."""
# _nrt=False leaves out the counting of references to the arrays of tuples at every call, which
# costs ten times the work itself; nothing compiled so may allocate.
OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "boundscheck": False,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}
compiled: Any = nb.njit(**OPTIONS)
inline: Any = nb.njit(forceinline=True, **OPTIONS)
"""For what happens at every step: a call would pass every array of the tuples by itself."""


class CompilationNotice(event.Listener):
    """Warns once in a process, as soon as something is compiled that was not kept."""

    given = False

    def on_start(self, _: event.Event) -> None:
        """Begin to compile."""
        if not self.given:
            self.given = True
            log.warning("compiling the search once (about a minute) ...")

    def on_end(self, _: event.Event) -> None:
        """End of one function; more may follow."""


NOTICE = CompilationNotice()
event.register("numba:compile", NOTICE)  # type: ignore[no-untyped-call]
