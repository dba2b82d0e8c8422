"""What differs between two versions of a schedule: for whom, at which tables, in which words.

Only what differs is looked at: of thousands of people, an incident touches a handful.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from app.day.notices.changes import SeatNotice, Sittings, changed_seats, partner_changes
from app.day.notices.sentences import SHUT_OUT, STANDING, ChangeSentences, SeatChange
from schemas.base import Pair
from schemas.clock import instant
from schemas.day import DayState
from schemas.difference import (
    Difference,
    PersonDifference,
    Place,
    RoundDifference,
    StartDifference,
    TableDifference,
)
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.words.message import Message, counted, message, one_by_one


def difference_between(
    event: Event, day: DayState, before: Schedule, after: Schedule
) -> Difference:
    """What changes for whom, in the words of the event and the day as they are now."""
    old, new = changed_seats(before, after)
    starts = tuple(_starts(before, after, event.timezone))
    telling = ChangeSentences(event, day, len(before.rounds), after, starts)
    were, are = _byes(before).items(), _byes(after).items()
    seatings = _seatings(old | dict(were - are), new | dict(are - were))
    return Difference(
        from_version=before.version or 0,
        version=after.version or 0,
        changes=partner_changes(old, new),
        people=tuple(_people(seatings, _shifted(after, starts), telling)),
        tables=tuple(_tables(_by_table(old), _by_table(new), telling)),
        starts=starts,
    )


def difference_for(whole: Difference, v: str) -> Difference:
    """The part of a difference that is about one attendee."""
    tables = (row for row in whole.tables if v in (*(row.from_ or ()), *(row.to or ())))
    return whole.model_copy(
        update={
            "changes": tuple(row for row in whole.changes if row.attendee == v),
            "people": tuple(row for row in whole.people if row.attendee == v),
            "tables": tuple(tables),
        }
    )


def _byes(schedule: Schedule) -> Sittings:
    """Who is there without a meeting; who has no open table does not stand by."""
    byes = ((v, block.round) for block in schedule.rounds for v in block.byes)
    noted = ((note.attendee, note.round) for note in schedule.notes if note.round)
    return dict.fromkeys(byes, STANDING) | dict.fromkeys(noted, SHUT_OUT)


def _seatings(old: Sittings, new: Sittings) -> Mapping[str, list[SeatChange]]:
    """What differs, by person and in order of rounds."""
    found = defaultdict[str, list[SeatChange]](list)
    for v, number in sorted(old.keys() | new.keys()):
        before, after = old.get((v, number)), new.get((v, number))
        if before != after:
            found[v].append(SeatChange(number, before, after))
    return found


def _starts(before: Schedule, after: Schedule, zone: str) -> Iterator[StartDifference]:
    """The rounds of both that start at another time."""
    for old, new in zip(before.rounds, after.rounds, strict=False):
        was, now = (each.starts_at and instant(each.starts_at, zone) for each in (old, new))
        if was != now:
            yield StartDifference.model_validate(
                {"round": new.round, "from": old.starts_at, "to": new.starts_at}
            )


def _shifted(after: Schedule, starts: Iterable[StartDifference]) -> Mapping[str, list[int]]:
    """The rounds with another start in which each person is expected."""
    found = defaultdict[str, list[int]](list)
    for row in starts:
        block = after.rounds[row.round - 1]
        seated = (v for m in block.meetings if m.outcome != "missed" for v in m.attendees)
        for v in (*seated, *block.byes):
            found[v].append(row.round)
    return found


def _people(
    seatings: Mapping[str, list[SeatChange]],
    shifted: Mapping[str, list[int]],
    telling: ChangeSentences,
) -> Iterator[PersonDifference]:
    for v in sorted(seatings.keys() | shifted.keys()):
        rounds = seatings.get(v, [])
        yield PersonDifference(
            attendee=v,
            name=telling.names.get(v),
            rounds=tuple(_round(seating) for seating in rounds),
            words=tuple(telling.person(v, rounds, tuple(shifted.get(v, ())))),
        )


def _round(seating: SeatChange) -> RoundDifference:
    was, now = _place(seating.before), _place(seating.after)
    return RoundDifference.model_validate({"round": seating.round, "from": was, "to": now})


def _place(sitting: SeatNotice | None) -> Place | None:
    if sitting is None:
        return None
    if not sitting.partner:
        return Place(closed=sitting.shut_out)
    return Place(partner=sitting.partner, table=sitting.table)


Tables = Mapping[tuple[int, int], Pair]
"""Who sits where, by round and table."""


def _by_table(where: Sittings) -> Tables:
    return {
        (number, sitting.table): (v, sitting.partner)
        for (v, number), sitting in where.items()
        if v < sitting.partner
    }


def _tables(old: Tables, new: Tables, telling: ChangeSentences) -> Iterator[TableDifference]:
    for number, table in sorted(old.keys() | new.keys()):
        was, now = old.get((number, table)), new.get((number, table))
        if was != now:
            words = telling.table(number, table, was, now)
            row = {"round": number, "table": table, "from": was, "to": now, "words": words}
            yield TableDifference.model_validate(row)


def summary_of(whole: Difference) -> Message:
    """How many people must be told, and how many of them what."""
    told = Counter(
        kind
        for person in whole.people
        for kind in {_kind(row) for row in person.rounds} or {"start"}
    )
    counts = [_counted(kind, told[kind]) for kind in KINDS if told[kind]]
    if not counts:
        return message("Nobody to be told")
    return counted(
        "{count} to be told: {kinds}",
        "{count} to be told: {kinds}",
        count=len(whole.people),
        kinds=one_by_one(counts),
    )


KINDS = ("meet", "table", "standby", "closed", "away", "start")
"""What a new version changes for somebody."""


def _kind(row: RoundDifference) -> str:
    if row.to is None:
        return "away"
    if row.to.partner is None:
        return "closed" if row.to.closed else "standby"
    same = row.from_ is not None and row.from_.partner == row.to.partner
    return "table" if same else "meet"


def _counted(kind: str, n: int) -> Message:
    if kind == "meet":
        return counted("{count} meets somebody else", "{count} meet somebody else", count=n)
    if kind == "table":
        return counted("{count} changes tables", "{count} change tables", count=n)
    if kind == "standby":
        return counted("{count} stands by", "{count} stand by", count=n)
    if kind == "closed":
        return counted("{count} has no open table", "{count} have no open table", count=n)
    if kind == "away":
        return counted("{count} is not expected", "{count} are not expected", count=n)
    return counted("{count} starts at another time", "{count} start at another time", count=n)
