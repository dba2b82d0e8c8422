"""Links by which attendees open their own page, without an account."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from schemas.base import Id, Wire


class AttendeeLink(Wire):
    """The link of one attendee, told this once: of the secret its digest alone is kept."""

    attendee: Id
    """Whose page it opens."""
    path: str
    """What follows the address of the service: the page, and the secret as its fragment, which
    browsers send to nobody."""
    secret: str
    """The secret by itself."""
    expires_at: datetime
    """When it ends by itself."""


class AttendeeLinks(Wire):
    """The new links of everybody on the list."""

    links: tuple[AttendeeLink, ...]
    """A link for each attendee, in the event's order."""


class LinkSecret(Wire):
    """What somebody has who followed their link."""

    secret: Annotated[str, StringConstraints(max_length=100)]
    """The fragment of the link."""


class LinkPage(Wire):
    """Whose page a browser may read now."""

    page: str
    """What tells the page of one attendee from all others; it is no secret, and no id."""
