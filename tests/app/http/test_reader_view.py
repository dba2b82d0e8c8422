"""What readers are shown: a canary in every field, looked for in every answer that there is."""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from app.http.reader_view import NARROWED, SHOWN, shown_to
from app.planning.document import to_written
from app.store import events, incidents, proposals, solves, webhooks
from app.store.proposals import StoredProposal
from app.store.solves import conflict_json
from schemas.day import Effect
from schemas.event import Attendee
from schemas.incident import Incident, Proposal, Repair
from schemas.schedule import Meeting, Schedule, ScheduledRound
from schemas.solve import Conflict, Solve, SolveRequest, Waiver
from schemas.webhook import KINDS
from tests.api import OWNER, READER, Api
from tests.app.routes.test_schedules import hold, publish
from tests.documented import Operation, operations
from tests.stored import add_version

pytestmark = pytest.mark.anyio

SEEN = ("Shown Ada", "Shown & Co", "Shown breakfast", "Shown series")
READABLE = {
    "list_events", "get_event", "list_attendees", "get_attendee", "get_contact_spheres",
    "list_solves", "get_solve", "watch_progress", "get_current_schedule", "list_schedules",
    "get_schedule", "get_proposal", "get_repair", "compare_schedules", "list_incidents", "get_live",
    "list_series", "get_series", "healthz", "get_template_csv", "get_template_workbook",
}  # fmt: skip
OF_NOBODY = {"readyz"}
"""Has no caller, and no worker here."""
PRIVATE = {
    "email", "offers", "needs", "intents", "interests", "client_types", "welcomes_pitches",
    "already_served", "avoid", "wants", "wishes", "told", "labels", "benefits", "pair_rules",
    "matching", "why", "purpose",
    "intent", "purpose_line", "waived", "conflict", "profile", "forbidden", "note", "value",
    "notes", "emptied_by", "proposal", "proposals", "mutual", "fairness", "byes_cost", "pairs_cost",
}  # fmt: skip


def profile(who: str, **fields: Any) -> dict[str, Any]:
    """Somebody with a canary in every field that has words."""
    return {
        "id": who,
        "name": "Shown Ada",
        "organisation": "Shown & Co",
        "email": "canary.mail@example.org",
        "offers": ["canary offer"],
        "needs": [{"text": "canary need"}, {"text": "canary secret", "shown_to": "nobody"}],
        "interests": ["canary interest"],
        "client_types": ["canary clients"],
        "welcomes_pitches": ["canary pitch"],
        "already_served": ["canary served"],
        "languages": ["tlh"],
        "labels": {"canary label": "canary badge"},
    } | fields


EVENT = {
    "name": "Shown breakfast",
    "rounds": [{"starts_at": f"2027-03-04T{hour}:00:00"} for hour in ("09", "10")],
    "attendees": [profile("a", avoid=["d"], wants=["b"]), *(profile(v) for v in "bcd")],
    "policy": {"same_organisation": "allow"},
    "benefits": [{"attendee": "a", "partner": "b", "value": 0.777}],
    "pair_rules": [{"kind": "forbid", "pair": ["a", "c"], "reason": "canary reason"}],
    "matching": {
        "synonyms": [["canary synonym", "another"]],
        "topics": [{"name": "canary topic", "phrases": ["canary phrase"]}],
    },
}
MEETING = Meeting(
    table=1, attendees=("a", "b"), benefits={"a": 0.777, "b": 0.5}, value=0.6, purpose="mutual",
    purpose_line="canary purpose", why=("canary why",),
)  # fmt: skip
WAIVED = (Waiver(attendee="a", reason="canary waiver"),)
SCHEDULE = Schedule(
    rounds=(ScheduledRound(round=1, meetings=(MEETING,)), ScheduledRound(round=2)), waived=WAIVED
)
WALK_IN = Incident(
    id="1",
    kind="late_arrival",
    profile=Attendee.model_validate(profile("e", email="canary.walkin@example.org"), strict=False),
)
PROPOSAL = Proposal(
    id="5f1d2c9b7a40", basis=1, text="canary helped", helped=(), moved=(), given_up=1, gain=1.0,
    changes=(),
)  # fmt: skip
NOTE = {"id": "1", "attendee": "a", "partner": "b", "valuable": True, "note": "canary note"}
CANARIES = (
    "mail", "offer", "need", "secret", "interest", "clients", "pitch", "served", "label",
    "badge", "reason", "synonym", "topic", "phrase", "purpose", "why", "waiver", "walkin", "note",
    "conflict", "helped",
)  # fmt: skip


