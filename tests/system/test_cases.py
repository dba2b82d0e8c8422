"""Small events on which sensible people agree what they expect; they lie in the shared data."""

import json
from itertools import combinations
from typing import Any

from app.planning.plan import plan_schedule
from bench.real.shared import shared
from schemas.event import Event
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.diagnosis.diagnose import diagnose_graph
from tests.checker import needs_shared

pytestmark = needs_shared


def planned(name: str, **policy: Any) -> Schedule:
    """The schedule of a case, proven the best where it is small."""
    document = json.loads(shared(f"cases/{name}.json").read_text())
    document["policy"] = document.get("policy", {}) | policy
    event = Event.model_validate_json(json.dumps(document))
    return plan_schedule(event, Budget(work=3_000_000))


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
