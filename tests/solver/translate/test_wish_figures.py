"""What becomes of wishes: counted, bounded, verified, and kept from whom it is not meant for."""

import json
from typing import Any

import pytest

from app.planning.plan import complaints_about, plan_schedule
from schemas.event import Event
from schemas.schedule import Schedule, Wishes, WishShare
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.compatibility.secrecy import as_told


def event(wants: dict[str, list[Any]], rounds: int = 1, **fields: Any) -> Event:
    people = [{"id": v, "interests": [v]} | ({"wants": wants[v]} if v in wants else {}) for v in
              fields.pop("people", "abcd")]  # fmt: skip
    document = {"rounds": [{}] * rounds, "attendees": people} | fields
    return Event.model_validate_json(json.dumps(document))


def plan(asked: Event) -> Schedule:
    return plan_schedule(asked, Budget(work=20_000))


def test_wishes_are_counted_by_direction_and_by_pair() -> None:
    schedule = plan(event({"a": ["b", "c"], "b": ["a"], "d": ["a"]}))
    assert schedule.quality is not None
    told = Wishes(asked=4, met=2, mutual=1, mutual_met=1, empty_handed=1)
    assert (schedule.quality.wishes, schedule.quality.mutual_wishes_at_most) == (told, 1)
    assert {row.id: row.wishes for row in schedule.attendees} == {
        "a": WishShare(asked=2, met=1), "b": WishShare(asked=1, met=1),
        "c": None, "d": WishShare(asked=1, met=0),
    }  # fmt: skip


def test_where_nobody_wished_there_are_no_figures() -> None:
    schedule = plan(event({}))
    assert schedule.quality is not None
    assert schedule.quality.wishes is None
    assert schedule.quality.mutual_wishes_at_most is None
    assert schedule.told is None
    assert {row.wishes for row in schedule.attendees} == {None}


def test_the_most_is_what_rounds_leave_room_for() -> None:
    crowd = {"a": list("bcd"), "b": ["a"], "c": ["a"], "d": ["a"]}
    schedule = plan(event(crowd, rounds=2))
    assert schedule.quality is not None
    assert schedule.quality.wishes is not None
    assert (schedule.quality.wishes.mutual, schedule.quality.wishes.mutual_met) == (3, 2)
    assert schedule.quality.mutual_wishes_at_most == 2


LIES: dict[str, Any] = {
    "wishes": [None, Wishes(asked=4, met=2, mutual=1, mutual_met=1, empty_handed=0)],
    "mutual_wishes_at_most": [None, 0],
}


@pytest.mark.parametrize(("name", "lie"), [(name, x) for name in LIES for x in LIES[name]])
def test_a_false_figure_of_wishes_is_caught(name: str, lie: Any) -> None:
    asked = event({"a": ["b", "c"], "b": ["a"], "d": ["a"]})
    schedule = plan(asked)
    assert schedule.quality is not None
    quality = schedule.quality.model_copy(update={name: lie})
    false = schedule.model_copy(update={"quality": quality})
    (fault,) = complaints_about(asked, build_graph(asked), false)
    assert fault.startswith(f"quality.{name} is false")


def test_a_false_share_of_wishes_is_caught() -> None:
    asked = event({"a": ["b"]})
    schedule = plan(asked)
    first, *rest = schedule.attendees
    lie = first.model_copy(update={"wishes": WishShare(asked=1, met=0)})
    false = schedule.model_copy(update={"attendees": (lie, *rest)})
    assert complaints_about(asked, build_graph(asked), false) == [
        "the wishes of attendee a are told wrongly"
    ]


def test_what_is_told_is_the_schedule_without_the_wish() -> None:
    asked = event({"a": ["b"]}, people="ab")
    schedule, bare = plan(asked), plan(event({}, people="ab"))
    (meeting,) = schedule.rounds[0].meetings
    assert (meeting.purpose, meeting.benefits) == ("mutual", {"a": 0.95, "b": 0.2})
    assert as_told(schedule).rounds == bare.rounds
    assert as_told(schedule).attendees == bare.attendees
    assert as_told(schedule).triangles == bare.triangles


