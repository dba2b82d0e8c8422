"""What the people of each group get of a schedule: its figures by the values of labels."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from schemas.base import permille
from schemas.event import Event
from schemas.report import GroupFigures, LabelFigures, PeopleFigures, ScheduleReport
from schemas.schedule import Schedule, Share, Triangle, WishShare
from schemas.text import fold_name

MOST_LABELS = 50
MOST_VALUES = 100
"""A label of more values tells people apart, not groups."""

Values = Mapping[str, str]
"""The value of a label of everybody who has one, by id."""


def report_schedule(event: Event, schedule: Schedule) -> ScheduleReport:
    """The figures of everybody in a schedule, and of each group of each label of the event."""
    labels = _labels(event, schedule)
    told = {label: values for label, values in labels.items() if _is_grouping(values)}
    by_people = sorted(told, key=lambda label: (-len(told[label]), label))[:MOST_LABELS]
    return ScheduleReport(
        event_id=schedule.event_id,
        version=schedule.version,
        everybody=PeopleFigures(**_figures(schedule.attendees, len(schedule.triangles))),
        labels=tuple(
            LabelFigures(label=label, groups=tuple(_groups(schedule, told[label])))
            for label in sorted(by_people)
        ),
        left_out=len(labels) - len(by_people),
    )


def _labels(event: Event, schedule: Schedule) -> dict[str, dict[str, str]]:
    """The values of each label, of those who are in the schedule, in order of ids."""
    known = {share.id for share in schedule.attendees}
    found = defaultdict[str, dict[str, str]](dict)
    for attendee in sorted(event.attendees, key=lambda attendee: attendee.id):
        for label, value in attendee.labels.items():
            if attendee.id in known and fold_name(value):
                found[label][attendee.id] = value.strip()
    return found


def _is_grouping(values: Values) -> bool:
    return len({fold_name(value) for value in values.values()}) <= MOST_VALUES


def _groups(schedule: Schedule, values: Values) -> Iterator[GroupFigures]:
    """The groups of a label by value, equal after trimming and case folding; who has none last."""
    group_of = {v: fold_name(value) for v, value in values.items()}
    people = defaultdict[str, list[Share]](list)
    for share in schedule.attendees:
        people[group_of.get(share.id, "")].append(share)
    triangles = _triangles(schedule.triangles, group_of)
    for group in sorted(people, key=lambda group: (not group, group)):
        shares = people[group]
        value = values[shares[0].id] if group else None
        yield GroupFigures(value=value, **_figures(shares, triangles[group]))


def _triangles(triangles: Iterable[Triangle], group_of: Values) -> Counter[str]:
    """How many closed triangles have anybody of each group."""
    return Counter(
        group for one in triangles for group in {group_of.get(v, "") for v in one.attendees}
    )


def _figures(shares: Sequence[Share], triangles: int) -> dict[str, Any]:
    rated = [share.satisfaction for share in shares if share.satisfaction is not None]
    wishes = [share.wishes for share in shares if share.wishes is not None]
    return {
        "people": len(shares),
        "meetings": sum(share.meetings for share in shares),
        "byes": sum(share.byes for share in shares),
        "rated": len(rated),
        "mean_satisfaction": mean_of(rated),
        "least_satisfaction": min(rated, default=None),
        "wishes": _wishes(wishes) if wishes else None,
        "triangles": triangles,
    }


def mean_of(satisfactions: Sequence[float]) -> float | None:
    """The mean in thousandths, rounded to the nearest; None of nobody."""
    if not satisfactions:
        return None
    return round(sum(map(permille, satisfactions)) / len(satisfactions)) / 1000


def _wishes(wishes: Sequence[WishShare]) -> WishShare:
    return WishShare(asked=sum(each.asked for each in wishes), met=sum(each.met for each in wishes))