@pytest.fixture(scope="module")
def database() -> str:
    """What is shown does not depend on it."""
    return "sqlite"


@pytest.fixture(scope="module")
async def api(api: Api) -> Api:
    """The owner, who may ask for everything."""
    return api.as_(OWNER)


@pytest.fixture(scope="module")
async def places(api: Api) -> dict[str, str]:
    """An event that has everything, in a series: what stands for each part of an address."""
    url = await api.create(**EVENT)
    event_id = url.rpartition("/")[2]
    async with api.store.write() as connection:
        solve_id = await _add_all(connection, event_id)
    await publish(api, url, 1)
    await hold(api, url, 1)
    given = await api.send("POST", f"{url}/feedback", {"feedback": [NOTE]})
    assert given.status_code == 200, given.text
    begun = await api.send("POST", "/v1/series", {"name": "Shown series"})
    series = begun.headers["Location"]
    assert (await api.send("PUT", f"{series}/events/{event_id}")).status_code == 200
    series_id = series.rpartition("/")[2]
    async with api.store.write() as connection:
        await proposals.keep(connection, await _proposal(connection, event_id))
        hook = await webhooks.add(connection, "acme", None, "https://example.org", KINDS, "s")
    ids = {"event_id": event_id, "solve_id": solve_id, "series_id": series_id}
    ids["webhook_id"] = hook.id
    made = await api.send("POST", "/v1/keys", {"role": "reader"})
    ids["key_id"] = made.headers["Location"].rpartition("/")[2]
    return ids | {"attendee_id": "a", "version": "1", "proposal_id": PROPOSAL.id}


async def _proposal(connection: AsyncConnection, event_id: str) -> StoredProposal:
    """What is proposed for the event as it stands."""
    now = await events.progress(connection, event_id)
    assert now is not None
    assert now.published_version is not None
    return StoredProposal(
        event_id=event_id,
        id=PROPOSAL.id,
        basis=now.published_version,
        revision=now.revision,
        version=None,
        told=PROPOSAL.model_dump_json(by_alias=True),
        document=to_written(SCHEDULE).document,
    )


async def _add_all(connection: AsyncConnection, event_id: str) -> str:
    """A version that a repair made, an incident, and a solve that found a contradiction."""
    made = to_written(SCHEDULE)
    repair = Repair(version=1, status="published", waived=WAIVED).model_dump_json(by_alias=True)
    for account in (repair, None):
        await add_version(connection, event_id, replace(made, repair=account))
    await incidents.append(connection, event_id, [WALK_IN], [Effect()], None)
    solve = await solves.add(connection, event_id, "solve", SolveRequest(), 1)
    clash = (Conflict(pointer="", code="required", message="canary conflict"),)
    await solves.update(connection, solve.id, state="infeasible", conflict=conflict_json(clash))
    return solve.id


def reads() -> list[Operation]:
    """All but those that ask for an attendee's link: to them a reader's key is nothing."""
    rows = [operation for operation in operations() if operation.method == "GET"]
    return [operation for operation in rows if not operation.is_for_attendees]


async def read(api: Api, operation: Operation, places: dict[str, str]) -> httpx.Response:
    query = {"compare_schedules": "?from=2", "explain_schedule": "?pair=a,b"}
    url = operation.path.format_map(places) + query.get(operation.name, "")
    return await api.send("GET", url)


