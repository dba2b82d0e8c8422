"""Keys of an organisation: who may do what, until when."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from schemas.base import Name, Wire
from schemas.clock import Moment

Role = Literal["owner", "organiser", "steward", "reader"]


class NewKey(Wire):
    """A key to be made."""

    role: Role
    """What it may do: owner, organiser, steward or reader."""
    event: Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")] | None = None
    """The id of the only event that it opens; a steward's needs one, an owner's has none. Left out:
    every event of the organisation."""
    label: Name = ""
    """What it is for, for people. Left out: nothing is said."""
    expires_at: Moment | None = None
    """When it ends by itself. Left out: never."""


class AccessKey(Wire):
    """A key as it is kept, without its secret."""

    id: str
    """Its id, which opens nothing."""
    role: Role
    """What it may do."""
    event: str | None = None
    """The only event that it opens; null for every event of the organisation."""
    label: str = ""
    """What it is for."""
    prefix: str
    """How its secret begins, to tell keys apart."""
    created_at: AwareDatetime
    """When it was made."""
    expires_at: AwareDatetime | None = None
    """When it ends by itself; null for never."""
    revoked_at: AwareDatetime | None = None
    """When it was revoked; null if it was not."""
    last_used_at: AwareDatetime | None = None
    """When it was used last, to the minute; null if it never was."""


class CreatedKey(AccessKey):
    """A key with its secret, which is told this once."""

    secret: str
    """What to send as `Authorization: Bearer`."""


class AccessKeyList(Wire):
    """Keys of an organisation."""

    keys: tuple[AccessKey, ...]
    """Newest first, those that are revoked too."""
