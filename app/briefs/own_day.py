"""The page of an attendee: their day by what is published, and what they have said themselves."""

from collections.abc import Sequence
from functools import lru_cache

from app.briefs.agenda import agendas_of
from app.day.people import language_of, people_of
from schemas.day import DayState
from schemas.event import Event, each_avoided
from schemas.feedback import Feedback
from schemas.own_day import OwnAnswer, OwnDay, OwnWishes
from schemas.words.catalogue import held_languages


@lru_cache(maxsize=1)
def own_days_of(event: str, schedule: str | None, held: int, day: str) -> "OwnDays":
    """The pages of an event, given as JSON, with what is published; the last are remembered."""
    return OwnDays(event, schedule, held, day)


class OwnDays:
    """The pages of all attendees of an event; ``schedule`` is what is published, if anything is."""

    def __init__(self, event: str, schedule: str | None, held: int, day: str) -> None:
        self._event, self._held = Event.model_validate_json(event), held
        self._away = DayState.model_validate_json(day).away
        self._rows = {attendee.id: attendee for attendee in self._event.attendees}
        self._people = people_of(self._event)
        self._agendas = agendas_of(event, schedule, held, day) if schedule else None

    def of(self, v: str, said: Sequence[Feedback]) -> OwnDay:
        """The page of one attendee, who has ``said`` this; KeyError if there is none of this id."""
        away = self._away.get(v)
        rounds = tuple(r for r in away.rounds if r > self._held) if away else ()
        return OwnDay(
            event=self._event.name,
            timezone=self._event.timezone,
            attendee=self._people[v],
            language=next((x for x in self._rows[v].languages if x in held_languages()), None),
            event_language=language_of(self._event),
            agenda=self._agendas.of(v) if self._agendas else None,
            away=away.reason if away and rounds else None,
            away_rounds=rounds,
            wishes=self._wishes(v),
            may_wish=self._agendas is None,
            feedback=tuple(map(_answer, said)),
        )

    def _wishes(self, v: str) -> OwnWishes:
        row = self._rows[v]
        wants, avoid = (want.id for want in row.wants), dict.fromkeys(each_avoided(row))
        return OwnWishes(
            wants=tuple(self._people[other] for other in wants),
            avoid=tuple(self._people[other] for other in avoid),
        )


def _answer(said: Feedback) -> OwnAnswer:
    return OwnAnswer(**{name: getattr(said, name) for name in OwnAnswer.model_fields})
