"""Writing a schedule again: what was written stays, and what is added finds a table."""

import hashlib
import json
from collections.abc import Sequence

import pytest
import rfc8785

from app.planning.plan import plan_schedule
from bench.generate import generate
from schemas.event import Attendee, Event, PairRule, Round
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.instance import Edge, Result
from solver.objective import points_of
from solver.translate.digest import input_sha256
from solver.translate.numbering import Numbering
from solver.translate.prepare import instance_of, published_meetings
from solver.translate.write import Kept, possible_promises, schedule_of
from tests.builders import event_of


@pytest.fixture(scope="module")
def day() -> Event:
    """Thirty people, two of whom have left, while round 3 of five is running."""
    event = Event.model_validate_json(generate(30, 2).model_dump_json())
    published = plan_schedule(event, Budget(work=50_000))
    people = tuple(
        a.model_copy(update={"absent_rounds": (4, 5)}) if k in (3, 8) else a
        for k, a in enumerate(event.attendees)
    )
    later = {"attendees": people, "published": published, "held_rounds": 3}
    return event.model_copy(update=later)


def written(event: Event, kept: Kept, added: Sequence[Edge] = ()) -> Schedule:
    """The promises that can be kept, and what is added to the running round, written out."""
    graph = build_graph(event)
    instance = instance_of(event, graph.columns, graph.refused)
    listed = list(published_meetings(event)[: event.held_rounds])
    listed[-1] = tuple(sorted((*listed[-1], *added)))
    listed += possible_promises(event, instance)[event.held_rounds :]
    result = Result(tuple(listed), points_of(instance, tuple(listed)))
    return schedule_of(event, graph, instance, result, kept, added)


def meetings(schedule: Schedule, held: int) -> dict[frozenset[str], Meeting]:
    blocks = schedule.rounds[held:]
    return {frozenset(m.attendees): m for block in blocks for m in block.meetings}


def test_meetings_that_are_kept_are_the_same_and_so_are_the_bytes(day: Event) -> None:
    anew = written(day, {})
    known = meetings(anew, 3)
    again = written(day, known)
    assert again == anew
    assert all(meetings(again, 3)[pair] is meeting for pair, meeting in known.items())


def test_only_the_purpose_and_the_table_of_a_kept_meeting_are_looked_at(day: Event) -> None:
    anew = meetings(written(day, {}), 3)
    told = {pair: m.model_copy(update={"why": ("as told",)}) for pair, m in anew.items()}
    stale = {
        pair: m.model_copy(update={"table": 99, "purpose": m.purpose if m.value else "triangle"})
        for pair, m in told.items()
    }
    again = meetings(written(day, stale), 3)
    for pair, meeting in anew.items():
        assert again[pair] == meeting.model_copy(update={"why": ("as told",)})


def test_who_is_added_sits_where_the_stranded_sat_unless_that_table_is_taken_or_closed() -> None:
    block = ScheduledRound(
        round=1,
        meetings=(
            Meeting(table=1, attendees=("a", "b")),
            Meeting(table=3, attendees=("c", "d"), outcome="missed"),
            Meeting(table=4, attendees=("e", "f"), outcome="missed"),
        ),
        byes=("c", "d", "e", "f", "g", "h"),
    )
    gains = {"cg": 0.5, "gc": 0.5}
    rounds = (Round(tables=5, closed_tables=(4,)),)
    event = event_of("abcdefgh", rounds, gains).model_copy(
        update={"published": Schedule(rounds=(block,)), "held_rounds": 1}
    )
    now = written(event, {}, added=[(2, 6), (4, 7)]).rounds[0]
    told = [(m.table, m.attendees, m.outcome, m.added, m.purpose) for m in now.meetings]
    assert told == [
        (1, ("a", "b"), "planned", False, "open"),
        (2, ("e", "h"), "planned", True, "open"),
        (3, ("c", "d"), "missed", False, "open"),
        (3, ("c", "g"), "planned", True, "mutual"),
        (4, ("e", "f"), "missed", False, "open"),
    ]
    assert now.byes == ("d", "f")