@pytest.mark.parametrize("operation", reads(), ids=lambda operation: operation.name)
async def test_a_reader_is_told_nothing_private(
    api: Api, places: dict[str, str], operation: Operation
) -> None:
    answer = await read(api.as_(READER), operation, places)
    assert "canary" not in answer.text.lower()
    assert "0.777" not in answer.text
    assert "tlh" not in answer.text
    if operation.name in READABLE:
        assert answer.status_code == 200, answer.text
        keys = set(re.findall(r'"(\w+)":', answer.text))
        assert not keys & PRIVATE
    elif operation.name not in OF_NOBODY:
        assert answer.status_code == 403


async def test_an_owner_is_told_all_of_it(api: Api, places: dict[str, str]) -> None:
    """Else the test above would look for what nobody could find."""
    told = ""
    for operation in reads():
        answer = await read(api, operation, places)
        assert answer.status_code == 200 or operation.name in OF_NOBODY, answer.text
        told += answer.text.lower()
    assert [name for name in CANARIES if not re.search(f"canary.{name}", told)] == []
    assert "0.777" in told
    assert '"tlh"' in told


async def test_a_reader_is_shown_the_room(api: Api, places: dict[str, str]) -> None:
    told = [await read(api.as_(READER), operation, places) for operation in reads()]
    texts = "".join(answer.text for answer in told)
    assert [text for text in SEEN if text not in texts] == []
    event = await api.as_(READER).get(f"/v1/events/{places['event_id']}")
    assert event["published"]["rounds"][0]["meetings"] == [
        {"table": 1, "attendees": ["a", "b"], "outcome": "planned", "added": False}
    ]
    (who, *_) = event["attendees"]
    assert who == {"id": "a", "name": "Shown Ada", "organisation": "Shown & Co"}


@pytest.mark.parametrize(
    "operation", [row for row in reads() if row.name in READABLE], ids=lambda row: row.name
)
async def test_what_a_reader_gets_is_still_what_is_documented(
    api: Api, places: dict[str, str], operation: Operation
) -> None:
    answer = await read(api.as_(READER), operation, places)
    if answer.headers["Content-Type"] == "application/json":
        (media,) = [m for k, m in operation.answer(200)["content"].items() if k.endswith("/json")]
        name = media["schema"].get("$ref", "").rpartition("/")[2]
        for model in [model for model in SHOWN if model.__name__ == name]:
            TypeAdapter(model).validate_json(answer.content)


@pytest.mark.parametrize("path", ["", "/attendees", "/attendees/a", "/schedule", "/live"])
async def test_a_reader_has_tags_of_their_own(api: Api, places: dict[str, str], path: str) -> None:
    url, reader = f"/v1/events/{places['event_id']}{path}", api.as_(READER)
    ours, theirs = await api.tag(url), await reader.tag(url)
    assert ours != theirs
    for caller, tag, other in ((api, ours, theirs), (reader, theirs, ours)):
        same = await caller.send("GET", url, headers={"If-None-Match": tag})
        assert (same.status_code, same.content, same.headers["ETag"].strip("W/")) == (
            304,
            b"",
            tag.strip("W/"),
        )
        whole = await caller.send("GET", url, headers={"If-None-Match": other})
        assert whole.status_code == 200


def test_every_field_that_is_shown_is_there() -> None:
    assert [
        (model.__name__, name)
        for fields in NARROWED.values()
        for model, names in fields.items()
        for name in names.split()
        if name not in model.model_fields
    ] == []


def test_what_is_sent_piece_by_piece_is_narrowed_too() -> None:
    clash = (Conflict(pointer="", code="required", message="canary conflict"),)
    shown = shown_to("reader", Solve(id="1", state="infeasible", conflict=clash))
    assert shown["state"] == "infeasible"
    assert "conflict" not in shown
