"""Small events on which sensible people agree what they expect; they lie in the shared data."""

import json
from itertools import combinations
from typing import Any

import pytest

from app.errors import Invalid
from app.planning.plan import find_contradictions, plan_schedule
from app.strict_json import parse_as
from bench.real.shared import shared
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.solve import Advice, LowerMinimum
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.diagnosis.diagnose import diagnose_graph
from solver.errors import Infeasible
from tests.checker import needs_shared

pytestmark = needs_shared


def document(name: str) -> dict[str, Any]:
    """What somebody sends in a case."""
    return json.loads(shared(f"cases/{name}.json").read_text())  # type: ignore[no-any-return]


def arrived(sent: dict[str, Any]) -> Event:
    """The event as it is taken; Invalid if it is refused."""
    return parse_as(Event, json.dumps(sent).encode())


def planned(name: str, **policy: Any) -> Schedule:
    """The schedule of a case, proven the best where it is small."""
    sent = document(name)
    sent["policy"] = sent.get("policy", {}) | policy
    return plan_schedule(arrived(sent), Budget(work=3_000_000))


def meetings(schedule: Schedule) -> dict[str, int]:
    """How many meetings each has."""
    return {row.id: row.meetings for row in schedule.attendees}


def met(schedule: Schedule) -> set[frozenset[str]]:
    """Who meets whom."""
    return {frozenset(m.attendees) for block in schedule.rounds for m in block.meetings}


def test_who_comes_late_has_a_fair_part_of_scarce_seats() -> None:
    assert meetings(planned("1/event"))["late"] == 1
    mentoring = meetings(planned("1/event-speed-mentoring"))
    assert [mentoring[f"late{k}"] for k in (1, 2, 3)] == [2, 2, 2]


def test_nobody_meets_herself_under_another_id() -> None:
    assert frozenset(("r1", "r2")) not in met(planned("3/event"))


def test_who_needs_a_table_sits_there() -> None:
    tables = [
        meeting.table
        for block in planned("5/event").rounds
        for meeting in block.meetings
        if not {"w1", "w2"}.isdisjoint(meeting.attendees)
    ]
    assert set(tables) == {1}


def test_a_round_that_begins_before_the_one_before_it_ends_is_refused() -> None:
    sent = document("6/event")
    with pytest.raises(Invalid) as refused:
        arrived(sent)
    assert [(error.pointer, error.message) for error in refused.value.errors] == [
        ("/rounds/1/starts_at", "round 2 starts at 09:10, before round 1 ends at 09:30")
    ]
    sent["rounds"][0] = {"starts_at": "2027-03-28T01:30", "minutes": 60}
    sent["rounds"][1] = {"starts_at": "2027-03-28T03:00", "minutes": 30}
    with pytest.raises(Invalid, match="the request is not valid") as refused:
        arrived(sent)
    assert "clocks change" in refused.value.errors[0].message


def test_the_preferences_of_one_side_count() -> None:
    schedule = planned("7/event")
    assert schedule.quality is not None
    assert schedule.quality.objective > 0
    assert all(m.purpose == "mutual" for block in schedule.rounds for m in block.meetings)


def test_a_company_with_two_representatives_is_met_once() -> None:
    pairs = met(planned("8/event", per_organisation="one_each"))
    for student in ("s1", "s2", "s3"):
        panels = [p for p in ("acme-panel1", "acme-panel2") if frozenset((student, p)) in pairs]
        assert len(panels) <= 1
    assert pairs
    for one, other in combinations(("s1", "s2", "s3"), 2):
        both = [frozenset((s, "acme-panel1")) in pairs for s in (one, other)]
        assert not all(both)


def test_a_weekly_series_sees_new_people_first() -> None:
    assert met(planned("2/event")).isdisjoint({frozenset("ab"), frozenset("cd")})
    assert len(met(planned("2/event"))) == 2


def test_nobody_sits_out_three_times_in_a_row_while_others_never_do() -> None:
    schedule = planned("12/event")
    for row in schedule.attendees:
        sits = "".join("." if row.id in block.byes else "x" for block in schedule.rounds)
        assert "..." not in sits


