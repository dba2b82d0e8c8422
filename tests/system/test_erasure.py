"""Who is erased is gone: from every answer, and from all that is stored, whatever was under way."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from app.errors import NotFound
from app.settings import Settings
from app.store import idempotency
from app.store.engine import Store
from app.store.key_ring import KeyRing, give_keys, keys_of
from app.store.sealed import SealedBytes
from app.store.tables import idempotency as keys
from app.store.tables import metadata
from tests.databases import settings_on
from tests.processes import Client, Site, crowd, site, until, watched

WORK = "bookkeeping for small firms"
PEOPLE = 40
ONCE = "Idempotency-Key"
PIECE = 24
"""So many bytes of a sealed value are nowhere else."""


def canary(who: str, field: str) -> str:
    """A word that stands nowhere but in one field of one person."""
    return f"quokka{who}{field}"


def profile(who: str) -> dict[str, Any]:
    """Somebody with a canary in every personal field that takes one."""
    return {
        "id": who,
        "name": canary(who, "name"),
        "organisation": canary(who, "organisation"),
        "email": f"{canary(who, 'email')}@example.org",
        "offers": [f"{WORK} {canary(who, 'offer')}"],
        "needs": [f"{WORK} {canary(who, 'need')}"],
        "interests": [canary(who, "interest")],
        "client_types": [canary(who, "client")],
        "welcomes_pitches": [WORK, canary(who, "consent")],
        "already_served": [canary(who, "served")],
        "languages": ["tlh"],
        "labels": {canary(who, "label"): canary(who, "value")},
    }


def gathering(*people: dict[str, Any]) -> dict[str, Any]:
    """An event of these people and a crowd of whom each must meet one, for their offer and need."""
    rich = crowd(PEOPLE, 6)
    rest = [row | {"offers": [WORK], "needs": [WORK]} for row in rich["attendees"]]
    rules = [
        {"kind": kind, "pair": [row["id"], other], "reason": canary(row["id"], kind)}
        for row in people
        for kind, other in (("forbid", "a000"), ("require", "a001"))
    ]
    free = {"stability": "free"}  # what is published leaves much to be looked for
    return {**rich, "attendees": [*people, *rest], "pair_rules": rules, "policy": free}


class Search:
    """Everything that is stored: the data folder with its logs, and every row on a server."""

    def __init__(self, place: Site) -> None:
        self._settings = place.settings
        self._folder = place.settings.data
        url = place.settings.database_url
        self._server = url.get_secret_value() if url else None
        self.is_on_server = url is not None

    def __call__(self, *words: str) -> list[tuple[str, str]]:
        """Where each word stands, for who has the keys."""
        return _standing(words, {**self._stored(), **self._opened()})

    def without_keys(self, *words: str) -> list[tuple[str, str]]:
        """Where each word stands, for who has not."""
        return _standing(words, self._stored())

    def sealed(self, word: str) -> list[bytes]:
        """Pieces of all sealed values that hold a word."""
        return [
            raw[k : k + PIECE]
            for table in metadata.tables.values()
            for row in self._sealed_rows(table)
            for opened, raw in row
            if opened is not None and word in str(opened)
            for k in range(0, len(raw), 1000)
        ]

    def in_files(self, pieces: list[bytes]) -> int:
        """How many of these pieces are in some file."""
        texts = self._files().values()
        return sum(any(piece in text for text in texts) for piece in pieces)

    def _stored(self) -> dict[str, bytes]:
        return {**self._files(), **(self._rows() if self._server else {})}

    def _opened(self) -> dict[str, bytes]:
        """What every sealed value is about."""
        return {
            f"{name} opened": "\n".join(
                str(opened) for row in self._sealed_rows(table) for opened, _ in row
            ).encode()
            for name, table in metadata.tables.items()
        }

    def _sealed_rows(self, table: sa.Table) -> list[list[tuple[Any, bytes]]]:
        """Each row's sealed values, opened and as they are."""
        columns = [c for c in table.columns if isinstance(c.type, SealedBytes)]
        if not columns:
            return []
        raw = [sa.type_coerce(c, sa.LargeBinary) for c in columns]
        query, many = sa.select(*columns, *raw), len(columns)
        engine = sa.create_engine(self._settings.store_url.replace("+aiosqlite", ""))
        give_keys(engine.dialect, KeyRing(self._settings))
        try:
            with engine.connect() as connection:
                rows = connection.execute(query).all()
        except NotFound:  # the event went meanwhile
            return self._sealed_rows(table)
        finally:
            keys_of(engine.dialect).close()
            engine.dispose()
        return [list(zip(row[:many], row[many:], strict=True)) for row in rows]

    def _files(self) -> dict[str, bytes]:
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return {path.name: path.read_bytes() for path in files if path.exists()}

    def _rows(self) -> dict[str, bytes]:
        assert self._server is not None
        with psycopg.connect(self._server) as connection:
            tables = connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables"
                " WHERE table_type = 'BASE TABLE'"
                " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            every = sql.SQL("SELECT * FROM {}")
            return {
                ".".join(name): repr(
                    connection.execute(every.format(sql.Identifier(*name))).fetchall()
                ).encode()
                for name in tables
            }


