"""Changes to a stored event: valid as a whole, and true to what was published."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic_core import from_json

from app.errors import MOST_ERRORS, Invalid, NotFound, Refused, StateConflict
from app.planning.document import write_event
from app.planning.event_change import EventChange
from app.service import editing
from app.service.editing import (
    attendees_named_in,
    changes_to,
    check_listed,
    errors_of,
    lock_event,
    refuse_contradictions,
    save_edit,
)
from app.store import events, schedules
from app.store.engine import Store
from app.store.events import StoredEvent
from app.store.schedules import people_in
from schemas.event import Attendee, Event, PairRule, Round
from schemas.solve import Advice, Conflict, Contradiction, Remedy
from tests.app.service.stored import FOUR, again, event_in, published_event

pytestmark = pytest.mark.anyio


async def refusal(store: Store, before: Event, after: Event, *, published: bool) -> Refused:
    async with store.write() as connection:
        stored = await (published_event if published else event_in)(connection, before)
        new = write_event(after)
        with pytest.raises(StateConflict) as refused:
            await save_edit(connection, stored, new, await changes_to(stored, new))
        assert await again(connection, stored) == stored
    return refused.value


async def edited(store: Store, before: Event, after: Event, *, published: bool) -> StoredEvent:
    async with store.write() as connection:
        stored = await (published_event if published else event_in)(connection, before)
        new = write_event(after)
        change = await changes_to(stored, new)
        return (await save_edit(connection, stored, new, change)).event


HELD = FOUR.model_copy(update={"held_rounds": 1})


async def test_held_rounds_cannot_be_taken_away(store: Store) -> None:
    held = FOUR.model_copy(update={"held_rounds": 2})
    shorter = FOUR.model_copy(update={"rounds": (Round(),)})
    refused = await refusal(store, held, shorter, published=False)
    assert [(error.pointer, error.code) for error in refused.errors] == [("/rounds", "held_rounds")]
    assert (await edited(store, HELD, shorter, published=False)).held_rounds == 1


async def test_how_many_rounds_are_held_is_no_matter_of_an_edit(store: Store) -> None:
    saved = await edited(store, HELD, FOUR.model_copy(update={"name": "x"}), published=True)
    assert (saved.held_rounds, saved.name) == (1, "x")


async def test_nobody_published_vanishes_from_the_list(store: Store) -> None:
    fewer = FOUR.model_copy(update={"attendees": FOUR.attendees[:2], "benefits": ()})
    refused = await refusal(store, FOUR, fewer, published=True)
    assert [error.code for error in refused.errors] == ["published_attendee"] * 2
    assert [error.message[:4] for error in refused.errors] == ["c is", "d is"]
    assert len((await edited(store, FOUR, fewer, published=False)).outline) > 0


async def test_of_many_who_vanish_no_more_are_told_than_anybody_reads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [f"v{k:02}" for k in range(MOST_ERRORS + 5)]

    async def named(_: object) -> set[str]:
        return {*many, "stays"}

    monkeypatch.setattr(editing, "attendees_named_in", named)
    async with store.write() as connection:
        stored = await published_event(connection)
        change = EventChange([], {*many, "in no schedule"})
        with pytest.raises(StateConflict) as refused:
            await save_edit(connection, stored, write_event(FOUR), change)
    assert [error.message[:3] for error in refused.value.errors] == many[:MOST_ERRORS]


async def test_where_nobody_leaves_the_published_schedule_is_not_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editing, "attendees_named_in", None)
    renamed = (FOUR.attendees[0].model_copy(update={"name": "Ada"}), *FOUR.attendees[1:])
    after = FOUR.model_copy(update={"attendees": renamed})
    assert "Ada" in (await edited(store, FOUR, after, published=True)).outline


async def test_a_schedule_names_who_meets_waits_or_is_absent(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        version = await schedules.published(connection, stored.id)
    assert version is not None
    assert await attendees_named_in(version) == set("abcd")
    row = '{"rounds":[{"meetings":[{"attendees":["a","b"]}],"byes":["c"],"absent":["d"]}]}'
    assert people_in(row) == set("abcd")


async def test_an_event_of_somebody_else_is_not_locked(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection)
        assert await lock_event(connection, stored) == stored
        await events.remove(connection, stored.id)
        with pytest.raises(NotFound):
            await lock_event(connection, stored)


async def test_who_is_listed_is_found(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection)
    await check_listed(stored, "d")
    with pytest.raises(NotFound):
        await check_listed(stored, "e")


# Contradictions


class Tasks:
    """Runs nothing; notes what it is asked for."""

    def __init__(self, *found: Conflict) -> None:
        self.found, self.asked = found, list[str]()

    async def run(self, function: Callable[..., Any], document: str) -> Contradiction:
        self.asked.append(document)
        return Contradiction(self.found, ADVICE if self.found else None)


RULE = Conflict(pointer="/attendees/0/min_meetings", code="min", message="a must have 3 meetings")
ADVICE = Advice(remedies=(Remedy(kind="add_rounds", message="add 1 round", rounds=1),))
DEMANDS: list[Event] = [
    FOUR.model_copy(update={"pair_rules": (PairRule(kind="require", pair=("a", "b")),)}),
    FOUR.model_copy(update={"attendees": (Attendee(id="a", min_meetings=3), *FOUR.attendees[1:])}),
]


@pytest.mark.parametrize("event", DEMANDS)
async def test_demands_that_cannot_be_met_together_are_refused(event: Event) -> None:
    tasks = Tasks(RULE)
    with pytest.raises(Invalid) as refused:
        await refuse_contradictions(tasks, write_event(event))  # type: ignore[arg-type]
    assert (refused.value.conflict, refused.value.advice) == ((RULE,), ADVICE)
    assert list(refused.value.errors) == errors_of([RULE])
    assert (errors_of([RULE])[0].pointer, errors_of([RULE])[0].code) == (RULE.pointer, "min")
    assert from_json(tasks.asked[0])["attendees"][0]["id"] == "a"


async def test_without_demands_nothing_is_asked() -> None:
    tasks = Tasks(RULE)
    barred = FOUR.model_copy(update={"pair_rules": (PairRule(kind="forbid", pair=("a", "b")),)})
    await refuse_contradictions(tasks, write_event(barred))  # type: ignore[arg-type]
    assert tasks.asked == []


async def test_what_does_not_contradict_is_let_be() -> None:
    await refuse_contradictions(Tasks(), write_event(DEMANDS[0]))  # type: ignore[arg-type]
