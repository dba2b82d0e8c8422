"""What is shown of a day, from documents as they are stored; the last ones read are remembered.

Run in a child: reading a large schedule would hold up whoever else asks the service.
"""

from datetime import UTC, datetime
from functools import lru_cache

from app.day.notices.announcements import last_change, publication_notice
from app.day.notices.difference import difference_between, difference_for
from app.day.notices.live_view import View, live_view, round_times
from app.day.people import language_of
from schemas.day import DayState
from schemas.difference import Difference
from schemas.event import Event
from schemas.live import Clock
from schemas.schedule import Schedule


def room_view(
    event: str,
    *,
    day: str,
    held: int,
    after: str | None,
    before: str | None,
    at: datetime | None,
    proposals: str = "[]",
) -> View:
    """The room of what is published: ``after``, that took the place of ``before`` at a time.

    ``proposals`` are the JSON of what is proposed.
    """
    read, state = _event(event, held), DayState.model_validate_json(day)
    schedule = _schedule(after) if after else None
    change = _difference(event, day, held, before, after) if before and after else None
    last = last_change(at, schedule, change, language_of(read)) if schedule and at else None
    shown = live_view(read, state, schedule, datetime.now(UTC), last)
    apart = {*Clock.model_fields, "proposals"}
    return View(shown.model_dump_json(exclude=apart), round_times(read, state), proposals)


def publication_view(
    event: str, *, day: str, held: int, after: str, before: str | None, at: datetime, position: int
) -> str:
    """The piece of news, as JSON, that ``after`` took the place of ``before``."""
    change = _difference(event, day, held, before, after) if before else None
    told = publication_notice(
        position, at, _schedule(after), change, language_of(_event(event, held))
    )
    return told.model_dump_json(by_alias=True)


def difference_view(
    event: str, *, day: str, held: int, before: str, after: str, attendee: str | None
) -> str:
    """What differs between two versions, as JSON; for one ``attendee`` alone if there is one."""
    whole = _difference(event, day, held, before, after)
    return (difference_for(whole, attendee) if attendee else whole).model_dump_json(by_alias=True)


@lru_cache(maxsize=1)
def _difference(event: str, day: str, held: int, before: str, after: str) -> Difference:
    state = DayState.model_validate_json(day)
    return difference_between(_event(event, held), state, _schedule(before), _schedule(after))


@lru_cache(maxsize=1)
def _event(document: str, held: int) -> Event:
    return Event.model_validate_json(document).model_copy(update={"held_rounds": held})


@lru_cache(maxsize=2)
def _schedule(document: str) -> Schedule:
    return Schedule.model_validate_json(document)