def test_the_rule_that_empties_a_plan_is_the_first_thing_said() -> None:
    event = Event.model_validate_json(shared("cases/10/event.json").read_text())
    first = diagnose_graph(build_graph(event)).findings[0]
    assert (first.code, first.severity) == ("rule_empties_plan", "critical")
    assert "organisation" in first.message
    assert planned("10/event").emptied_by == first.message
    assert planned("12/event").emptied_by is None


def test_half_hours_of_a_week_are_rounds() -> None:
    assert meetings(planned("13/event")) == {"a": 1, "b": 1}
    sent = document("13/event") | {"rounds": {"count": 168, "minutes": 30}}
    sent["attendees"] += [{"id": v} for v in "cde"]
    schedule = plan_schedule(arrived(sent), Budget(work=100_000))
    assert meetings(schedule) == dict.fromkeys("abcde", 4)
    assert len(schedule.rounds) == 168


def test_who_names_many_rounds_that_are_not_there_has_one_error() -> None:
    sent = document("13/event")
    sent["attendees"][0]["absent_rounds"] = list(range(131, 161))
    with pytest.raises(Invalid) as refused:
        arrived(sent)
    assert [error.pointer for error in refused.value.errors] == ["/attendees/0/absent_rounds/0"]


def test_what_forms_and_spreadsheets_add_is_no_fault() -> None:
    one = arrived(document("17/event")).attendees[0]
    assert (one.email, one.name) == (None, "علي")
    assert [offer.text for offer in one.offers] == ["web design and hosting"]
    assert meetings(planned("17/event")) == {"a": 1, "b": 1}


def test_one_language_is_written_in_many_ways() -> None:
    event = arrived(document("20/event"))
    assert {one.languages for one in event.attendees} == {("en",)}
    assert set(meetings(planned("20/event")).values()) == {3}


def refused_for(name: str) -> Advice:
    """What is advised on a case that has no schedule."""
    with pytest.raises(Infeasible) as refused:
        plan_schedule(arrived(document(name)), Budget(work=3_000_000))
    return refused.value.advice  # type: ignore[no-any-return]


def test_a_conflict_names_all_who_need_more_rounds_and_what_would_mend_it() -> None:
    advice = refused_for("15/event")
    (short,) = advice.shortages
    assert (short.kind, short.needed, short.available) == ("rounds", 3, 2)
    assert (short.attendees, short.partners) == (("a", "e"), ("b", "c", "d"))
    more, fewer = advice.remedies
    assert (more.kind, more.rounds) == ("add_rounds", 1)
    assert (fewer.cancel, fewer.fewest) == ((("a", "d"), ("d", "e")), True)
    assert fewer.held_at_most == 4
    assert find_contradictions(arrived(document("15/event"))).advice == advice


def test_a_conflict_names_the_hosts_whose_rounds_are_short_and_all_their_guests() -> None:
    advice = refused_for("11/event")
    (short,) = advice.shortages
    assert (short.kind, short.needed, short.available) == ("partner_rounds", 12, 10)
    assert short.attendees == tuple(f"bg{k}" for k in range(6))
    assert short.partners == ("bh0", "bh1")
    more, lower = advice.remedies
    assert (more.kind, more.rounds) == ("add_rounds", 1)
    assert lower.lower == (LowerMinimum(attendee="bg5", min_meetings=0),)
    sent = document("11/event")
    sent["rounds"]["count"] = 6
    assert met(plan_schedule(arrived(sent), Budget(work=300_000)))


def test_a_minimum_filled_with_open_conversations_is_noted_with_the_price_of_a_better_one() -> None:
    schedule = planned("16/event")
    (note,) = schedule.notes
    assert (note.code, note.attendee, note.meetings) == ("minimum_filled", "sponsor", 1)
    assert note.price is not None
    assert (note.price.partner, note.price.round) == ("buyer", 1)
    assert note.price.points > 0.8
    sent = document("16/event")
    sent["attendees"][0]["priority"] = 1000
    assert frozenset(("sponsor", "buyer")) in met(
        plan_schedule(arrived(sent), Budget(work=3_000_000))
    )
