"""Wishes told on the day: whom somebody would like to meet after all, or no longer."""

from app.day.incidents.state import EventDay
from app.errors import Invalid, NotFound
from schemas import limits
from schemas.base import Pair
from schemas.day import WishMark
from schemas.event import UNKNOWN, Want
from schemas.incident import Incident


def wish(day: EventDay, incident: Incident) -> None:
    """Somebody would like to meet somebody else: their last wish, if it was none before."""
    v, other = _direction(day, incident)
    wants = day.attendees[v].wants
    if other in _listed(wants):
        return
    if len(wants) == limits.WANTS:
        raise day.refused(
            Invalid, "pair", "too_long", f"nobody has more than {limits.WANTS} wishes"
        )
    _mark(day, incident, (v, other), None, len(wants))
    _set_wants(day, v, (*wants, Want(id=other)))


def unwish(day: EventDay, incident: Incident) -> None:
    """Somebody takes a wish back."""
    v, other = _direction(day, incident)
    wants = day.attendees[v].wants
    if other in _listed(wants):
        place = _listed(wants).index(other)
        _mark(day, incident, (v, other), wants[place], place)
        _set_wants(day, v, wants[:place] + wants[place + 1 :])


def take_back_wish(day: EventDay, before: Incident) -> bool:
    """The list as if this incident had not come; False if it was changed by hand since.

    What a later incident said of the same wish stands, and would be taken back to what was before
    this one.
    """
    mark = next((mark for mark in day.wish_marks if mark.incident == before.id), None)
    if mark is None or mark.pair[0] not in day.attendees:
        return False
    at = day.wish_marks.index(mark)
    later = [k for k, x in enumerate(day.wish_marks) if k > at and x.pair == mark.pair]
    marks = list(day.wish_marks)
    if later:
        update = {"before": mark.before, "place": mark.place}
        marks[later[0]] = marks[later[0]].model_copy(update=update)
    elif not _restore(day, mark):
        return False
    del marks[at]
    day.wish_marks = tuple(marks)
    return True


def _restore(day: EventDay, mark: WishMark) -> bool:
    """Put the list back to what it was before the last word on a wish, if it still stands."""
    v, other = mark.pair
    wants = day.attendees[v].wants
    if (other in _listed(wants)) == mark.taken_back or other not in day.attendees:
        return False
    rest = tuple(want for want in wants if want.id != other)
    back = () if mark.before is None else (mark.before,)
    if len(rest) + len(back) > limits.WANTS:
        return False
    _set_wants(day, v, rest[: mark.place] + back + rest[mark.place :])
    return True


def _direction(day: EventDay, incident: Incident) -> Pair:
    """Who wishes, and whom for: the first of the pair for the second, or the attendee if named."""
    one, other = incident.pair or ("", "")
    for place, v in enumerate((one, other)):
        if v not in day.attendees:
            raise day.refused(NotFound, ("pair", place), *UNKNOWN)
    if one == other:
        raise day.refused(Invalid, "pair", "self", "nobody can wish for themselves")
    if incident.attendee not in (None, one, other):
        why = "the attendee must be one of the pair: whoever wishes"
        raise day.refused(Invalid, "attendee", "other_attendee", why)
    return (other, one) if incident.attendee == other else (one, other)


def _listed(wants: tuple[Want, ...]) -> list[str]:
    return [want.id for want in wants]


def _mark(day: EventDay, incident: Incident, pair: Pair, before: Want | None, place: int) -> None:
    taken_back = incident.kind == "unwish"
    mark = WishMark(
        incident=incident.id, pair=pair, before=before, place=place, taken_back=taken_back
    )
    day.wish_marks = (*day.wish_marks, mark)


def _set_wants(day: EventDay, v: str, wants: tuple[Want, ...]) -> None:
    day.attendees[v] = day.attendees[v].model_copy(update={"wants": wants})
    day.changed = True