def test_a_returned_wish_is_no_secret() -> None:
    schedule = plan(event({"a": ["b"], "b": ["a"]}, people="ab"))
    assert schedule.told is None


def test_what_was_told_of_a_held_meeting_stays_when_the_wish_is_taken_back() -> None:
    asked = event({"a": ["b"]}, people="abcd", rounds=2)
    schedule = plan(asked)
    later = event({}, people="abcd", rounds=2).model_copy(
        update={"published": schedule, "held_rounds": 1}
    )
    again = plan(later)
    assert schedule.told is not None
    held = {frozenset(m.attendees) for m in schedule.rounds[0].meetings}
    before = [each for each in schedule.told.meetings if frozenset(each.attendees) in held]
    assert again.rounds[0] == schedule.rounds[0]
    assert again.told is not None
    assert list(again.told.meetings) == before != []


def faults(asked: Event, schedule: Schedule) -> list[str]:
    return complaints_about(asked, build_graph(asked), schedule)


UNSERVED = "as attendees read it: the unserved listed are not those whom nobody can serve"


def test_a_wish_that_attendees_could_read_is_caught() -> None:
    asked = event({"a": ["b"]}, people="ab")
    schedule = plan(asked)
    assert faults(asked, schedule) == []
    assert faults(asked, schedule.model_copy(update={"told": None})) == [
        "as attendees read it: round 1: a and b are open, not mutual",
        "as attendees read it: round 1: the benefits of a and b are false",
        "as attendees read it: round 1: the value of a and b is false",
        UNSERVED,
        *[f"as attendees read it: the figures of attendee {v} are false" for v in "ab"],
    ]
    assert schedule.told is not None
    some = schedule.told.model_copy(update={"attendees": schedule.told.attendees[:1]})
    assert faults(asked, schedule.model_copy(update={"told": some})) == [
        UNSERVED,
        "as attendees read it: the figures of attendee b are false",
    ]


def test_where_nobody_wished_nothing_else_may_be_told() -> None:
    asked = event({}, people="ab")
    schedule, wished = plan(asked), plan(event({"a": ["b"]}, people="ab"))
    assert wished.told is not None
    other = wished.told.attendees[0].model_copy(update={"benefit": 1.0})
    told = wished.told.model_copy(update={"attendees": (other,)})
    assert faults(asked, schedule.model_copy(update={"told": told})) == [
        "as attendees read it: the figures of attendee a are false"
    ]


def test_what_was_told_of_a_held_meeting_is_told_still() -> None:
    asked = event({"a": ["b"]}, people="ab", rounds=2)
    schedule = plan(asked)
    later = asked.model_copy(update={"published": schedule, "held_rounds": 2})
    assert schedule.told is not None
    nothing = schedule.told.model_copy(update={"meetings": ()})
    told = schedule.model_copy(update={"told": nothing})
    assert faults(later, told) == ["what is told of a and b is not as it was"]


def test_a_wish_for_somebody_whom_one_missed_is_kept_when_they_meet_after_all() -> None:
    before = plan(event({}, people="ab", rounds=2))
    rounds = list(before.rounds)
    number = next(k for k, block in enumerate(rounds) if block.meetings)
    assert number == 0
    (meeting,) = rounds[0].meetings
    missed = meeting.model_copy(update={"outcome": "missed"})
    rounds[0] = rounds[0].model_copy(update={"meetings": (missed,), "byes": ("a", "b")})
    held = {"published": before.model_copy(update={"rounds": tuple(rounds)}), "held_rounds": 1}
    again = plan(event({"a": ["b"]}, people="ab", rounds=2).model_copy(update=held))
    (now,) = again.rounds[1].meetings
    (read,) = as_told(again).rounds[1].meetings
    assert (now.purpose, now.benefits) == ("mutual", {"a": 0.95, "b": 0.2})
    assert (read.purpose, read.benefits) == ("open", {"a": 0.0, "b": 0.0})
