"""What was understood of one profile: what possible partners have for it, and what would say more.

It is the organiser's to read, and quotes of others what they offer, never what they need.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Id, Text, Thousandths, Wire

Count = Annotated[int, Field(ge=0)]
Fit = Literal["meets", "may be of use", "perhaps"]
"""Worth at least 0.3; at least 0.15; less, and told because nothing else is nearer."""


class NearOffer(Wire):
    """An offer near to a need, in words that can be confirmed or denied, and whose it is.

    ``already_served``: the profile says that somebody else does this for them.
    """

    text: Text
    """The offer."""
    attendees: tuple[Id, ...]
    """Ids of whose it is."""
    worth: Thousandths
    """How much it is worth for the need, 0 to 1."""
    fit: Fit
    """The same in words."""
    already_served: bool = False
    """Whether somebody else does this for them."""


class NeedReading(Wire):
    """A need, and the offers in the room that come nearest, the best first."""

    text: Text
    """The need."""
    shown_to: Literal["partners", "nobody"]
    """Who may read it."""
    offers: tuple[NearOffer, ...]
    """The nearest offers in the room, the best first."""


class OfferReading(Wire):
    """An offer, how many needs in the room it meets, and to how many more it may be of use."""

    text: Text
    """The offer."""
    meets: Count
    """How many needs in the room it meets."""
    may_be_of_use: Count
    """To how many more it may be of use."""


class EmptyText(Wire):
    """A text that says nothing, and where it stands."""

    field: Literal["needs", "offers"]
    """Where it stands."""
    text: Text
    """The text."""


class Understanding(Wire):
    """One profile as the matching reads it; ``advice`` is what the person could say instead."""

    attendee: Id
    """Whose profile it is."""
    needs: tuple[NeedReading, ...]
    """Their needs, as they are read."""
    offers: tuple[OfferReading, ...]
    """Their offers, as they are read."""
    says_nothing: tuple[EmptyText, ...]
    """Texts that say nothing."""
    advice: tuple[str, ...]
    """What they could say instead, in sentences."""
