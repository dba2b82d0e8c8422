"""One digest for one problem: the event in canonical JSON (RFC 8785), its lists ordered by id.

On the day an event comes again and again with the same benefits and almost the same published
schedule; their texts are remembered, and only what is new is written.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
import rfc8785
from pydantic import BaseModel, TypeAdapter

from schemas.benefits import BenefitColumns
from schemas.event import SAID_OF_MEETING, Attendee, Event
from schemas.schedule import Meeting, Schedule
from solver.identity_cache import IdentityCache
from solver.translate.numbering import Numbering
from solver.translate.prepare import Rows, explicit_rows, number_pairs

Part = TypeVar("Part", bound=BaseModel)
ROWS_AT_ONCE = 10_000
ROWS_REMEMBERED = 1_000_000
"""Benefits of which the text is remembered; it takes some fifty bytes a row."""
ATTENDEES_REMEMBERED, MEETINGS_REMEMBERED = 10_000, 100_000


def input_sha256(event: Event) -> str:
    """Digest of all that a schedule is made from."""
    digest = hashlib.sha256()
    for text in _event(event):
        digest.update(text)
    return digest.hexdigest()


def _event(event: Event) -> Iterator[bytes]:
    """The event in canonical JSON, piece by piece: benefits may be millions."""
    rest = event.model_copy(update={"attendees": (), "benefits": (), "published": None})
    document = _document(rest.model_dump_json())
    for rule in document["pair_rules"]:
        for people in ("pair", *SAID_OF_MEETING):
            rule[people].sort()
    document["pair_rules"].sort(key=_in_full)
    for place, (name, value) in enumerate(sorted(document.items())):
        yield f'{"," if place else "{"}"{name}":'.encode()
        if name == "attendees":
            listed = sorted(event.attendees, key=lambda attendee: attendee.id)
            yield f"[{','.join(_ATTENDEES.of(listed))}]".encode()
        elif name == "benefits":
            yield from _benefits(event)
        elif name == "published" and event.published:
            yield _published(event.published).encode()
        else:
            yield canonical(value).encode()
    yield b"}"


def canonical(document: Any) -> str:
    """RFC 8785 of a document whose numbers are whole or short decimals and whose keys are ours."""
    return _ENCODER.encode(document)


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _document(text: str | bytes) -> Any:
    return json.loads(text, parse_float=_shortest)


def _shortest(written: str) -> float | int:
    """A whole number without its point, as ECMAScript writes it."""
    value = float(written)
    return int(value) if value.is_integer() else value


def _in_full(rule: dict[str, Any]) -> tuple[Any, ...]:
    said = (rule[name] for name in SAID_OF_MEETING)
    return (rule["kind"], rule["pair"], rule["reason"] or "", *said)


def _benefits(event: Event) -> Iterable[bytes]:
    """The benefits in canonical JSON."""
    rows = event.benefits
    if not isinstance(rows, BenefitColumns):
        return _rows(explicit_rows(event), Numbering.of(event))
    return [_TEXTS.of(rows)] if len(rows) <= ROWS_REMEMBERED else _columns(rows)


def _columns(rows: BenefitColumns) -> Iterator[bytes]:
    return _rows(rows, Numbering.of_sorted(tuple(sorted(rows.ids))))


_TEXTS = IdentityCache[BenefitColumns, bytes](lambda rows: b"".join(_columns(rows)))


def _rows(rows: Rows, names: Numbering) -> Iterator[bytes]:
    """Benefits in canonical JSON, ordered by id, many at a time."""
    quoted = [json.dumps(v, ensure_ascii=False) for v in names.ids]
    shortest = [str(_shortest(str(value / 1000))) for value in range(1001)]
    i, j, b = number_pairs(rows, names)
    order = np.lexsort((j, i))
    yield b"["
    for at in range(0, len(order), ROWS_AT_ONCE):
        some = order[at : at + ROWS_AT_ONCE]
        columns = zip(i[some].tolist(), j[some].tolist(), b[some].tolist(), strict=True)
        text = ",".join(
            f'{{"attendee":{quoted[v]},"partner":{quoted[w]},"value":{shortest[value]}}}'
            for v, w, value in columns
        )
        yield f"{',' if at else ''}{text}".encode()
    yield b"]"


def _published(schedule: Schedule) -> str:
    bare = tuple(block.model_copy(update={"meetings": ()}) for block in schedule.rounds)
    document = _document(schedule.model_copy(update={"rounds": bare}).model_dump_json())
    texts = iter(_MEETINGS.of([m for block in schedule.rounds for m in block.meetings]))
    blocks = []
    for block, fields in zip(schedule.rounds, document["rounds"], strict=True):
        listed = ",".join(text for _, text in zip(block.meetings, texts, strict=False))
        blocks.append(_with(fields, "meetings", listed))
    return _with(document, "rounds", ",".join(blocks))


def _with(document: Mapping[str, Any], name: str, listed: str) -> str:
    """The document in canonical JSON, with the texts ``listed`` for the list of that name."""
    texts = {key: canonical(value) for key, value in document.items()} | {name: f"[{listed}]"}
    return "{" + ",".join(f'"{key}":{text}' for key, text in sorted(texts.items())) + "}"


class _Texts(Generic[Part]):
    """Parts of a document in canonical JSON; those of one are known when the next one comes."""

    def __init__(self, kind: type[Part], written: Callable[[Any], str], most: int) -> None:
        self._known: dict[int, tuple[Part, str]] = {}
        self._list = TypeAdapter(list[kind])  # type: ignore[valid-type]
        self._written, self._most = written, most

    def of(self, parts: Sequence[Part]) -> list[str]:
        """The text of each."""
        known = self._known  # it holds the parts, so that no other can have the place of one
        fresh = [part for part in parts if id(part) not in known]
        documents = _document(self._list.dump_json(fresh))
        texts = zip(fresh, map(self._written, documents), strict=True)
        known = known | {id(part): (part, text) for part, text in texts}
        if len(parts) <= self._most:
            self._known = {id(part): known[id(part)] for part in parts}
        return [known[id(part)][1] for part in parts]


def _attendee(document: Any) -> str:
    """Keys of labels beyond the basic plane sort otherwise; the library is ten times as slow."""
    plain = all(max(key) <= "\uffff" for key in document["labels"])
    return canonical(document) if plain else rfc8785.dumps(document).decode()


_ATTENDEES = _Texts(Attendee, _attendee, ATTENDEES_REMEMBERED)
_MEETINGS = _Texts(Meeting, canonical, MEETINGS_REMEMBERED)
