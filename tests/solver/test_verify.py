"""The verifier: a valid schedule has no fault, and every rule that is broken is told."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.planning.plan import complaints_about, plan_schedule
from schemas.breaks import Break
from schemas.event import Attendee, Event, PairRule, Policy, Round
from schemas.schedule import Meeting, Note, Schedule
from schemas.solve import Waiver
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.errors import Infeasible
from solver.instance import Result
from solver.objective import points_of
from solver.translate.prepare import explicit_rows, instance_of, published_meetings
from solver.translate.write import schedule_of
from solver.verify import find_broken_rules, find_violations
from tests.app.day import days
from tests.builders import event_of, random_event
from tests.checker import broken_rules, checker, needs_shared
from tests.solver.graphs import gains_of

GAINS = {"ab": 0.8, "ba": 0.2, "bc": 0.7, "cb": 0.9, "ca": 0.6, "ac": 0.3, "cd": 0.9, "dc": 0.04}
"""``a``, ``b`` and ``c`` gain from each other; ``d`` gains nothing, so its meetings are open."""

Edit = Callable[[Schedule], Schedule]


def found(event: Event, schedule: Schedule) -> list[str]:
    return find_violations(event, gains_of(event), (), schedule)


@pytest.fixture(scope="module")
def event() -> Event:
    """Four people who all meet each other in three rounds of two tables."""
    return event_of("abcd", 3, GAINS)


@pytest.fixture(scope="module")
def schedule(event: Event) -> Schedule:
    """In every round an open conversation with ``d`` at table 1, and a mutual meeting at 2."""
    schedule = plan_schedule(event, Budget(seconds=5))
    assert found(event, schedule) == []
    assert [
        [(m.table, m.purpose, "d" in m.attendees) for m in block.meetings]
        for block in schedule.rounds
    ] == [[(1, "open", True), (2, "mutual", False)]] * 3
    return schedule


def meetings(schedule: Schedule, r: int) -> tuple[Meeting, Meeting]:
    with_d, mutual = schedule.rounds[r - 1].meetings
    return with_d, mutual


def edited(schedule: Schedule, r: int, *now: Meeting, **fields: Any) -> Schedule:
    """The schedule with these meetings, and other fields, in round ``r``."""
    block = schedule.rounds[r - 1].model_copy(update={"meetings": now} | fields)
    rounds = (*schedule.rounds[: r - 1], block, *schedule.rounds[r:])
    return schedule.model_copy(update={"rounds": rounds})


def other(meeting: Meeting, **fields: Any) -> Meeting:
    return meeting.model_copy(update=fields)


def mutual(**fields: Any) -> Edit:
    """Another mutual meeting in round 2."""

    def edit(schedule: Schedule) -> Schedule:
        with_d, mutual = meetings(schedule, 2)
        return edited(schedule, 2, with_d, other(mutual, **fields))

    return edit


def figures(**fields: Any) -> Edit:
    """Another quality."""
    return lambda schedule: schedule.model_copy(
        update={"quality": schedule.quality and schedule.quality.model_copy(update=fields)}
    )


def shares(**fields: Any) -> Edit:
    """Another share of ``a``."""
    return lambda schedule: schedule.model_copy(
        update={
            "attendees": (
                schedule.attendees[0].model_copy(update=fields),
                *schedule.attendees[1:],
            )
        }
    )


def fields(**values: Any) -> Edit:
    return lambda schedule: schedule.model_copy(update=values)


def in_round_3(**values: Any) -> Edit:
    return lambda schedule: edited(schedule, 3, *meetings(schedule, 3), **values)


def triangle(**values: Any) -> Edit:
    return lambda schedule: schedule.model_copy(
        update={"triangles": (schedule.triangles[0].model_copy(update=values),)}
    )


EDITS: Mapping[str, tuple[Edit, str]] = {
    "a round less": (lambda s: fields(rounds=s.rounds[:2])(s), "rounds are numbered"),
    "somebody unknown": (mutual(attendees=("a", "x")), "round 2: a meeting without two"),
    "somebody alone": (mutual(attendees=("a", "a")), "round 2: a meeting without two"),
    "two meetings at once": (mutual(attendees=("b", "a")), "H1 round 2: b in two meetings"),
    "a pair again": (
        lambda s: edited(s, 3, meetings(s, 3)[0], other(meetings(s, 2)[1])),
        "H2 a and c meet in rounds 2 and 3",
    ),
    "a table twice": (mutual(table=1), "H3 round 2: table 1 twice"),
    "no such table": (mutual(table=3), "H3 round 2: table 3 is not open"),
    "table 0": (mutual(table=0), "H3 round 2: table 0 is not open"),
    "false byes": (in_round_3(byes=("a",)), "round 3: the byes listed"),
    "false absent": (in_round_3(absent=("a",)), "round 3: the absent listed"),
    "waived, yet no replan": (
        fields(waived=(Waiver(attendee="a", reason="invented"),)),
        "rules are waived although",
    ),
    "a false purpose": (mutual(purpose="open"), "round 2: a and c are mutual, not open"),
    "a false benefit": (mutual(benefits={"a": 0.3, "c": 0.5}), "round 2: the benefits of a and c"),
    "a false value": (mutual(value=0.5), "round 2: the value of a and c"),
    "no triangle": (fields(triangles=()), "the triangles listed"),
    "a triangle twice": (lambda s: fields(triangles=s.triangles * 2)(s), "the triangles listed"),
    "a triangle's value": (triangle(value=0.5), "the triangles listed"),
    "a triangle's round": (triangle(round_closed=2), "the triangles listed"),
    "attendees missing": (lambda s: fields(attendees=s.attendees[1:])(s), "the attendees listed"),
    "unserved missing": (fields(unserved=()), "the unserved listed"),
    "meetings": (shares(meetings=2), "the figures of attendee a"),
    "byes": (shares(byes=1), "the figures of attendee a"),
    "benefit": (shares(benefit=0.9), "the figures of attendee a"),
    "best": (shares(best=1.0), "the figures of attendee a"),
    "satisfaction": (shares(satisfaction=0.9), "the figures of attendee a"),
    "no satisfaction": (shares(satisfaction=None), "the figures of attendee a"),
    "no quality": (fields(quality=None), "the quality is missing"),
    "objective": (figures(objective=1.0), "quality.objective is false"),
    "mutual": (figures(mutual=1.0), "quality.mutual is false"),
    "triangles": (figures(triangles=1.0), "quality.triangles is false"),
    "fairness": (figures(fairness=1.0), "quality.fairness is false"),
    "byes cost": (figures(byes_cost=1.0), "quality.byes_cost is false"),
    "all byes": (figures(byes=1), "quality.byes is false"),
    "a bound too low": (figures(upper_bound=0.5, gap=-0.9), "the bound of"),
    "a false gap": (figures(gap=0.5), "quality.gap is false"),
    "a false proof": (figures(proof="bounded"), "the proof is not bounded"),
    "a gap without a bound": (figures(upper_bound=None), "a proof or a gap is claimed"),
}


@pytest.mark.parametrize(("edit", "told"), EDITS.values(), ids=EDITS)
def test_what_is_wrong_with_a_schedule_is_told(
    event: Event, schedule: Schedule, edit: Edit, told: str
) -> None:
    assert any(fault.startswith(told) for fault in found(event, edit(schedule)))


def rule(kind: str, *pairs: str) -> dict[str, Any]:
    return {"pair_rules": tuple(PairRule(kind=kind, pair=tuple(p)) for p in pairs)}  # type: ignore[arg-type]


def people(**of_a_and_c: Any) -> dict[str, Any]:
    ids = "abcd"
    return {"attendees": tuple(Attendee(id=v, **of_a_and_c if v in "ac" else {}) for v in ids)}


def only_a(**values: Any) -> dict[str, Any]:
    return {"attendees": (Attendee(id="a", **values), *(Attendee(id=v) for v in "bcd"))}


DEMANDS: Mapping[str, tuple[dict[str, Any], str]] = {
    "absent": (only_a(absent_rounds=(2,)), "H1 round 2: a absent"),
    "avoided": (only_a(avoid=("c",)), "H4 round 2: a and c may not meet"),
    "forbidden": (rule("forbid", "ca"), "H4 round 2: a and c may not meet"),
    "met before": (rule("met", "ca"), "H4 round 2: a and c may not meet"),
    "of one house": (people(organisation=" North & Co"), "H4 round 2: a and c may not meet"),
    "without a language": (
        {"attendees": tuple(Attendee(id=v, languages=(f"x-{v}",)) for v in "abcd")},
        "H4 round 2: a and c may not meet",
    ),
    "a closed table": (
        {"rounds": (Round(), Round(tables=2, closed_tables=(2,)), Round())},
        "H3 round 2: table 2 is not open",
    ),
    "a table too few": (
        {"rounds": (Round(), Round(tables=1), Round())},
        "H3 round 2: table 2 is not open",
    ),
    "too few meetings": (only_a(min_meetings=4), "H6 a has 3 meetings, at least 4 are due"),
    "too many meetings": (only_a(max_meetings=2), "H6 a has 3 meetings, at most 2 are allowed"),
    "idle seats": ({"policy": Policy(idle="leave")}, "H8 round 2: b and d are neither"),
}  # fmt: skip


@pytest.mark.parametrize(("demand", "told"), DEMANDS.values(), ids=DEMANDS)
def test_what_the_event_demands_is_missed(
    event: Event, schedule: Schedule, demand: dict[str, Any], told: str
) -> None:
    assert any(f.startswith(told) for f in found(event.model_copy(update=demand), schedule))


def test_pairs_with_refused_reasons_only_may_not_meet(event: Event, schedule: Schedule) -> None:
    faults = find_violations(event, gains_of(event), [("a", "c"), ("x", "y")], schedule)
    assert [fault for fault in faults if fault.startswith("H")] == [
        "H4 round 2: a and c may not meet"
    ]


def test_a_requirement_lifts_what_is_refused_but_never_what_is_forbidden(
    event: Event, schedule: Schedule
) -> None:
    required = event.model_copy(update=rule("require", "ac") | people(organisation="North"))
    assert find_violations(required, gains_of(event), [("a", "c")], schedule) == []
    avoided = required.model_copy(update=only_a(avoid=("c",)))
    assert "H4 round 2: a and c may not meet" in found(avoided, schedule)


def test_a_required_pair_that_does_not_meet_is_missed_unless_it_is_waived(
    event: Event, schedule: Schedule
) -> None:
    required = event.model_copy(update=rule("require", "da"))
    without = edited(schedule, 1, meetings(schedule, 1)[1])
    assert "H5 a and d must meet and do not" in found(required, without)
    replan = required.model_copy(update={"published": schedule})
    waived = without.model_copy(update={"waived": (Waiver(pair=("d", "a"), reason="gone"),)})
    assert not any(fault.startswith("H5") for fault in found(replan, waived))


def test_a_minimum_may_be_waived_in_a_replan(event: Event, schedule: Schedule) -> None:
    replan = event.model_copy(update=only_a(min_meetings=4) | {"published": schedule})
    waived = schedule.model_copy(update={"waived": (Waiver(attendee="a", reason="gone"),)})
    assert found(replan, waived) == []


def test_meetings_that_were_held_may_exceed_what_is_allowed_now(
    event: Event, schedule: Schedule
) -> None:
    limited = event.model_copy(update=only_a(max_meetings=1) | {"published": schedule})
    held = limited.model_copy(update={"held_rounds": 3})
    too_many = "H6 a has 3 meetings, at most 1 are allowed"
    assert too_many in found(limited, schedule)
    assert too_many not in found(held, schedule)


def test_benefits_by_column_are_the_same_benefits(event: Event, schedule: Schedule) -> None:
    arrived = Event.model_validate_json(event.model_dump_json())
    assert complaints_about(arrived, build_graph(arrived), schedule) == []
    gains = gains_of(event) | {"a": {"b": 801, "c": 300}, "x": {"a": 900}}
    told = [fault for fault in find_violations(event, gains, (), schedule) if "benefits" in fault]
    assert told == ["round 3: the benefits of a and b are false"]


# The day: held rounds, meetings that were missed, meetings that were added


def running(event: Event, schedule: Schedule, held: int = 2) -> Event:
    """The event while round ``held`` of what was published is running."""
    return event.model_copy(update={"published": schedule, "held_rounds": held})


def repaired(
    event: Event, published: Schedule, added: tuple[tuple[int, int], ...] = ()
) -> Schedule:
    """What was published, with new meetings of the last held round, written out."""
    after = event.model_copy(update={"published": published})
    instance = instance_of(after, explicit_rows(event))
    matchings = list(published_meetings(after))
    running = event.held_rounds - 1
    matchings[running] = tuple(sorted((*matchings[running], *added)))
    result = Result(tuple(matchings), points_of(instance, tuple(matchings)))
    return schedule_of(after, build_graph(after), instance, result, added=added)


def without(schedule: Schedule, r: int) -> Schedule:
    """Nobody came to their meeting in round ``r``."""
    missed = (other(meeting, outcome="missed") for meeting in meetings(schedule, r))
    return edited(schedule, r, *missed, byes=("a", "b", "c", "d"))


def test_a_meeting_that_was_held_is_not_touched(event: Event, schedule: Schedule) -> None:
    with_d, mutual = meetings(schedule, 2)
    day = running(event, schedule)
    told = "H7 round 2 is held and is not as it was published"
    assert found(day, schedule) == []
    for now in (
        (with_d,),
        (mutual, with_d),
        (with_d, other(mutual, table=3)),
        (with_d, other(mutual, why=("invented",))),
        (with_d, other(mutual, outcome="held")),
        (with_d, other(mutual, outcome="missed", value=0.1)),
    ):
        assert told in found(day, edited(schedule, 2, *now))
    assert told in found(day, edited(schedule, 2, with_d, mutual, byes=("a",)))
    assert told in found(day, edited(schedule, 2, with_d, mutual, absent=("a",)))
    assert told in found(day, edited(schedule, 2, with_d, other(mutual, outcome="missed")))


def test_what_was_held_is_not_judged_by_what_the_event_demands_now(
    event: Event, schedule: Schedule
) -> None:
    """What people may gain still holds whom they have met."""
    day = running(event, schedule, held=3)
    assert found(day.model_copy(update=rule("forbid", "ac", "bd")), schedule) == []
    strict = Policy(idle="leave", min_benefit=0.5)
    faults = found(day.model_copy(update={"policy": strict}), schedule)
    assert [fault for fault in faults if fault.startswith(("H", "round"))] == []


@pytest.mark.parametrize("r", [1, 2])
def test_a_held_meeting_may_be_missed_and_planned_again(
    event: Event, schedule: Schedule, r: int
) -> None:
    day, missed = running(event, schedule), without(schedule, r)
    now = repaired(day, missed)
    assert now.rounds[r - 1] == missed.rounds[r - 1]
    assert found(day, now) == []
    assert [share.meetings for share in now.attendees] == [2, 2, 2, 2]
    assert now.triangles == ()
    undone = repaired(day, schedule)
    assert found(running(event, now), undone) == []


def test_people_who_were_stranded_may_meet_at_a_free_table(
    event: Event, schedule: Schedule
) -> None:
    round_2 = [frozenset(meeting.attendees) for meeting in meetings(schedule, 2)]
    assert round_2 == [frozenset("bd"), frozenset("ac")]
    only = Schedule(rounds=(schedule.rounds[0], without(schedule, 2).rounds[1]))
    two = event.model_copy(update={"rounds": event.rounds[:2]})
    published = Schedule(rounds=schedule.rounds[:2])
    day = running(two, published)
    now = repaired(day, only, added=((0, 1),))
    assert found(day, now) == []
    told = [(m.table, m.attendees, m.outcome, m.added) for m in now.rounds[1].meetings]
    assert told == [
        (1, ("b", "d"), "missed", False),
        (1, ("a", "b"), "planned", True),
        (2, ("a", "c"), "missed", False),
    ]
    assert now.rounds[1].byes == ("c", "d")
    later = running(two, now)
    assert found(later, repaired(later, now)) == []
    assert found(later.model_copy(update=rule("forbid", "ab")), now) == []


def added_to_round_2(event: Event, schedule: Schedule) -> tuple[Event, Schedule, Meeting]:
    """Two rounds; of the second nothing took place but a new meeting of ``a`` and ``b``."""
    two = event.model_copy(update={"rounds": event.rounds[:2]})
    day = running(two, Schedule(rounds=schedule.rounds[:2]))
    missed = Schedule(rounds=without(schedule, 2).rounds[:2])
    now = repaired(day, missed, added=((0, 1),))
    return day, now, now.rounds[1].meetings[1]


ADDED: Mapping[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "not told as added": ({}, {"added": False}, "H7 round 2"),
    "at a closed table": (
        {"rounds": (Round(), Round(tables=2, closed_tables=(1,)))},
        {},
        "H3 round 2: table 1 is not open",
    ),
    "who may not meet": (rule("forbid", "ab"), {}, "H4 round 2: a and b may not meet"),
    "who is absent": (only_a(absent_rounds=(2,)), {}, "H1 round 2: a absent"),
    "for another purpose": ({}, {"purpose": "open"}, "round 2: a and b are mutual, not open"),
    "another value": ({}, {"value": 0.1}, "round 2: the value of a and b"),
    "others": ({}, {"attendees": ("b", "c")}, "H2 b and c meet in rounds 1 and 2"),
}


@pytest.mark.parametrize(("demand", "change", "told"), ADDED.values(), ids=ADDED)
def test_a_meeting_that_is_added_obeys_the_rules(
    event: Event, schedule: Schedule, demand: dict[str, Any], change: dict[str, Any], told: str
) -> None:
    day, now, added = added_to_round_2(event, schedule)
    first, _, last = now.rounds[1].meetings
    changed = edited(now, 2, first, other(added, **change), last)
    faults = found(day.model_copy(update=demand), changed)
    assert any(fault.startswith(told) for fault in faults)


def test_nobody_sits_at_two_tables_of_the_running_round(event: Event, schedule: Schedule) -> None:
    day, now, added = added_to_round_2(event, schedule)
    first, _, last = now.rounds[1].meetings
    seated = edited(now, 2, other(first, outcome="planned"), other(added, table=1), last)
    faults = found(day, seated)
    assert "H1 round 2: b in two meetings" in faults
    assert "H3 round 2: table 1 twice" in faults


def test_nothing_is_added_to_a_round_that_is_over(event: Event, schedule: Schedule) -> None:
    day, now, _ = added_to_round_2(event, schedule)
    three = day.model_copy(update={"rounds": event.rounds, "held_rounds": 3, "published": schedule})
    after = now.model_copy(update={"rounds": (*now.rounds, schedule.rounds[2])})
    assert "H7 round 2 is held and is not as it was published" in found(three, after)


def test_the_byes_of_the_running_round_are_those_without_a_meeting(
    event: Event, schedule: Schedule
) -> None:
    day, now, _ = added_to_round_2(event, schedule)
    told = "H7 round 2 is held and is not as it was published"
    assert told in found(day, edited(now, 2, *now.rounds[1].meetings, byes=("c",)))


def test_whoever_comes_to_a_held_round_has_a_bye_or_a_meeting(
    event: Event, schedule: Schedule
) -> None:
    _, mutual = meetings(schedule, 2)
    was = edited(schedule, 2, mutual, byes=("b",), absent=("d",))
    now = edited(schedule, 2, mutual, byes=("b", "d"), absent=())
    day = running(event, was)
    assert not any("H7" in fault for fault in found(day, now))
    assert "H7 round 2 is held and is not as it was published" in found(
        day, edited(now, 2, mutual, absent=("d",))
    )
    away = (*event.attendees[:3], Attendee(id="d", absent_rounds=(2,)))
    faults = found(day.model_copy(update={"attendees": away}), now)
    assert "H7 round 2 is held, and d was not there" in faults


def test_two_who_missed_each_other_may_meet_in_the_same_round(
    event: Event, schedule: Schedule
) -> None:
    two = event.model_copy(update={"rounds": event.rounds[:2]})
    first = Schedule(rounds=schedule.rounds[:2])
    assert first.rounds[1].meetings[1].attendees == ("a", "c")
    day, missed = running(two, first), Schedule(rounds=without(schedule, 2).rounds[:2])
    now = repaired(day, missed, added=((0, 2),))
    assert found(day, now) == []
    _, _, again = now.rounds[1].meetings
    silent = edited(now, 2, *now.rounds[1].meetings[:2], other(again, added=False))
    assert "H7 round 2 is held and is not as it was published" in found(day, silent)


def test_what_was_added_and_missed_may_be_planned_again_or_go(
    event: Event, schedule: Schedule
) -> None:
    day, now, added = added_to_round_2(event, schedule)
    first, _, last = now.rounds[1].meetings
    again = edited(now, 2, first, other(added, outcome="missed"), last, byes=tuple("abcd"))
    later = day.model_copy(update={"published": again})
    assert found(later, now) == []
    for left in ((first, last), (first, other(added, table=3, outcome="missed"), last)):
        faults = found(later, edited(again, 2, *left))
        assert any(fault.startswith("H7") for fault in faults) == (len(left) == 3)


@needs_shared
def test_the_independent_checker_agrees_on_missed_and_added_meetings(
    event: Event, schedule: Schedule
) -> None:
    day, now, added = added_to_round_2(event, schedule)
    plain = json.loads(day.model_dump_json(exclude={"published", "held_rounds"}, exclude_none=True))
    published = json.loads(Schedule(rounds=schedule.rounds[:2]).model_dump_json())

    def judged(now: Schedule) -> list[str]:
        document = json.loads(now.model_dump_json())
        judge = checker()
        result = judge.check(judge.Event(plain), document, published, 2)
        return list(result["violations"])

    assert judged(now) == []
    first, _, last = now.rounds[1].meetings
    silent = edited(now, 2, first, other(added, added=False), last)
    assert any(line.startswith("H7") for line in judged(silent))
    assert any(line.startswith("H7") for line in found(day, silent))
    twice = edited(now, 2, other(first, outcome="planned"), added, last)
    assert any(line.startswith("H1") for line in judged(twice))
    assert any(line.startswith("H1") for line in found(day, twice))


@needs_shared
@pytest.mark.parametrize("block", range(5))
def test_both_find_the_same_rules_broken(block: int) -> None:
    """Schedules of random events, judged by what other people demand and other rules forbid."""
    judge, broken = checker(), 0
    for seed in range(block, 60, 5):
        event = random_event(seed, 9, 4)
        try:
            schedule = plan_schedule(event, Budget(work=20_000))
        except Infeasible:
            continue
        strict = with_demands_of(random_event(1_000 + seed, 9, 4), event)
        plain = strict.model_dump(mode="json", exclude_none=True)
        result = judge.check(judge.Event(plain), json.loads(schedule.model_dump_json()))
        theirs = {line.split()[0] for line in broken_rules(result)}
        ours = {fault.split()[0] for fault in found(strict, schedule) if fault[0] == "H"}
        assert ours == theirs, f"seed {seed}"
        broken += len(ours)
    assert broken > 10


def with_demands_of(other: Event, event: Event) -> Event:
    """``event`` with the people of another that have the same ids, and its rules among them."""
    known = {a.id for a in event.attendees} & {a.id for a in other.attendees}
    theirs = {
        a.id: a.model_copy(
            update={
                "avoid": tuple(v for v in a.avoid if v in known),
                "absent_rounds": tuple(r for r in a.absent_rounds if r <= len(event.rounds)),
            }
        )
        for a in other.attendees
    }
    people = tuple(theirs.get(a.id, a) for a in event.attendees)
    rules = tuple(rule for rule in other.pair_rules if known >= {*rule.pair})
    return event.model_copy(
        update={"attendees": people, "pair_rules": rules, "policy": other.policy}
    )


def notes(*places: tuple[str, int]) -> tuple[Note, ...]:
    return tuple(Note(code="place_closed", attendee=v, round=r) for v, r in places)


@pytest.fixture(scope="module")
def shut_out() -> tuple[Event, Schedule]:
    """``a`` and ``b`` have to sit at table 1, which is closed in round 2; ``b`` is not there."""
    rounds = (Round(tables=2), Round(tables=2, closed_tables=(1,)), Round(tables=2))
    people = (Attendee(id="a", table=1), Attendee(id="b", table=1, absent_rounds=(2,)))
    event = event_of((*people, Attendee(id="c"), Attendee(id="d")), rounds, GAINS)
    schedule = plan_schedule(event, Budget(work=9_000))
    assert schedule.notes == notes(("a", 2))
    return event, schedule


FALSE_NOTES = {
    "missing": ((), "round 2: it is not noted that no table of a is open"),
    "in another round": (
        (("a", 2), ("a", 3)), "round 3: it is noted wrongly that no table of a is open",
    ),
    "of somebody absent": (
        (("a", 2), ("b", 2)), "round 2: it is noted wrongly that no table of b is open",
    ),
    "of somebody who sits anywhere": (
        (("a", 2), ("c", 2)), "round 2: it is noted wrongly that no table of c is open",
    ),
    "twice": ((("a", 2), ("a", 2)), "the notes are not listed once each, by attendee and round"),
}  # fmt: skip


@pytest.mark.parametrize(("told", "fault"), FALSE_NOTES.values(), ids=FALSE_NOTES.keys())
def test_notes_of_closed_places_are_all_there_and_true(
    shut_out: tuple[Event, Schedule], told: tuple[tuple[str, int], ...], fault: str
) -> None:
    event, schedule = shut_out
    assert found(event, schedule.model_copy(update={"notes": notes(*told)})) == [fault]


@pytest.fixture(scope="module")
def filled() -> tuple[Event, Schedule]:
    """``a`` has the one meeting it needs with somebody of no use to it."""
    people = (Attendee(id="a", min_meetings=1), *(Attendee(id=v) for v in "bcd"))
    event = event_of(people, 1, {"ab": 0.1, "ba": 0.1, "bc": 0.9, "cb": 0.9})
    schedule = plan_schedule(event, Budget(work=90_000))
    assert [(n.code, n.attendee, n.meetings) for n in schedule.notes] == [
        ("minimum_filled", "a", 1)
    ]
    return event, schedule


@pytest.mark.parametrize("told", [(), (("a", 2),), (("a", 1), ("d", 1))])
def test_how_much_of_a_minimum_is_filled_is_noted_truly(
    filled: tuple[Event, Schedule], told: tuple[tuple[str, int], ...]
) -> None:
    event, schedule = filled
    false = tuple(Note(code="minimum_filled", attendee=v, meetings=count) for v, count in told)
    (fault,) = found(event, schedule.model_copy(update={"notes": false}))
    assert "open conversations fill" in fault
    lower = event.model_copy(update={"attendees": tuple(map(Attendee.model_validate, IDS))})
    graph = build_graph(lower)
    assert not find_broken_rules(lower, graph.columns, graph.refused, schedule)


IDS = [{"id": v} for v in "abcd"]


def test_notes_of_held_rounds_are_those_published(shut_out: tuple[Event, Schedule]) -> None:
    event, schedule = shut_out
    later = event.model_copy(update={"held_rounds": 2, "published": schedule})
    assert found(later, schedule) == []
    assert found(later, schedule.model_copy(update={"notes": ()})) == [FALSE_NOTES["missing"][1]]
    opened = later.model_copy(update={"rounds": (Round(tables=2),) * 3})
    assert found(opened, schedule) == []


@pytest.mark.parametrize("span", [(1, 2), (2, 2), (2, 3)])
def test_a_meeting_added_to_the_running_round_leaves_a_break_of_every_window(
    span: tuple[int, int],
) -> None:
    """Ada meets in rounds 1 and 3, sits out round 2, and stands in for Dan in it."""
    before, after = (days.schedule("ab1", row, "ad1") for row in ("cd1!", "cd1! ac2+"))
    window = Break.model_validate(dict(zip(("from", "to"), span, strict=True)))
    event = days.event(3, policy=Policy(breaks=(window,)), pair_rules=())
    running = event.model_copy(update={"held_rounds": 2, "published": before})
    faults = [fault for fault in found(running, after) if fault.startswith("H10 a")]
    assert faults == ["H10 a: no break in rounds {} to {}".format(*span)]
    assert not any(fault.startswith("H10") for fault in found(running, before))
    again = running.model_copy(update={"published": after})
    over = [fault for fault in found(again, after) if fault.startswith("H10 a")]
    assert over == (faults if span == (2, 3) else [])