def test_a_fixed_place_comes_before_the_stranded_table() -> None:
    block = ScheduledRound(
        round=1,
        meetings=(Meeting(table=1, attendees=("a", "b"), outcome="missed"),),
        byes=("a", "b", "c"),
    )
    people = (Attendee(id="a"), Attendee(id="b"), Attendee(id="c", table=2))
    event = event_of(people, (Round(tables=2),), {}).model_copy(
        update={"published": Schedule(rounds=(block,)), "held_rounds": 1}
    )
    assert [m.table for m in written(event, {}, added=[(0, 2)]).rounds[0].meetings] == [1, 2]


def test_the_digest_of_a_replan_is_that_of_its_document(day: Event) -> None:
    assert day.published is not None
    block = day.published.rounds[4]
    first, *rest = block.meetings
    moved = block.model_copy(update={"meetings": (first.model_copy(update={"table": 77}), *rest)})
    rounds = (*day.published.rounds[:4], moved)
    published = day.published.model_copy(update={"rounds": rounds})
    changed = day.model_copy(update={"published": published})
    for event in (day, changed, day):
        document = json.loads(event.model_dump_json())
        document["benefits"].sort(key=lambda row: (row["attendee"], row["partner"]))
        assert input_sha256(event) == hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def test_promises_are_kept_by_those_who_are_there_and_may_meet(day: Event) -> None:
    graph = build_graph(day)
    instance = instance_of(day, graph.columns, graph.refused)
    names = Numbering.of(day)
    gone = {names.number[day.attendees[k].id] for k in (3, 8)}
    published = published_meetings(day)
    assert possible_promises(day, instance) == (
        ((),) * 3
        + tuple(tuple(pair for pair in row if gone.isdisjoint(pair)) for row in published[3:])
    )


def test_a_pair_that_was_held_or_may_not_meet_is_no_promise() -> None:
    blocks = tuple(
        ScheduledRound(round=r, meetings=tuple(Meeting(table=t, attendees=p) for t, p in told))
        for r, told in enumerate(
            [[(1, ("a", "b"))], [(1, ("b", "a")), (2, ("c", "d"))], [(1, ("a", "d"))]], start=1
        )
    )
    event = event_of("abcd", 3, {}, pair_rules=(PairRule(kind="forbid", pair=("d", "c")),))
    event = event.model_copy(update={"published": Schedule(rounds=blocks), "held_rounds": 1})
    instance = instance_of(event, ())
    assert possible_promises(event, instance) == ((), (), ((0, 3),))


def test_nobody_moves_from_the_table_of_a_meeting_that_was_missed() -> None:
    missed = Meeting(table=1, attendees=("a", "b"), outcome="missed")
    blocks = (
        ScheduledRound(round=1, meetings=(missed,), byes=("a", "b")),
        ScheduledRound(round=2, meetings=(Meeting(table=2, attendees=("a", "b")),)),
    )
    event = event_of("ab", (Round(tables=2),) * 2, {}).model_copy(
        update={"published": Schedule(rounds=blocks), "held_rounds": 1}
    )
    quality = written(event, {}).quality
    assert quality is not None
    assert quality.table_changes == 0


def test_who_has_no_open_table_is_noted_by_name_and_round() -> None:
    shut, open_ = Round(tables=2, closed_tables=(1,)), Round(tables=2)
    people = (Attendee(id="d", table=1), Attendee(id="c", table=1, absent_rounds=(3,)))
    event = event_of((*people, Attendee(id="a"), Attendee(id="b")), (shut, open_, shut), {})
    noted = [(n.code, n.attendee, n.round) for n in plan_schedule(event, Budget(work=9_000)).notes]
    assert noted == [("place_closed", v, r) for v, r in (("c", 1), ("d", 1), ("d", 3))]


def test_notes_of_held_rounds_stay_and_those_of_open_rounds_are_written_anew() -> None:
    people = (Attendee(id="d", table=1), *(Attendee(id=v) for v in "abc"))
    shut, open_ = Round(tables=2, closed_tables=(1,)), Round(tables=2)
    first = plan_schedule(event_of(people, (shut, shut, open_), {}), Budget(work=9_000))
    later = event_of(people, (open_, open_, shut), {}, published=first, held_rounds=1)
    notes = plan_schedule(later, Budget(work=9_000)).notes
    assert [(note.attendee, note.round) for note in notes] == [("d", 1), ("d", 3)]
