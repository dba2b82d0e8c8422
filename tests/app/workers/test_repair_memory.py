"""A child that repairs an event again begins with what it knows: counted, never timed."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest

from app.planning.document import benefits_json_of, digest_of, outline_of, to_written
from app.planning.plan import plan_schedule
from app.workers.repair_memory import MissingInput, RepairAnswer, RepairMemory, RepairOrder
from schemas.event import Attendee, Event
from schemas.schedule import Schedule
from solver import verify
from solver.budget import Budget
from solver.compatibility import graph, recent
from solver.compatibility.purpose import both_ways
from solver.compatibility.reasons import reason_rows
from solver.translate import digest, prepare
from tests.builders import event_of

pytestmark = pytest.mark.anyio

PEOPLE = "abcdefgh"
GIVEN = {i + j: (4 + k % 5) / 10 for k, i in enumerate(PEOPLE) for j in PEOPLE if i != j}


@pytest.fixture(autouse=True)
def no_graph_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "RECENT", recent.Recent())


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of the things that repairs remember is made."""
    made: Counter[str] = Counter()

    def count(name: str, function: Callable[..., Any], size: Callable[..., int]) -> Any:
        def counted(*arguments: Any) -> Any:
            made[name] += size(*arguments)
            return function(*arguments)

        return counted

    def once(*_: Any) -> int:
        return 1

    for name, cache in (
        ("benefits in numbers", prepare._BY_COLUMN),
        ("benefits in order", graph._GIVEN),
        ("benefits as the verifier sees them", verify._LEDGERS),
        ("benefits in canonical JSON", digest._TEXTS),
    ):
        monkeypatch.setattr(cache, "_make", count(name, cache._make, once))
    written = count("attendees in canonical JSON", digest._ATTENDEES._written, once)
    monkeypatch.setattr(digest._ATTENDEES, "_written", written)
    words = count("meetings in words", both_ways, once)
    monkeypatch.setattr("solver.translate.write.both_ways", words)
    looked = count("people looked at", reason_rows, lambda _, sources, *__: int(sources.sum()))
    monkeypatch.setattr(graph, "reason_rows", looked)
    return made


async def order_of(event: Event, published: Schedule) -> RepairOrder:
    """An order that sends nothing but the outline: the texts are known by their digests."""
    return RepairOrder(
        event_id="e",
        day="{}",
        held_rounds=0,
        benefits_digest=digest_of(benefits_json_of(event)),
        version_digest=to_written(published).digest,
        outline=outline_of(event),
    )


async def whole(order: RepairOrder, event: Event, published: Schedule) -> RepairOrder:
    """The order with the texts that it builds on."""
    text = to_written(published).document
    return replace(order, benefits_json=benefits_json_of(event), version_json=text)


def without(event: Event, *gone: str) -> Event:
    """The event once somebody has dropped out."""
    rounds = tuple(range(1, len(event.rounds) + 1))
    people = tuple(
        a.model_copy(update={"absent_rounds": rounds}) if a.id in gone else a
        for a in event.attendees
    )
    return event.model_copy(update={"attendees": people})


async def mended(
    memory: RepairMemory, event: Event, published: Schedule, *, known: bool = True
) -> tuple[RepairAnswer, Schedule]:
    order = await order_of(event, published)
    answer = memory.repair(order if known else await whole(order, event, published))
    assert isinstance(answer, RepairAnswer)
    return answer, Schedule.model_validate_json(answer.written.document)


def meetings(schedule: Schedule) -> set[frozenset[str]]:
    return {frozenset(m.attendees) for block in schedule.rounds for m in block.meetings}


def with_interests(people: Iterable[Attendee]) -> tuple[Attendee, ...]:
    return tuple(a.model_copy(update={"interests": ("chess",)}) for a in people)


