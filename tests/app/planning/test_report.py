"""Reports by label: sums that a hand can add up, for each value and for who has none."""

from typing import Any

from app.planning import report as module
from app.planning.report import report_schedule
from schemas.event import Attendee, Event
from schemas.report import GroupFigures, ScheduleReport
from schemas.schedule import Schedule, Share, Triangle, WishShare
from tests.builders import event_of


def share(v: str, meetings: int, byes: int, satisfaction: float | None, **more: Any) -> Share:
    return Share(
        id=v,
        meetings=meetings,
        byes=byes,
        benefit=0.0,
        best=1.0,
        satisfaction=satisfaction,
        **more,
    )


def labelled(**values: dict[str, str]) -> Event:
    return event_of(tuple(Attendee(id=v, labels=told) for v, told in values.items()), 1, {})


SHARES = (
    share("a", 3, 0, 0.9, wishes=WishShare(asked=3, met=2)),
    share("b", 2, 1, 0.5, wishes=WishShare(asked=1, met=1)),
    share("c", 1, 2, None),
    share("d", 2, 0, 0.2),
)
TRIANGLES = (
    Triangle(attendees=("a", "b", "c"), value=0.5, round_closed=3),
    Triangle(attendees=("b", "c", "d"), value=0.5, round_closed=3),
)
VERSION = Schedule(rounds=(), attendees=SHARES, triangles=TRIANGLES)


def groups(told: ScheduleReport, label: str = "role") -> list[GroupFigures]:
    (found,) = (row for row in told.labels if row.label == label)
    return list(found.groups)


def test_figures_of_each_value_and_of_who_has_none_are_added_up() -> None:
    event = labelled(a={"role": "buyer"}, b={"role": "supplier"}, c={"role": " Buyer "}, d={})
    told = report_schedule(event, VERSION)
    assert groups(told) == [
        GroupFigures(
            value="buyer", people=2, meetings=4, byes=2, rated=1, mean_satisfaction=0.9,
            least_satisfaction=0.9, wishes=WishShare(asked=3, met=2), triangles=2,
        ),
        GroupFigures(
            value="supplier", people=1, meetings=2, byes=1, rated=1, mean_satisfaction=0.5,
            least_satisfaction=0.5, wishes=WishShare(asked=1, met=1), triangles=2,
        ),
        GroupFigures(
            value=None, people=1, meetings=2, byes=0, rated=1, mean_satisfaction=0.2,
            least_satisfaction=0.2, wishes=None, triangles=1,
        ),
    ]  # fmt: skip
    everybody = told.everybody
    assert (everybody.people, everybody.meetings, everybody.byes, everybody.rated) == (4, 8, 3, 3)
    assert (everybody.mean_satisfaction, everybody.least_satisfaction) == (0.533, 0.2)
    assert (everybody.wishes, everybody.triangles) == (WishShare(asked=4, met=3), 2)


def test_a_group_that_nobody_can_serve_has_no_satisfaction() -> None:
    event = labelled(a={}, b={}, c={"role": "x"}, d={})
    (alone, rest) = groups(report_schedule(event, VERSION))
    assert (alone.rated, alone.mean_satisfaction, alone.least_satisfaction) == (0, None, None)
    assert rest.rated == 3


def test_each_label_has_its_groups_and_an_empty_value_is_none() -> None:
    event = labelled(a={"role": "x", "desk": "1"}, b={"role": ""}, c={}, d={"desk": "2"})
    told = report_schedule(event, VERSION)
    assert [row.label for row in told.labels] == ["desk", "role"]
    assert [(group.value, group.people) for group in groups(told)] == [("x", 1), (None, 3)]
    assert [group.value for group in groups(told, "desk")] == ["1", "2", None]


def test_where_all_have_a_value_there_is_no_other_group() -> None:
    told = report_schedule(labelled(**{v: {"role": v} for v in "abcd"}), VERSION)
    assert [group.value for group in groups(told)] == list("abcd")


def test_who_came_on_the_list_later_is_not_counted_and_who_left_it_has_no_value() -> None:
    event = labelled(a={"role": "x"}, b={}, c={}, e={"role": "y"})
    told = report_schedule(event, VERSION)
    assert [(group.value, group.people) for group in groups(told)] == [("x", 1), (None, 3)]


def test_a_label_that_tells_people_apart_is_left_out(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 3)
    event = labelled(**{v: {"badge": v, "role": "x"} for v in "abcd"})
    told = report_schedule(event, VERSION)
    assert ([row.label for row in told.labels], told.left_out) == (["role"], 1)


def test_of_many_labels_those_are_told_that_most_people_have(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "MOST_LABELS", 1)
    event = labelled(a={"a": "x", "z": "x"}, b={"z": "x"}, c={}, d={})
    told = report_schedule(event, VERSION)
    assert ([row.label for row in told.labels], told.left_out) == (["z"], 1)
