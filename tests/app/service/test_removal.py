"""Attendees who go: nothing of them stays that need not, and nothing of others goes."""

import pytest

from app.errors import NotFound
from app.service.incidents import accept_incidents
from app.service.removal import remove_attendee
from app.store import feedback, incidents, schedules, series, solves, tombstones
from app.store.engine import Store
from schemas.event import Attendee, Matching, Need, Offer, PairRule
from schemas.feedback import Feedback
from schemas.incident import Incident
from tests.app.service.stored import again, event_in, published_event
from tests.builders import entangled_event, event_of

pytestmark = pytest.mark.anyio

FULL = entangled_event()


async def test_who_is_in_no_published_schedule_is_gone(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection, FULL)
        told = await remove_attendee(connection, stored, "a", erase=False)
        event = await (await again(connection, stored)).event()
    assert (told.outcome, told.solve) == ("removed", None)
    assert [attendee.id for attendee in event.attendees] == ["b", "c", "d"]


async def test_who_is_in_the_published_schedule_drops_out(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        told = await remove_attendee(connection, stored, "a", erase=False)
        now = await again(connection, stored)
        event, (solve,) = await now.event(), await solves.of_event(connection, stored.id)
    assert (told.outcome, told.solve) == ("dropped_out", solve.id)
    assert event.attendees[0].absent_rounds == (1, 2)
    assert now.state.away["a"].reason == "dropped_out"


async def test_who_is_not_there_cannot_go(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection, FULL)
        with pytest.raises(NotFound):
            await remove_attendee(connection, stored, "z", erase=True)
        assert await again(connection, stored) == stored


@pytest.mark.parametrize("published", [True, False])
async def test_erasure_reaches_everything_that_tells_of_them(store: Store, published: bool) -> None:
    named = [Attendee(id=v, name=f"name-of-{v}") for v in "abcd"]
    event = event_of(tuple(named), 2, {"ab": 0.5})
    said = Feedback(id="f", attendee="b", partner="a", note="a word")
    met = tuple(PairRule(kind="met", pair=pair) for pair in (("a", "b"), ("b", "c")))
    async with store.write() as connection:
        stored = await (published_event if published else event_in)(connection, event)
        await feedback.append(connection, stored.id, [(said, 1)])
        ours = await series.add(connection, "acme", "Breakfasts")
        await series.join(connection, ours.id, stored.id)
        await series.tell(connection, ours.id, stored.id, met)
        told = await remove_attendee(connection, stored, "a", erase=True)
        now = await again(connection, stored)
        assert await feedback.log(connection, stored.id) == []
        assert await tombstones.of_event(connection, stored.id) == {"a"}
        (member,) = await series.members(connection, ours.id)
        version = await schedules.published(connection, stored.id)
        log = await incidents.known(connection, stored.id, [])
    assert told.outcome == "erased"
    assert (told.solve is not None) == published
    assert "name-of-a" not in now.document
    assert "name-of-b" in now.document
    assert member.rules() == met[1:]
    assert (version is not None) == published
    assert log == {}
    assert (await now.event()).benefits == ()


@pytest.mark.parametrize("published", [True, False])
async def test_a_verdict_on_texts_of_somebody_erased_is_erased(
    store: Store, published: bool
) -> None:
    people = (
        Attendee(id="a", needs=(Need(text="hers"),), offers=(Offer(text="ours"),)),
        Attendee(id="b", needs=(Need(text="his"),), offers=(Offer(text="Ours"),)),
        Attendee(id="c"),
        Attendee(id="d"),
    )
    matching = Matching(confirmed=(("hers", "ours"), ("his", "ours")), denied=(("HERS", "x"),))
    event = event_of(people, 2, {}, matching=matching)
    async with store.write() as connection:
        stored = await (published_event if published else event_in)(connection, event)
        await remove_attendee(connection, stored, "a", erase=True)
        now = await (await again(connection, stored)).event()
    assert now.matching == Matching(confirmed=(("his", "ours"),))


async def test_a_verdict_goes_with_whoever_is_removed_or_had_written_it_before(
    store: Store,
) -> None:
    matching = Matching(denied=(("what a had written before", "y"),))
    async with store.write() as connection:
        stored = await event_in(connection, FULL.model_copy(update={"matching": matching}))
        await remove_attendee(connection, stored, "a", erase=False)
        assert (await (await again(connection, stored)).event()).matching == Matching()


async def test_that_a_consent_was_revoked_is_erased_with_them(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection, FULL)
        told = [Incident(id=f"c-{v}", kind="consent_revoked", attendee=v) for v in "ab"]
        await accept_incidents(connection, stored, told)
        now = await again(connection, stored)
        assert set(now.state.revoked) == {"a", "b"}
        await remove_attendee(connection, now, "a", erase=True)
        assert set((await again(connection, stored)).state.revoked) == {"b"}


async def test_a_held_round_stays_held_when_somebody_goes(store: Store) -> None:
    held = event_of("abcd", 2, {}).model_copy(update={"held_rounds": 1})
    async with store.write() as connection:
        stored = await published_event(connection, held)
        await remove_attendee(connection, stored, "a", erase=True)
        assert (await again(connection, stored)).held_rounds == 1
