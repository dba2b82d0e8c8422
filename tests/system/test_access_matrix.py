"""Every operation for every kind of caller, of their own things, of another's, and of none.

Generated from the OpenAPI document: a new operation is in it, and fails where no rule names it.
What another organisation has is answered as what is not there, byte for byte.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx
import pytest

from app.http.attendee_access import LINK_COOKIE
from app.http.policy import POLICY, AccessRule
from app.http.sample_requests import SampleRequest
from app.planning.document import to_written
from app.store import proposals, schedules, solves, webhooks
from app.store.access_keys import add, key_of, new_secret
from app.store.ids import new_id
from app.store.proposals import StoredProposal
from schemas.access_key import Role
from schemas.incident import Proposal
from schemas.schedule import Schedule
from schemas.solve import SolveRequest
from schemas.webhook import KINDS as NEWS
from tests.api import OTHER, Api
from tests.app.http.test_openapi import OWN_PAGE, example, give_link
from tests.app.http.test_sample_requests import sample_of
from tests.documented import Operation, operations
from tests.stored import add_version

pytestmark = pytest.mark.anyio

CANARY = "Canarywhistle"
"""In every text of the other organisation's."""
REFUSED = (401, 403, 404)
GONE = {"get_repair", "get_proposal", "publish_proposal"}
"""May find no repair, and no proposal once one was published."""
LONG = {"watch_progress"}
"""Waits for a worker: tried where it is refused alone."""


class Kind(NamedTuple):
    """A kind of caller: the role and scope of their key, if they have a good one."""

    name: str
    role: Role | None = None
    event: str | None = None


KINDS = (
    Kind("nobody"),
    Kind("a wrong key"),
    Kind("an attendee's link"),
    Kind("reader", "reader"),
    Kind("reader of the event", "reader", "own"),
    Kind("steward of the event", "steward", "own"),
    Kind("steward of another event", "steward", "sibling"),
    Kind("organiser", "organiser"),
    Kind("organiser of the event", "organiser", "own"),
    Kind("organiser of another event", "organiser", "sibling"),
    Kind("owner", "owner"),
)

Ids = Mapping[str, str]
"""What stands in an address, by name."""


@dataclass(frozen=True)
class World:
    """What there is: the ids of each place, and the headers of each kind of caller."""

    api: Api
    places: Mapping[str, Ids]
    headers: Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="module")
def database() -> str:
    """Who may do what does not depend on it."""
    return "sqlite"


@pytest.fixture(scope="module")
async def world(api: Api) -> World:
    places = {
        "own": await everything(api, "acme"),
        "sibling": await everything(api, "acme"),
        "other": await everything(api.as_(OTHER), "other", name=CANARY),
    }
    places["missing"] = {**places["own"], **{name: new_id() for name in IDS}}
    async with api.store.write() as connection:
        await give_link(connection, places["own"]["event_id"])
    secret = example("LinkSecret")["secret"]
    headers: dict[str, Mapping[str, str]] = {
        "nobody": {},
        "a wrong key": {"Authorization": f"Bearer {new_secret()}"},
        "an attendee's link": {"Cookie": f"{LINK_COOKIE}={secret}"},
    }
    for kind in KINDS:
        if kind.role is not None:
            event = places[kind.event]["event_id"] if kind.event else None
            headers[kind.name] = {"Authorization": f"Bearer {await key(api, kind.role, event)}"}
    return World(api, places, headers)


IDS = ("event_id", "series_id", "key_id", "webhook_id")


async def key(api: Api, role: Role, event: str | None) -> str:
    """The secret of a new key of acme."""
    secret = new_secret()
    async with api.store.write() as connection:
        await add(connection, key_of(secret, "acme", role, event), secret)
    return secret


async def everything(api: Api, organisation: str, name: str = "Ours") -> Ids:
    """An event with a version, a solve and a proposal, in a series; and a key."""
    event = example("Event")
    people = [{**row, "name": f"{name} {row['id']}"} for row in event["attendees"]]
    url = await api.create(**event | {"name": name, "attendees": people})
    event_id = url.rpartition("/")[2]
    begun = await api.send("POST", "/v1/series", {"name": name})
    series = begun.headers["Location"]
    written = to_written(Schedule.model_validate_json(json.dumps(example("Schedule"))))
    secret = new_secret()
    stored_key = key_of(secret, organisation, "reader", label=name)
    async with api.store.write() as connection:
        await add(connection, stored_key, secret)
        hook = await webhooks.add(
            connection, organisation, None, f"https://example.org/{name}", NEWS, "s"
        )
        for _ in range(2):
            version = await add_version(connection, event_id, written)
        await schedules.publish(connection, version)
        solve = await solves.add(connection, event_id, "solve", SolveRequest(), 1)
        await solves.update(connection, solve.id, state="stopped")
    added = await api.send("PUT", f"{series}/events/{event_id}")
    assert added.status_code == 200, added.text
    await propose(api, event_id, version.version, written.document, name)
    return {
        "event_id": event_id,
        "series_id": series.rpartition("/")[2],
        "solve_id": solve.id,
        "key_id": stored_key.id,
        "webhook_id": hook.id,
        "proposal_id": PROPOSAL,
        "attendee_id": "ada",
        "version": "1",
    }


