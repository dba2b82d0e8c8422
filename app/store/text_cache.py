"""Large texts that this process read or wrote last, told by their digest."""

from collections import OrderedDict
from time import monotonic
from weakref import WeakSet

SECONDS_KEPT = 1800.0
"""How long a text is remembered that nobody asks for."""

_CACHES: "WeakSet[TextCache]" = WeakSet()


class TextCache:
    """As many texts as ``most`` characters hold, one in any case; the oldest go first."""

    def __init__(self, most: int) -> None:
        self._texts: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._most = most
        _CACHES.add(self)

    def keep(self, digest: str, text: str) -> None:
        """Remember a text."""
        self._texts[digest] = monotonic(), text
        self._texts.move_to_end(digest)
        while len(self._texts) > 1 and self._characters() > self._most:
            self._texts.popitem(last=False)

    def get(self, digest: str) -> str | None:
        """The text of this digest, if it is remembered."""
        if digest not in self._texts:
            return None
        _, text = self._texts[digest]
        self.keep(digest, text)
        return text

    def forget(self, seconds: float) -> None:
        """Forget what nobody has asked for in so many seconds."""
        while self._texts and next(iter(self._texts.values()))[0] <= monotonic() - seconds:
            self._texts.popitem(last=False)

    def _characters(self) -> int:
        return sum(len(text) for _, text in self._texts.values())


def forget_unused_texts() -> None:
    """Have every cache forget what nobody has asked for in a while."""
    for cache in _CACHES:
        cache.forget(SECONDS_KEPT)
