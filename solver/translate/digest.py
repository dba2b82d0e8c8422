"""One digest for one problem: the event in canonical JSON (RFC 8785), its lists ordered by id.

On the day an event comes again and again with the same benefits and almost the same published
schedule; their texts are remembered, and only what is new is written.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import rfc8785
from pydantic import TypeAdapter

from schemas.benefits import BenefitColumns
from schemas.event import Event
from schemas.schedule import Meeting, Schedule
from solver.remembered import Remembered
from solver.translate.numbering import Numbering
from solver.translate.prepare import Rows, explicit_rows, numbered

ROWS_AT_ONCE = 10_000
ROWS_REMEMBERED = 1_000_000
"""Benefits of which the text is remembered; it takes some fifty bytes a row."""
MEETINGS_REMEMBERED = 100_000


def input_sha256(event: Event) -> str:
    """Digest of all that a schedule is made from."""
    digest = hashlib.sha256()
    for text in _event(event):
        digest.update(text)
    return digest.hexdigest()


def _event(event: Event) -> Iterator[bytes]:
    """The event in canonical JSON, piece by piece: benefits may be millions."""
    rest = event.model_copy(update={"benefits": (), "published": None})
    document = _document(rest.model_dump_json())
    document["attendees"].sort(key=lambda attendee: attendee["id"])
    for rule in document["pair_rules"]:
        for people in ("pair", "valuable", "would_refer"):
            rule[people].sort()
    document["pair_rules"].sort(key=_in_full)
    plain = all(max(key) <= "\uffff" for a in document["attendees"] for key in a["labels"])
    for place, (name, value) in enumerate(sorted(document.items())):
        yield f'{"," if place else "{"}"{name}":'.encode()
        if name == "benefits":
            yield from _benefits(event)
        elif name == "published" and event.published:
            yield _published(event.published).encode()
        else:
            # Labels with keys beyond the basic plane sort in another way than here. The library
            # knows it, and takes ten times as long.
            yield canonical(value).encode() if plain else rfc8785.dumps(value)
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
    told = (rule["reason"] or "", rule["valuable"], rule["would_refer"])
    return (rule["kind"], rule["pair"], *told)


def _benefits(event: Event) -> Iterable[bytes]:
    """The benefits in canonical JSON."""
    rows = event.benefits
    if not isinstance(rows, BenefitColumns):
        return _rows(explicit_rows(event), Numbering.of(event))
    return [_TEXTS.of(rows)] if len(rows) <= ROWS_REMEMBERED else _columns(rows)


def _columns(rows: BenefitColumns) -> Iterator[bytes]:
    return _rows(rows, Numbering.in_order(tuple(sorted(rows.ids))))


_TEXTS = Remembered[BenefitColumns, bytes](lambda rows: b"".join(_columns(rows)))


def _rows(rows: Rows, names: Numbering) -> Iterator[bytes]:
    """Benefits in canonical JSON, ordered by id, many at a time."""
    quoted = [json.dumps(v, ensure_ascii=False) for v in names.ids]
    shortest = [str(_shortest(str(value / 1000))) for value in range(1001)]
    i, j, b = numbered(rows, names)
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


class _MeetingTexts:
    """Meetings in canonical JSON; those of one schedule are known when the next one comes."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Meeting, str]] = {}

    def of(self, meetings: Sequence[Meeting]) -> list[str]:
        """The text of each."""
        known = self._known  # it holds the meetings, so that no other can have the place of one
        fresh = [meeting for meeting in meetings if id(meeting) not in known]
        documents = _document(_LIST.dump_json(fresh))
        written = zip(fresh, map(canonical, documents), strict=True)
        known = known | {id(meeting): (meeting, text) for meeting, text in written}
        if len(meetings) <= MEETINGS_REMEMBERED:
            self._known = {id(meeting): known[id(meeting)] for meeting in meetings}
        return [known[id(meeting)][1] for meeting in meetings]


_MEETINGS = _MeetingTexts()
_LIST = TypeAdapter(list[Meeting])