def _standing(words: tuple[str, ...], texts: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(w, name) for name, text in texts.items() for w in words if w.encode() in text]


@pytest.fixture(scope="module")
def place(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("erasure")
    with site(settings_on(database, folder)) as running:
        yield running


@pytest.fixture(scope="module")
def client(place: Site) -> Client:
    quick = {"TERTIUS_QUIET_SECONDS": "0.2", "TERTIUS_IMPROVEMENT_WORK": "20000"}
    _, client = place.api(**quick)
    until(client.ready)
    return client


def erase(client: Client, event: str, who: str, status: int = 200) -> Any:
    answer = client.http.delete(
        f"{event}/attendees/{who}", params={"erase": "true"}, headers={"If-Match": "*"}
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def settle(client: Client, event: str, who: str) -> None:
    """Have verdicts on what somebody needs and offers."""
    need, offer = (f"{WORK} {canary(who, field)}" for field in ("need", "offer"))
    confirmed, denied = {"need": WORK, "offer": offer}, {"need": need, "offer": offer}
    client.post(f"{event}/matching/confirm", confirmed, 200, **{ONCE: f"confirm-{who}"})
    client.post(f"{event}/matching/deny", denied, 200, **{ONCE: f"deny-{who}"})


def under_way(client: Client, event: str, **headers: str) -> str:
    """A solve that has a schedule and goes on."""
    answer = client.post(f"{event}/solves", {"seconds": 300}, 202, **headers)
    solve: str = answer.headers["Location"]
    next(watched(client, solve))
    return solve


def stopped(client: Client, solve: str) -> Any:
    """The solve, which went on until now, ended with what it had."""
    assert client.get(solve)["state"] == "running"
    client.http.delete(solve)
    ended = client.ended(solve)
    assert ended["version"] is not None, ended
    return ended


def publication(client: Client, event: str, **headers: str) -> str:
    """What publishing a first schedule answers."""
    version = client.ended(client.solve(event, work=1_000))["version"]
    return client.post(f"{event}/schedules/{version}/publish", None, 200, **headers).text


def hold_first_round(client: Client, event: str) -> tuple[str, str]:
    """Whom p and w meet in the round that is held now."""
    client.report(event, {"id": "r-1", "kind": "round_started", "round": 1})
    meetings = client.get(f"{event}/schedule")["rounds"][0]["meetings"]
    partner = {v: other for row in meetings for v, other in _both(row["attendees"])}
    return partner["p"], partner["w"]


def _both(pair: list[str]) -> list[tuple[str, str]]:
    return [(pair[0], pair[1]), (pair[1], pair[0])]


def said(name: str, attendee: str, partner: str) -> dict[str, Any]:
    note = canary("p", f"note{name}")
    return {"id": name, "attendee": attendee, "partner": partner, "valuable": True, "note": note}


def settled(client: Client, event: str) -> bool:
    """Whether nothing goes on that could still write something."""
    states = {solve["state"] for solve in client.get(f"{event}/solves")["solves"]}
    return states.isdisjoint(("queued", "running"))


def test_of_somebody_erased_on_the_day_nothing_is_left(client: Client, place: Site) -> None:
    search = Search(place)
    document = gathering(profile("p"))
    event = client.post("/v1/events", document, 201, **{ONCE: "create"}).headers["Location"]
    walks_in = {"id": "w-1", "kind": "late_arrival", "attendee": "w", "profile": profile("w")}
    client.post(f"{event}/incidents", {"incidents": [walks_in]}, 200, **{ONCE: "walk-in"})
    for who in "pw":
        settle(client, event, who)
    shown = publication(client, event, **{ONCE: "publish"})
    assert canary("p", "offer") in shown
    partner, _ = hold_first_round(client, event)
    notes = {"feedback": [said("f1", "p", partner), said("f2", partner, "p")]}
    client.post(f"{event}/feedback", notes, 200, **{ONCE: "feedback"})
    series = client.post("/v1/series", {"name": "Mornings"}, 201).headers["Location"]
    client.http.put(f"{series}/events/{event.rpartition('/')[2]}")
    assert search(canary("p", "consent"))
    client.report(event, {"id": "c-1", "kind": "consent_revoked", "attendee": "p"}, Prefer="wait=0")
    until(lambda: not search(canary("p", "consent")))
    until(lambda: settled(client, event))
    old = {k: v for k, v in client.get(event).items() if k not in ("published", "held_rounds")}
    solve = under_way(client, event, **{ONCE: "solve"})
    client.report(event, {"id": "d-1", "kind": "drop_out", "attendee": "a002"}, Prefer="wait=0")
    fields = [word for word in _words(document, walks_in, notes) if "consent" not in word]
    assert {word for word, _ in search(*fields)} == set(fields)
    assert not search.without_keys(*fields)
    pieces = search.sealed("quokka")
    assert search.in_files(pieces) == (0 if search.is_on_server else len(pieces))

    left = [erase(client, event, who) for who in "pw"]
    assert [row["outcome"] for row in left] == ["erased"] * 2
    refused = client.http.put(event, json=old, headers={"If-Match": "*"})
    told = {(row["pointer"], row["code"]) for row in refused.json()["errors"]}
    assert refused.status_code == 409, refused.text
    assert {("/attendees/0", "erased_attendee"), ("/pair_rules/0", "erased_attendee")} <= told
    client.post(f"{event}/incidents", {"incidents": [walks_in]}, 410, **{ONCE: "walk-in"})
    client.post(f"{event}/incidents", {"incidents": [walks_in]}, 409)
    client.post("/v1/events", document, 410, **{ONCE: "create"})
    client.post(f"{event}/schedules/1/publish", None, 410, **{ONCE: "publish"})
    client.post(f"{event}/feedback", notes, 410, **{ONCE: "feedback"})
    draft = stopped(client, solve)["version"]
    until(lambda: settled(client, event))
    assert "quokka" not in client.http.get(f"{event}/schedules/{draft}").text
    assert [erase(client, event, who)["outcome"] for who in "pw"] == ["erased"] * 2
    pairs = client.get(f"{series}/history")["pair_rules"]
    assert pairs
    assert not [row for row in pairs if {"p", "w"} & set(row["pair"])]
    until(lambda: settled(client, event) and not search("quokkap", "quokkaw"))
    assert not search.in_files(pieces)  # to somebody with the keys, what was sealed would tell


def test_of_somebody_erased_before_the_day_nothing_comes_back(client: Client, place: Site) -> None:
    search = Search(place)
    event = client.event(**gathering(profile("q"), profile("r")))
    for who in "qr":
        settle(client, event, who)
    first = client.ended(client.solve(event, work=1_000))["version"]
    solve = under_way(client, event)
    assert search(canary("q", "offer"), canary("r", "offer"))
    gone = client.http.delete(f"{event}/attendees/r", headers={"If-Match": "*"})
    assert gone.json()["outcome"] == "removed"
    answers = [erase(client, event, who) for who in "qqrr"]
    assert [(row["attendee"], row["outcome"]) for row in answers] == [
        (who, "erased") for who in "qqrr"
    ]
    erase(client, event, "nobody", 404)
    back = client.http.post(f"{event}/attendees", json=profile("q"))
    assert (back.status_code, back.json()["errors"][0]["pointer"]) == (409, "")
    draft = stopped(client, solve)["version"]
    texts = [client.http.get(f"{event}/schedules/{version}").text for version in (first, draft)]
    assert not [text for text in texts if "quokka" in text]
    until(lambda: not search("quokkaq", "quokkar"))


def test_of_an_event_that_is_deleted_nothing_is_left(client: Client, place: Site) -> None:
    search = Search(place)
    document = gathering(profile("s"))
    event = client.post("/v1/events", document, 201, **{ONCE: "short"}).headers["Location"]
    publication(client, event, **{ONCE: "short-lived"})
    assert search("quokkas")
    assert not search.without_keys("quokkas")
    under_way(client, event)
    assert client.http.delete(event, headers={"If-Match": "*"}).status_code == 204
    until(lambda: not search("quokkas"))
    number = len(client.get("/v1/events")["events"])
    client.post("/v1/events", document, 410, **{ONCE: "short"})
    assert len(client.get("/v1/events")["events"]) == number


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_old_answer_is_forgotten_though_nobody_writes(database: str, tmp_path: Path) -> None:
    settings = settings_on(database, tmp_path)
    asyncio.run(keep_old_answer(settings))
    with site(settings) as place:
        search = Search(place)
        assert search("quokkaold")
        place.worker()
        until(lambda: not search("quokkaold"))


async def keep_old_answer(settings: Settings) -> None:
    """An answer that was given before the service was last stopped, long ago."""
    store = Store(settings)
    await store.migrate()
    answer = idempotency.StoredAnswer("r", 200, {}, b"quokkaold")
    async with store.write() as connection:
        await idempotency.claim_key(connection, "local", "k", "r", settings.idempotency_hours)
        await idempotency.save_answer(connection, "local", "k", answer)
        then = datetime.now(UTC) - timedelta(hours=settings.idempotency_hours + 1)
        await connection.execute(keys.update().values(created_at=then))
    await store.close()


def _words(*documents: Any) -> list[str]:
    """Every canary in these documents."""
    words = json.dumps(documents).replace('"', " ").replace("@", " ").split()
    return sorted({word for word in words if word.startswith("quokka")})
