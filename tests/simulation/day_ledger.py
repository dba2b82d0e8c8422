"""What devices asked for and were answered, kept in plain dicts, and what must hold of it.

The file is read past the service, so that no mistake of the service's can hide another.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from zlib import decompress

from app.settings import Settings
from app.store.key_ring import KeyRing
from app.store.sealed import VERSION
from tests.simulation.whereabouts import Whereabouts

Row = dict[str, Any]
CHILD_DIED = "process_ended"
"""Why a solve, but never a repair, may fail: two children died at it, and who asked is told so."""


class BrokenPromiseError(AssertionError):
    """Something that the service promises does not hold."""


class AnswerOfKey(NamedTuple):
    """What a POST with a key was answered."""

    status: int
    content: bytes


def expect(holds: bool, promise: str, *what: object) -> None:
    """Raise BrokenPromiseError unless ``holds``."""
    if not holds:
        raise BrokenPromiseError(f"{promise}: {' '.join(map(str, what))}")


@dataclass
class DayLedger:
    """Everything that was sent, and what of it was acknowledged or refused for good."""

    people: tuple[str, ...]
    rounds: int
    sent: dict[str, Row] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    keyed: dict[str, AnswerOfKey] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    name: str = ""
    """What the event was last called with success."""
    publish_orders: Counter[int] = field(default_factory=Counter)
    versions: dict[int, str] = field(default_factory=dict)
    seats: dict[int, set[tuple[Any, ...]]] = field(default_factory=dict)

    def answer_keyed(self, key: str, answer: AnswerOfKey) -> None:
        """A key has one answer, to the byte, whenever it is sent; what is refused leaves none."""
        if answer.status >= 400:
            expect(key not in self.keyed, "what was done is not refused", key, answer.content)
            return
        before = self.keyed.setdefault(key, answer)
        expect(before == answer, "a key has one answer", key, before, answer)

    # --- what holds at any moment ----------------------------------------------------------------

    def check_now(self, file: Path) -> None:
        """Look into the database; nothing is told while somebody is writing just now."""
        try:
            state = DatabaseState.read(file)
        except sqlite3.OperationalError:
            return
        self._check_log(state)
        self._check_versions(state)
        self._check_held(state)

    def _check_log(self, state: "DatabaseState") -> None:
        ids = [row["id"] for row in state.log]
        expect(len(ids) == len(set(ids)), "every tap counts once", ids)
        lost = self.acknowledged - set(ids)
        expect(not lost, "what is acknowledged is kept", sorted(lost))
        expect(self.refused.isdisjoint(ids), "what is refused has no effect", self.refused)
        for row in state.log:
            told = self.sent.get(row["id"], {})
            expect(told.items() <= row.items(), "taps are kept as they were", told, row)

    def _check_versions(self, state: "DatabaseState") -> None:
        numbers = [row["version"] for row in state.versions]
        expect(numbers == list(range(1, len(numbers) + 1)), "versions have no gaps", numbers)
        published = [row["version"] for row in state.versions if row["status"] == "published"]
        expect(len(published) <= 1, "one version is published", published)
        for row in state.versions:
            first = self.versions.setdefault(row["version"], row["made"])
            expect(first == row["made"], "versions stay as they were made", row["version"])
        expect(set(self.versions) <= set(numbers), "versions stay", set(self.versions), numbers)
        made = {row["version"] for row in state.solves} - {None}
        expect(made <= set(numbers), "what a solve has made is there", made, numbers)
        told = Counter(state.publications)
        for version, times in told.items():
            allowed = self.publish_orders[version] + (state.cause(version) != "solve")
            expect(times <= allowed, "nothing is published twice", version, times)

    def _check_held(self, state: "DatabaseState") -> None:
        for block in (state.published or {}).get("rounds", ())[: state.held]:
            seats = {(*m["attendees"], m["table"]) for m in block["meetings"] if not m["added"]}
            first = self.seats.setdefault(block["round"], seats)
            expect(first == seats, "held rounds stay", block["round"], first ^ seats)

    # --- what holds at the end -------------------------------------------------------------------

    def check_end(self, file: Path) -> None:
        """The same, and all that takes a repair to become true."""
        state = DatabaseState.read(file)
        self.check_now(file)
        expect(state.sound, "the file is sound")
        open_ = [row["id"] for row in state.solves if row["state"] in ("queued", "running")]
        expect(not open_, "every solve comes to its end", open_)
        failed = [
            row["kind"]
            for row in state.solves
            if row["state"] == "failed" and CHILD_DIED not in row["conflict"]
        ]
        expect(not failed, "no solve fails", failed)
        expect(state.name == self.name, "no edit is lost", state.name, self.name)
        place = Whereabouts(self.people, self.rounds)
        for row in state.log:
            place.hear(row)
        absent = place.absences()
        told = {v: set(rounds) for v, rounds in state.absences.items()}
        expect(told == absent, "who is away is as was told", told, absent)
        self._check_published(state, absent)
        makers = Counter(row["version"] for row in state.solves if row["kind"] != "repair")
        del makers[None]
        twice = [version for version, times in makers.items() if times > 1]
        expect(not twice, "a solve makes one version", twice)
        ours = [row for row in state.versions if row["cause"] == "solve"]
        asked = [row for row in state.solves if row["kind"] == "solve"]
        expect(len(ours) <= len(asked), "a solve is kept once", len(ours), len(asked))
        repairs = [row for row in state.solves if row["kind"] == "repair"]
        mended = [row for row in state.versions if row["cause"] in ("repair", "edit")]
        expect(len(mended) <= len(repairs), "a repair is kept once", len(mended), len(repairs))
        wanted = sum(key.startswith("solve") for key in self.keys)
        expect(len(asked) <= wanted, "a key has one effect", len(asked), wanted)

    def _check_published(self, state: "DatabaseState", absent: dict[str, set[int]]) -> None:
        """Nobody meets who is away, nobody is at two tables, and no two meet twice."""
        met = Counter[frozenset[str]]()
        for block in state.published["rounds"] if state.published else ():
            counted = [m for m in block["meetings"] if m["outcome"] != "missed"]
            seated = Counter(v for m in counted for v in m["attendees"])
            expect(max(seated.values(), default=0) <= 1, "one table each", block["round"], seated)
            met.update(frozenset(m["attendees"]) for m in counted)
            if block["round"] > state.held:
                gone = {v for v in seated if block["round"] in absent[v]}
                expect(not gone, "nobody waits for who is away", block["round"], gone)
        expect(max(met.values(), default=0) <= 1, "no two meet twice", met)


@dataclass(frozen=True)
class DatabaseState:
    """The rows of one event, as anybody finds them who opens the file."""

    name: str
    held: int
    absences: dict[str, list[int]]
    log: list[Row]
    versions: list[Row]
    solves: list[Row]
    publications: list[int]
    published: Any
    document: Any
    sound: bool

    @classmethod
    def read(cls, file: Path) -> "DatabaseState":
        """All of it, at one moment; OperationalError while somebody writes."""
        with closing(sqlite3.connect(f"file:{file}", uri=True, timeout=0)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            keys = KeyRing(Settings.model_construct(data=file.parent))  # asks no environment
            try:
                return cls(**dict(_parts(connection, keys)))
            finally:
                keys.close()

    def cause(self, version: int) -> str:
        """What a version came of."""
        return next((row["cause"] for row in self.versions if row["version"] == version), "")


def _rows(connection: sqlite3.Connection, query: str) -> list[Row]:
    return [dict(row) for row in connection.execute(query)]


def _opened(keys: KeyRing, event_id: str, place: str, value: bytes) -> bytes:
    """What is sealed in a row."""
    return keys.unseal(event_id, place, value.removeprefix(VERSION))


def _with_conflict(keys: KeyRing, event_id: str, row: Row) -> Row:
    """A solve with the JSON of why it failed, empty if it did not."""
    sealed = row["conflict"]
    told = _opened(keys, event_id, "solves.conflict", sealed).decode() if sealed else ""
    return row | {"conflict": told}


def _parts(connection: sqlite3.Connection, keys: KeyRing) -> Iterator[tuple[str, Any]]:
    columns = "SELECT id, name, held_rounds, document FROM events"
    event = next(iter(_rows(connection, columns)), None)
    event_id = event["id"] if event else ""
    whole = _opened(keys, event_id, "events.document", event["document"]) if event else b""
    document = json.loads(whole) if whole else {"attendees": ()}
    yield "name", event["name"] if event else ""
    yield "held", event["held_rounds"] if event else 0
    yield "absences", {a["id"]: a.get("absent_rounds", []) for a in document["attendees"]}
    log = _rows(connection, "SELECT document FROM incidents ORDER BY position")
    told_then = [_opened(keys, event_id, "incidents.document", row["document"]) for row in log]
    yield "log", [json.loads(text) for text in told_then]
    versions = "SELECT version, status, made, cause FROM schedules ORDER BY version"
    yield "versions", _rows(connection, versions)
    solves = "SELECT id, kind, state, version, conflict FROM solves ORDER BY id"
    yield "solves", [_with_conflict(keys, event_id, row) for row in _rows(connection, solves)]
    told = _rows(connection, "SELECT version FROM news WHERE kind = 'published'")
    yield "publications", [row["version"] for row in told]
    published = _rows(
        connection,
        "SELECT document FROM schedule_documents JOIN schedules USING (event_id, version)"
        " WHERE status = 'published'",
    )
    texts = [
        decompress(_opened(keys, event_id, "schedule_documents.document", row["document"]))
        for row in published
    ]
    yield "published", json.loads(texts[0]) if texts else None
    yield "document", document
    yield "sound", connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