async def test_a_second_repair_makes_anew_only_what_changed(counts: Counter[str]) -> None:
    event = event_of(PEOPLE, 3, GIVEN)
    published = plan_schedule(event, Budget(work=20_000))
    memory = RepairMemory()
    _, then = await mended(memory, without(event, "a"), published, known=False)
    stranger = next(v for v in PEOPLE[1:] if frozenset(("a", v)) not in meetings(published))
    counts.clear()
    _, now = await mended(memory, without(event, "a", stranger), then)
    fresh = meetings(now) - meetings(then)
    assert 0 < len(fresh) < len(meetings(now))
    assert counts == {"attendees in canonical JSON": 1, "meetings in words": len(fresh)}


async def test_reasons_found_once_serve_every_repair(counts: Counter[str]) -> None:
    plain = event_of(PEOPLE, 4, {"ab": 0.9, "ba": 0.9})
    event = plain.model_copy(update={"attendees": with_interests(plain.attendees)})
    published = plan_schedule(event, Budget(work=20_000))
    memory = RepairMemory()
    _, then = await mended(memory, without(event, "a"), published, known=False)
    counts.clear()
    await mended(memory, without(event, "a", "b"), then)
    assert counts["people looked at"] == 0
    assert not [name for name in counts if name.startswith("benefits")]


async def test_what_is_remembered_changes_no_byte() -> None:
    event = event_of(PEOPLE, 4, GIVEN)
    published = plan_schedule(event, Budget(work=20_000))
    memory = RepairMemory()
    _, then = await mended(memory, without(event, "a"), published, known=False)
    warm, _ = await mended(memory, without(event, "a", "b"), then)
    cold, _ = await mended(RepairMemory(), without(event, "a", "b"), then, known=False)
    assert warm == cold


async def test_in_another_language_every_meeting_is_written_anew() -> None:
    event = event_of(PEOPLE, 4, GIVEN)
    published = plan_schedule(event, Budget(work=20_000))
    memory = RepairMemory()
    _, then = await mended(memory, without(event, "a"), published, known=False)
    german = without(event.model_copy(update={"language": "de"}), "a")
    _, now = await mended(memory, german, then)
    lines = {m.purpose_line for block in now.rounds for m in block.meetings}
    assert lines == {"vom Veranstaltungsteam vorgegeben"}


async def test_an_order_that_builds_on_something_unknown_is_sent_back() -> None:
    event = event_of(PEOPLE, 4, GIVEN)
    published = plan_schedule(event, Budget(work=20_000))
    assert RepairMemory().repair(await order_of(event, published)) == MissingInput()


async def test_of_many_events_only_the_last_are_remembered() -> None:
    event = event_of(PEOPLE, 4, GIVEN)
    published = plan_schedule(event, Budget(work=20_000))
    memory, order = RepairMemory(), await order_of(event, published)
    for name in ("first", "second", "third"):
        sent = await whole(order, event, published)
        assert isinstance(memory.repair(replace(sent, event_id=name)), RepairAnswer)
    assert isinstance(memory.repair(replace(order, event_id="third")), RepairAnswer)
    assert memory.repair(replace(order, event_id="first")) == MissingInput()


async def test_what_two_gain_can_depend_on_who_joins_them() -> None:
    # Whatever more people share says less: one more who serves restaurants lowers what it is worth.
    before = Event.model_validate_json(
        resources.files("app.demo").joinpath("event.json").read_text()
    )
    walk_in = {"id": "w", "offers": ["payroll for pubs"], "client_types": ["restaurants"]}
    joined = before.model_copy(
        update={"attendees": (*before.attendees, Attendee.model_validate_json(json.dumps(walk_in)))}
    )
    published = plan_schedule(before, Budget(work=20_000))
    memory = RepairMemory()
    await mended(memory, before, published, known=False)
    _, now = await mended(memory, joined, published)
    then, told = _benefits(published), _benefits(now)
    assert any(then[pair] != told[pair] for pair in then.keys() & told.keys())


def _benefits(schedule: Schedule) -> dict[frozenset[str], dict[str, float]]:
    return {frozenset(m.attendees): m.benefits for block in schedule.rounds for m in block.meetings}
