"""Large texts that this process read or wrote last, told by their digest."""

from collections import OrderedDict


class TextCache:
    """As many texts as ``most`` characters hold, one in any case; the oldest go first."""

    def __init__(self, most: int) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._most = most

    def keep(self, digest: str, text: str) -> None:
        """Remember a text."""
        self._texts[digest] = text
        self._texts.move_to_end(digest)
        while len(self._texts) > 1 and sum(map(len, self._texts.values())) > self._most:
            self._texts.popitem(last=False)

    def get(self, digest: str) -> str | None:
        """The text of this digest, if it is remembered."""
        if digest in self._texts:
            self._texts.move_to_end(digest)
        return self._texts.get(digest)