PROPOSAL = "5f1d2c9b7a40"


async def propose(api: Api, event_id: str, basis: int, document: Any, text: str) -> None:
    proposal = Proposal(
        id=PROPOSAL, basis=basis, text=text, helped=(), moved=(), given_up=1, gain=1.0, changes=()
    )
    async with api.store.write() as connection:
        stored = StoredProposal(
            event_id=event_id,
            id=PROPOSAL,
            basis=basis,
            revision=1,
            version=None,
            told=proposal.model_dump_json(by_alias=True),
            document=document,
        )
        await proposals.keep(connection, stored)


def expected(rule: AccessRule, kind: Kind, place: str, path: str) -> int | None:
    """The status of the refusal that the policy asks for; None where it asks for none."""
    if rule.door == "open":
        return None
    if rule.door == "link":
        return None if kind.name == "an attendee's link" else 401
    if kind.role is None:
        return 401
    if kind.role not in rule.roles or (kind.event and rule.beyond_events):
        return 403
    is_theirs = place == "own" or (place == "sibling" and kind.event != "own")
    if kind.event == "sibling":
        is_theirs = place == "sibling"
    names_something = any(f"{{{name}}}" in path for name in IDS)
    return None if is_theirs or not names_something else 404


PLACES = ("own", "sibling", "other", "missing")


def tried(operation: Operation) -> Iterator[tuple[Kind, str]]:
    """Whom to let ask for what: without an address of something one place is as good as all.

    A second event of one's own is another thing only to a key of one event.
    """
    named = any(f"{{{name}}}" in operation.path for name in IDS)
    for kind in KINDS:
        for place in PLACES if named else PLACES[:1]:
            if place != "sibling" or kind.event is not None:
                yield kind, place


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
async def test_each_caller_is_let_in_where_the_policy_says_so(
    world: World, operation: Operation
) -> None:
    rule = POLICY[operation.name]
    refusals: dict[tuple[str, int], bytes] = {}
    for kind, place in tried(operation):
        wanted = expected(rule, kind, place, operation.path)
        if wanted is None and (operation.name in LONG or not is_harmless(operation, kind)):
            continue
        answer = await ask(world, operation, kind, place)
        where = (operation.name, kind.name, place, answer.status_code, answer.text[:200])
        if wanted is None:
            allowed = operation.name in GONE and answer.status_code == 404
            assert allowed or answer.status_code not in REFUSED, where
        else:
            assert answer.status_code == wanted, where
            assert refusals.setdefault((kind.name, wanted), told_in(answer)) == told_in(answer), (
                where
            )
        assert CANARY.encode() not in answer.content, where


def told_in(answer: httpx.Response) -> bytes:
    """All that an answer tells, but for how many requests are left."""
    headers = [row for row in answer.headers.items() if row[0] != "ratelimit"]
    return repr(sorted(headers)).encode() + answer.content


REMOVES = {
    "delete_event", "delete_series", "revoke_key", "erase_attendee", "make_link", "make_links",
    "end_link", "delete_webhook",
}  # fmt: skip
"""What takes away what others are asked about has things of its own to take away."""


def is_harmless(operation: Operation, kind: Kind) -> bool:
    """Whether a caller may be let through: a key of one event has no other to take away."""
    return operation.name not in REMOVES or kind.event is None


async def ask(world: World, operation: Operation, kind: Kind, place: str) -> httpx.Response:
    """The answer to the sample of an operation; where something is changed, by a stale tag."""
    sample: SampleRequest = sample_of(operation)
    headers = {**sample.headers, **OWN_PAGE, "prefer": "wait=0", **world.headers[kind.name]}
    if "if-match" in headers:
        headers["if-match"] = '"0.0"'
    query = dict(sample.query) | (UNKNOWN if operation.name == "solve_event" else {})
    body: dict[str, Any] = {"content": sample.body} if isinstance(sample.body, str) else {}
    if sample.body is not None and not body:
        body = {"json": sample.body}
    ids = world.places[place]
    if expected(POLICY[operation.name], kind, place, operation.path) is None:
        ids = {**ids, **(await fresh(world, operation))}
    url = operation.path.format_map(ids)
    world.api.client.cookies.clear()  # of a link that was opened
    return await world.api.client.request(
        operation.method, url, params=query, headers=headers, **body
    )


UNKNOWN = {"unknown": "x"}
"""Refused with 422 when a caller is let in: what is solved has tests of its own."""


async def fresh(world: World, operation: Operation) -> Ids:
    """Things of their own for what takes them away."""
    if operation.name not in REMOVES:
        return {}
    return await everything(world.api, "acme")
