"""Benefits of events that state them, without the machinery that reads profiles."""

from schemas.base import permille
from schemas.event import Event


def gains_of(event: Event) -> dict[str, dict[str, int]]:
    """The event's own benefits by attendee and partner, in permille."""
    gains: dict[str, dict[str, int]] = {attendee.id: {} for attendee in event.attendees}
    for row in event.benefits:
        gains[row.attendee][row.partner] = permille(row.value)
    return gains
