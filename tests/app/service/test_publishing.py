"""Whether a version may be published as things stand, and every reason against it."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import MOST_ERRORS, StateConflict
from app.service.publishing import UnjudgedError, judge_candidate, publish_version
from app.store import news, schedules
from app.store.engine import Store
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from schemas.event import Attendee, Event, PairRule, Round
from tests.app.service.stored import FOUR, event_in, published_event, version_of

pytestmark = pytest.mark.anyio

NOBODY: Any = None


def four(**changed: Attendee) -> Event:
    people = tuple(changed.get(a.id, a) for a in FOUR.attendees)
    return FOUR.model_copy(update={"attendees": people})


async def published_now(
    connection: AsyncConnection, stored: StoredEvent, version: StoredSchedule
) -> StoredSchedule:
    """The version, judged and published; no child is asked of what was made of this revision."""
    with pytest.raises(UnjudgedError) as question:
        await publish_version(connection, stored, version)
    judgement = await judge_candidate(NOBODY, question.value.candidate)
    return await publish_version(connection, stored, version, judgement)


async def told_against(
    store: Store, event: Event, *rounds: str, published: bool = False
) -> list[tuple[str, str]]:
    """Where and why a version of the event is refused."""
    async with store.write() as connection:
        stored = await (published_event if published else event_in)(connection, event)
        version = await version_of(connection, stored, *rounds)
        with pytest.raises(StateConflict) as refused:
            await published_now(connection, stored, version)
        now = await schedules.find(connection, stored.id, version.version)
    assert now is not None
    assert now.status == "draft"
    return [(error.pointer, error.code) for error in refused.value.errors]


async def taken(
    store: Store, event: Event, *rounds: str, published: bool = False
) -> StoredSchedule:
    async with store.write() as connection:
        stored = await (published_event if published else event_in)(connection, event)
        version = await version_of(connection, stored, *rounds)
        return await published_now(connection, stored, version)


async def test_what_nothing_stands_against_is_published(store: Store) -> None:
    assert (await taken(store, FOUR)).status == "published"


async def test_who_is_told_are_those_whose_partner_changes(store: Store) -> None:
    version = await taken(store, FOUR, "ab cd", "ad bc", published=True)
    async with store.read() as connection:
        first, second = await news.changes(connection, version.event_id)
    assert first == "[]"
    assert second.count('"attendee"') == 4


async def test_publishing_the_published_version_tells_nobody(store: Store) -> None:
    async with store.write() as connection:
        stored = await published_event(connection)
        version = await schedules.published(connection, stored.id)
        assert version is not None
        assert await publish_version(connection, stored, version) is version
        assert await news.last(connection, stored.id) == 1


async def test_nobody_who_is_absent_by_now_is_seated(store: Store) -> None:
    away = four(c=Attendee(id="c", absent_rounds=(2,)))
    assert await told_against(store, away) == [("/rounds/1/meetings/0", "absent")]
    assert (await taken(store, away, "ab cd", "bd")).status == "published"


async def test_nobody_who_is_gone_is_seated(store: Store) -> None:
    gone = FOUR.model_copy(update={"attendees": FOUR.attendees[:3]})
    assert await told_against(store, gone) == [
        ("/rounds/0/meetings/1", "absent"), ("/rounds/1/meetings/1", "absent"),
    ]  # fmt: skip


KEPT_APART: list[Event] = [
    four(d=Attendee(id="d", avoid=("c",))),
    four(c=Attendee(id="c", avoid=("d",))),
    FOUR.model_copy(update={"pair_rules": (PairRule(kind="forbid", pair=("d", "c")),)}),
]


@pytest.mark.parametrize("event", KEPT_APART)
async def test_nobody_who_keeps_apart_is_seated_together(store: Store, event: Event) -> None:
    assert await told_against(store, event) == [("/rounds/0/meetings/1", "forbidden_pair")]


async def test_who_sits_at_the_table_of_others_stands_against_it(store: Store) -> None:
    booth = four(d=Attendee(id="d", table=2))
    assert await told_against(store, booth, "ab cd", "ad bc") == [("/rounds/1/meetings/0", "place")]
    assert (await taken(store, booth, "ab cd", "bc ad")).status == "published"


def ruled(kind: str, pair: str, **where: int) -> Event:
    rule = PairRule.model_validate({"kind": kind, "pair": tuple(pair)} | where)
    return FOUR.model_copy(update={"pair_rules": (rule,)})


async def test_a_rule_of_one_round_binds_that_round_alone(store: Store) -> None:
    told = await told_against(store, ruled("forbid", "da", round=2), "ab cd", "ad bc")
    assert told == [("/rounds/1/meetings/0", "forbidden_pair")]
    apart = ruled("forbid", "da", round=1)
    assert (await taken(store, apart, "ab cd", "ad bc")).status == "published"


ELSEWHERE = [{"round": 1}, {"round": 2, "table": 2}]


@pytest.mark.parametrize("where", ELSEWHERE)
async def test_who_must_meet_in_a_round_meets_there(store: Store, where: dict[str, int]) -> None:
    told = await told_against(store, ruled("require", "da", **where), "ab cd", "ad bc")
    assert told == [(f"/rounds/{where['round'] - 1}", "required")]
    met = ruled("require", "da", round=2, table=1)
    assert (await taken(store, met, "ab cd", "ad bc")).status == "published"
    over = ruled("require", "da", round=1).model_copy(update={"held_rounds": 1})
    assert (await taken(store, over, "ab cd", "ad bc", published=True)).status == "published"


async def test_a_rule_that_is_no_bar_stands_against_nothing(store: Store) -> None:
    met = FOUR.model_copy(update={"pair_rules": (PairRule(kind="met", pair=("c", "d")),)})
    assert (await taken(store, met)).status == "published"


HELD = FOUR.model_copy(update={"held_rounds": 1})


async def test_a_held_round_stays_as_it_was_published(store: Store) -> None:
    for other in ("ac bd", "ab", "cd ab"):
        assert await told_against(store, HELD, other, "ad bc", published=True) == [
            ("/rounds/0/meetings", "held_round")
        ]
    assert (await taken(store, HELD, "ab cd", "ad bc", published=True)).status == "published"


async def test_without_anything_published_no_round_can_be_held(store: Store) -> None:
    assert ("/rounds/0/meetings", "held_round") in await told_against(store, HELD)


async def test_who_left_after_a_round_was_held_stays_in_it(store: Store) -> None:
    away = four(c=Attendee(id="c", absent_rounds=(1, 2))).model_copy(update={"held_rounds": 1})
    assert await told_against(store, away, published=True) == [("/rounds/1/meetings/0", "absent")]


async def test_a_version_of_other_rounds_is_refused_for_that_alone(store: Store) -> None:
    longer = FOUR.model_copy(update={"rounds": (Round(),) * 3, "attendees": FOUR.attendees[:1]})
    assert await told_against(store, longer) == [("/rounds", "rounds")]


async def test_no_more_reasons_are_told_than_anybody_reads(store: Store) -> None:
    nobody = FOUR.model_copy(update={"rounds": (Round(),) * 8, "attendees": ()})
    rows: Any = ("ab cd",) * 8
    assert len(await told_against(store, nobody, *rows)) == MOST_ERRORS
