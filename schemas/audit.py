"""What was done with the keys of an organisation."""

from pydantic import AwareDatetime

from schemas.access_key import Role
from schemas.base import Wire


class Act(Wire):
    """What one key was used for once; nothing of what was sent or answered."""

    at: AwareDatetime
    """When it was answered."""
    key: str
    """The id of the key; of one that was set, the beginning of its digest; empty without keys."""
    role: Role
    """The key's role."""
    operation: str
    """The operation, with `?format` where it was asked for a file."""
    event: str | None = None
    """The event of the address; null where it names none."""
    status: int
    """With which status it was answered."""


class ActPage(Wire):
    """A page of what was done, newest first."""

    acts: tuple[Act, ...]
    """What was done."""
    next: str | None = None
    """The cursor of the next page; null on the last."""
