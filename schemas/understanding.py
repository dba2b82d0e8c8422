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
    attendees: tuple[Id, ...]
    worth: Thousandths
    fit: Fit
    already_served: bool = False


class NeedReading(Wire):
    """A need, and the offers in the room that come nearest, the best first."""

    text: Text
    shown_to: Literal["partners", "nobody"]
    offers: tuple[NearOffer, ...]


class OfferReading(Wire):
    """An offer, how many needs in the room it meets, and to how many more it may be of use."""

    text: Text
    meets: Count
    may_be_of_use: Count


class EmptyText(Wire):
    """A text that says nothing, and where it stands."""

    field: Literal["needs", "offers"]
    text: Text


class Understanding(Wire):
    """One profile as the matching reads it; ``advice`` is what the person could say instead."""

    attendee: Id
    needs: tuple[NeedReading, ...]
    offers: tuple[OfferReading, ...]
    says_nothing: tuple[EmptyText, ...]
    advice: tuple[str, ...]
