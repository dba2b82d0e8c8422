"""The people of an event as agendas, screens and follow-ups show them: no addresses."""

from schemas.agenda import Person
from schemas.event import Event


def people_of(event: Event) -> dict[str, Person]:
    """Everybody by id, with the name and the organisation that the event has."""
    return {
        a.id: Person(id=a.id, name=a.name, organisation=a.organisation) for a in event.attendees
    }
