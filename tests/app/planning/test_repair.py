"""The repair of a small day, by hand: who stands in, who is told, what is counted."""

from typing import Any

from app.day.incidents.apply import apply_incidents, seats_of
from app.day.standby import PLACE
from app.planning.repair import Repaired, repair_schedule
from schemas.day import DayState
from schemas.event import Event, PairRule, Policy, Round
from schemas.incident import Change, Incident
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.compatibility.graph import build_graph
from tests.builders import event_of

EQUAL = {a + b: 0.5 for a in "abcdef" for b in "abcdef" if a != b}


def schedule(*rounds: str, byes: str = "") -> Schedule:
    """``"ab cd"``: a meets b at table 1, c meets d at table 2; the ``byes`` sit out every round."""
    return Schedule(
        version=1,
        status="published",
        rounds=tuple(
            ScheduledRound(round=r, meetings=_meetings(row), byes=tuple(byes))
            for r, row in enumerate(rounds, 1)
        ),
    )


def _meetings(row: str) -> tuple[Meeting, ...]:
    half = {"value": 0.5, "purpose": "mutual"}
    return tuple(
        Meeting.model_validate(
            {"table": k, "attendees": tuple(pair), "benefits": dict.fromkeys(pair, 0.5)} | half
        )
        for k, pair in enumerate(row.split(), 1)
    )


def mended(event: Event, published: Schedule, *facts: dict[str, Any]) -> Repaired:
    """The repair after some facts of the day."""
    asked = event.model_copy(update={"published": published})
    batch = [Incident.model_validate({"id": f"i{k}"} | fact) for k, fact in enumerate(facts)]
    after = apply_incidents(asked, DayState(), batch, seats_of(published))
    return repair_schedule(after.event, after.day, build_graph(after.event))


def pairs(made: Schedule, number: int) -> set[str]:
    return {
        "".join(meeting.attendees)
        for meeting in made.rounds[number - 1].meetings
        if meeting.outcome != "missed"
    }


STARTED = {"kind": "round_started", "round": 1}


def test_people_set_free_meet_each_other_and_nobody_else_is_touched() -> None:
    event = event_of("abcdef", 2, EQUAL)
    published = schedule("ab cd ef", "ac be df")
    facts = ({"kind": "drop_out", "attendee": v} for v in "ac")
    done = mended(event, published, *facts)
    assert pairs(done.schedule, 1) == {"bd", "ef"}
    assert pairs(done.schedule, 2) == {"be", "df"}
    assert done.repair.touched == ("a", "b", "c", "d")
    assert (done.repair.broken.forced, done.repair.broken.chosen) == (3, 0)
    assert done.repair.least_broken == 3


def test_who_waits_stands_in_at_once_for_who_did_not_come() -> None:
    event = event_of("abcde", 2, {p: v for p, v in EQUAL.items() if "f" not in p})
    published = schedule("ab cd", "ac bd", byes="e")
    done = mended(event, published, STARTED, {"kind": "no_show", "attendee": "b"})
    block = done.schedule.rounds[0]
    assert [(m.attendees, m.outcome, m.added) for m in block.meetings] == [
        (("a", "b"), "missed", False),
        (("a", "e"), "planned", True),
        (("c", "d"), "planned", False),
    ]
    assert (block.meetings[1].table, block.byes) == (1, ("b",))
    assert ("a", 1, "b", "e") in {(c.attendee, c.round, c.from_, c.to) for c in done.repair.changes}


def test_a_meeting_that_was_missed_may_be_held_later_and_closes_its_triangle_then() -> None:
    event = event_of("abc", 4, {p: v for p, v in EQUAL.items() if not set(p) & set("def")})
    published = schedule("ab", "ac", "bc", "")
    event_round = {"kind": "no_show", "pair": ("a", "b")}
    made = mended(event, published, STARTED, event_round)
    assert pairs(made.schedule, 4) == {"ab"}
    counts = made.repair.triangles
    assert (counts.lost, counts.closed) == (0, 1)  # the published one had listed none


