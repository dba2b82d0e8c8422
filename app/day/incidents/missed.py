"""Meetings of held rounds that did not take place, and those that did after all."""

from collections.abc import Callable, Iterable

from app.day.incidents.state import EventDay
from schemas.day import MissedMeeting


def mark_missed(
    day: EventDay, incident: str, number: int, pairs: Iterable[tuple[str, str]]
) -> None:
    """Say of meetings of a held round that they were missed."""
    for pair in pairs:
        key = number, frozenset(pair)
        before = day.missed.get(key, MissedMeeting(round=number, pair=pair))
        said = (*before.incidents, incident)
        day.missed[key] = before.model_copy(update={"incidents": said})
        day.changed = True


def meetings_of(day: EventDay, number: int, v: str) -> list[tuple[str, str]]:
    """Somebody's meeting of a held round; if it was missed already, that one."""
    seating = day.seating(number)
    keys = [key for key in seating.of.get(v, ()) if (number, key) not in day.missed]
    found = [seating.pairs[key] for key in keys]
    return found or [row.pair for (r, pair), row in day.missed.items() if r == number and v in pair]


def unmark_missed(day: EventDay, incident: str) -> bool:
    """Take back that meetings were missed; whether any could be.

    A meeting stays missed while another incident says so, and for good once one of the two has
    met somebody else in that round, or the two met in another held one.
    """
    rows = {key: row for key, row in day.missed.items() if incident in row.incidents}
    possible = _possible(day) if rows else None
    took = False
    for key, row in rows.items():
        others = tuple(name for name in row.incidents if name != incident)
        if others:
            day.missed[key] = row.model_copy(update={"incidents": others})
        elif possible and possible(row):
            del day.missed[key]
            day.seating(row.round).add(row.pair)
        else:
            continue
        took = True
    return took


def _possible(day: EventDay) -> Callable[[MissedMeeting], bool]:
    """Tells of missed meetings, one after the other, whether they can count again."""
    met: set[frozenset[str]] = set()
    busy: set[tuple[int, str]] = set()

    def count(number: int, pair: tuple[str, str]) -> None:
        met.add(frozenset(pair))
        busy.update((number, v) for v in pair)

    for number in range(1, day.held + 1):
        for pair in day.meetings(number):
            count(number, pair)

    def possible(row: MissedMeeting) -> bool:
        if frozenset(row.pair) in met or any((row.round, v) in busy for v in row.pair):
            return False
        count(row.round, row.pair)
        return True

    return possible
