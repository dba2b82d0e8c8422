"""The people of an event as agendas, screens and follow-ups show them: no addresses."""

from schemas.agenda import Person
from schemas.event import Event
from schemas.words.catalogue import first_held


def people_of(event: Event) -> dict[str, Person]:
    """Everybody by id, with the name and the organisation that the event has."""
    return {
        a.id: Person(id=a.id, name=a.name, organisation=a.organisation) for a in event.attendees
    }


def languages_of(event: Event) -> dict[str, str]:
    """In which language everybody is told things: their first that the service knows words of.

    Of whoever speaks none of these, it is the event's.
    """
    return {a.id: first_held((*a.languages, event.language)) for a in event.attendees}


def language_of(event: Event) -> str:
    """In which language everybody together is told things."""
    return first_held([event.language])
