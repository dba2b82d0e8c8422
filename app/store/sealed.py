"""Columns that hold what people said, or who they are: sealed with the key of the row's event.

What is bound is an ``EventText``, which names the event; a plain text is refused, so that none is
stored by mistake. What is read is opened with the key of the event that the row is of: the database
sends its id before the value. So a value that was moved to another event's row, or to another
column, is not opened.
"""

from typing import Any, NamedTuple
from zlib import decompress

import sqlalchemy as sa

from app.planning.document import pack_text
from app.store.key_ring import NO_EVENT, BrokenSealError, keys_of

ID_LENGTH = 32
VERSION = b"\x01"
"""What every sealed value begins with; no id of an event does."""


class EventText(NamedTuple):
    """What is sealed, and the event whose key it is sealed with; None: it is of no event."""

    event_id: str | None
    text: str | bytes


class SealedBytes(sa.types.TypeDecorator[Any]):
    """Bytes, sealed for a ``place``: a table and a column, as ``events.document``."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: EventText | None, dialect: sa.Dialect) -> bytes | None:
        """What is stored."""
        if value is None:
            return None
        if not isinstance(value, EventText):
            raise TypeError(f"{self.place} is sealed: an EventText is needed")
        event_id = value.event_id or NO_EVENT
        return VERSION + keys_of(dialect).seal(event_id, self.place, self._plain(value.text))

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> str | bytes | None:
        """What was given; BrokenSealError if it was changed, NotFound if it was shredded."""
        if value is None:
            return None
        event_id, version, _ = value[: ID_LENGTH + 1].partition(VERSION)
        if not version or len(event_id) not in (0, ID_LENGTH):
            raise BrokenSealError(f"a value of {self.place} was never sealed")
        sealed = memoryview(value)[len(event_id) + len(version) :]  # it may be large: no copies
        return self._given(keys_of(dialect).unseal(event_id.decode(), self.place, sealed))

    def column_expression(self, column: Any) -> sa.ColumnElement[Any]:
        """The value, the id of the row's event before it."""
        plain = getattr(column, "element", column)
        columns = plain.table.c
        owner = columns["event_id" if "event_id" in columns else "id"]
        before = sa.cast(sa.func.coalesce(owner, NO_EVENT), sa.LargeBinary)
        both = before.op("||")(sa.type_coerce(plain, sa.LargeBinary))
        return sa.type_coerce(sa.cast(both, sa.LargeBinary), self)

    def _plain(self, text: str | bytes) -> bytes:
        return text.encode() if isinstance(text, str) else text

    def _given(self, plain: bytes) -> str | bytes:
        return plain


class SealedText(SealedBytes):
    """A text, sealed."""

    cache_ok = True

    def _given(self, plain: bytes) -> str:
        return plain.decode()


class SealedPack(SealedBytes):
    """A large text, packed and sealed; whoever has it as ``pack_text`` makes it may give that."""

    cache_ok = True

    def _plain(self, text: str | bytes) -> bytes:
        return pack_text(text) if isinstance(text, str) else text

    def _given(self, plain: bytes) -> str:
        return decompress(plain).decode()
