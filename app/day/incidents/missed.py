"""Meetings of held rounds that did not take place, and those that did after all."""

from collections.abc import Callable, Iterable

from app.day.incidents.state import EventDay, Seating
from schemas.day import MissedMeeting


def mark_missed(
    day: EventDay,
    incident: str,
    number: int,
    meetings: Iterable[Seating],
    *,
    both_there: bool = False,
) -> None:
    """Say of meetings of a held round that they were missed, though both were there or not."""
    for pair, added in meetings:
        key = number, frozenset(pair), added
        row = day.missed.get(key, MissedMeeting(round=number, pair=pair, added=added))
        said = {"incidents": (*row.incidents, incident)}
        if both_there:
            said["both_there"] = (*row.both_there, incident)
        day.missed[key] = row.model_copy(update=said)
        day.changed = True


def meetings_of(day: EventDay, number: int, v: str) -> list[Seating]:
    """Somebody's meeting of a held round; if it was missed already, that one."""
    seated = day.seating(number).of.get(v, ())
    found = [meeting for meeting in seated if (number, *meeting.key) not in day.missed]
    missed = (row for row in day.missed.values() if row.round == number and v in row.pair)
    return found or [Seating(row.pair, row.added) for row in missed]


def unmark_missed(day: EventDay, incident: str) -> bool:
    """Take back that meetings were missed; whether any could be.

    A meeting stays missed while another incident says so, and for good once one of the two has
    another meeting in that round, or the two met in another held one; an added one also where one
    of the two has not come to that round after all.
    """
    rows = {key: row for key, row in day.missed.items() if incident in row.incidents}
    possible = _possible(day) if rows else None
    took = False
    for key, row in rows.items():
        left = _without(row, {incident})
        if left.incidents:
            day.missed[key] = left
        elif possible and possible(row):
            del day.missed[key]
            day.seating(row.round).add(Seating(row.pair, row.added))
        else:
            continue
        took = True
    return took


def forgive(day: EventDay, v: str, number: int, incidents: set[str]) -> None:
    """Somebody whom ``incidents`` took away is there again while round ``number`` runs.

    Their planned meeting stays missed; one that was added is missed no more, if by them alone. And
    whoever could not find them can now.
    """
    for key, row in list(day.missed.items()):
        if row.round != number or v not in row.pair:
            continue
        left = _without(row, incidents)
        if not row.added:
            day.missed[key] = row.model_copy(update={"both_there": ()})
        elif left.incidents:
            day.missed[key] = left
        else:
            del day.missed[key]


def _without(row: MissedMeeting, incidents: set[str]) -> MissedMeeting:
    said, apart = (
        tuple(name for name in names if name not in incidents)
        for names in (row.incidents, row.both_there)
    )
    return row.model_copy(update={"incidents": said, "both_there": apart})


def _possible(day: EventDay) -> Callable[[MissedMeeting], bool]:
    """Tells of missed meetings, one after the other, whether they can count again."""
    met: set[frozenset[str]] = set()
    busy: set[tuple[int, str]] = set()

    def count(number: int, pair: tuple[str, str]) -> None:
        met.add(frozenset(pair))
        busy.update((number, v) for v in pair)

    for number in range(1, day.held + 1):
        for meeting in day.meetings(number):
            count(number, meeting.pair)

    def possible(row: MissedMeeting) -> bool:
        if frozenset(row.pair) in met or any((row.round, v) in busy for v in row.pair):
            return False
        people = (day.attendees.get(v) for v in row.pair)
        if row.added and any(a is None or row.round in a.absent_rounds for a in people):
            return False
        count(row.round, row.pair)
        return True

    return possible