def test_whoever_sits_out_is_told_where_to_wait_and_who_is_asked_first() -> None:
    apart = (PairRule(kind="forbid", pair=("d", "e")),)
    event = event_of("abcdef", 2, EQUAL, pair_rules=apart)
    published = schedule("ab cd ef", "ac be df")
    done = mended(event, published, *({"kind": "drop_out", "attendee": v} for v in "cf"))
    assert [(row.round, row.order, row.place) for row in done.repair.standby] == [
        (1, ("d", "e"), PLACE)
    ]


def test_the_account_says_what_was_there_and_what_is() -> None:
    event = event_of("abcd", 1, {p: v for p, v in EQUAL.items() if not set(p) & set("ef")})
    done = mended(event, schedule("ab cd"), {"kind": "drop_out", "attendee": "a"})
    objective = done.repair.objective
    assert objective is not None
    assert objective.before == objective.after == done.quality.objective
    assert objective.fresh is None


def test_a_delay_touches_nobody_but_tells_the_new_times() -> None:
    event = Event.model_validate_json(
        event_of("abcd", 2, EQUAL_OF_FOUR).model_dump_json(exclude={"rounds"})[:-1]
        + ',"rounds":{"count":2,"first_starts_at":"2027-03-04T09:00:00","minutes":10}}'
    )
    done = mended(event, schedule("ab cd", "ac bd"), {"kind": "delay", "minutes": 5})
    nothing: tuple[Change, ...] = ()
    assert (done.repair.changes, done.repair.touched) == (nothing, ())
    starts = [block.starts_at for block in done.schedule.rounds]
    assert [start.minute for start in starts if start] == [5, 15]


EQUAL_OF_FOUR = {p: v for p, v in EQUAL.items() if not set(p) & set("ef")}


def waived(done: Repaired) -> list[tuple[object, str]]:
    return [(waiver.pair, waiver.reason) for waiver in done.repair.waived]


AB_IN_2 = (PairRule(kind="require", pair=("a", "b"), round=2),)


def test_a_meeting_that_a_rule_puts_in_a_round_is_waived_when_one_of_the_two_leaves() -> None:
    event = event_of("abcd", 2, EQUAL_OF_FOUR, pair_rules=AB_IN_2)
    done = mended(event, schedule("ac bd", "ab cd"), STARTED, {"kind": "drop_out", "attendee": "a"})
    assert waived(done) == [(("a", "b"), "these two can no longer meet")]
    assert pairs(done.schedule, 2) == {"cd"}
    assert (done.repair.broken.forced, done.repair.broken.chosen) == (1, 0)


def test_a_meeting_put_into_a_full_round_takes_the_table_of_another() -> None:
    event = event_of("abcdef", (Round(tables=2),) * 2, EQUAL, pair_rules=AB_IN_2)
    done = mended(event, schedule("ab cd", "cd ef"))
    assert waived(done) == []
    assert "ab" in pairs(done.schedule, 2)
    assert len(pairs(done.schedule, 2)) == 2


def test_two_who_have_met_already_need_not_meet_again_where_a_rule_asks_for_it() -> None:
    event = event_of("abcd", 2, EQUAL_OF_FOUR, pair_rules=AB_IN_2)
    done = mended(event, schedule("ab cd", "ac bd"), STARTED)
    assert waived(done) == [(("a", "b"), "these two have met already")]
    assert pairs(done.schedule, 2) == {"ac", "bd"}


def test_nobody_is_asked_to_step_in_where_they_need_the_round_as_their_break() -> None:
    event = event_of("abcde", 2, {p: v for p, v in EQUAL.items() if "f" not in p})
    published = schedule("ae bc", "ab cd")
    published = published.model_copy(
        update={
            "rounds": tuple(
                block.model_copy(update={"byes": byes})
                for block, byes in zip(published.rounds, (("d",), ("e",)), strict=True)
            )
        }
    )
    facts = (STARTED, {"kind": "round_started", "round": 2}, {"kind": "no_show", "attendee": "b"})
    asked = mended(event, published, *facts)
    assert pairs(asked.schedule, 2) == {"cd"}  # a and e have met
    asked = mended(event, published, *facts[:2], {"kind": "no_show", "attendee": "d"})
    assert pairs(asked.schedule, 2) == {"ab", "ce"}
    rests = event.model_copy(update={"policy": Policy(max_in_a_row=1)})
    made = mended(rests, published, *facts[:2], {"kind": "no_show", "attendee": "d"})
    assert pairs(made.schedule, 2) == {"ab"}
