"""What was made of objects that never change, kept for the last few of them."""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class IdentityCache(Generic[Thing, Made]):
    """What ``make`` returned lately, for the last ``kept`` times that it had something new.

    A thing is told by identity, so it must not change, and an equal copy of it is another thing;
    what it is made with (``also``) is told by equality.
    """

    def __init__(self, make: Callable[..., Made], kept: int = 2) -> None:
        self._make = make
        self._known: deque[tuple[Thing, tuple[Hashable, ...], Made]] = deque(maxlen=kept)

    def of(self, thing: Thing, *also: Hashable) -> Made:
        """What was, or is now, made of ``thing`` with ``also``."""
        for known, others, made in list(self._known):
            if known is thing and others == also:
                return made
        made = self._make(thing, *also)
        self._known.append((thing, also, made))
        return made
