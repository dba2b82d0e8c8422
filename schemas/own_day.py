"""What an attendee reads and says by their own link: their day, and nothing of anybody else's."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.agenda import Agenda, Person
from schemas.base import Id, Name, Objection, RoundNumber, Wire, refuse
from schemas.day import Reason
from schemas.event import MOST_FINDINGS
from schemas.feedback import find_said_of_unheld
from schemas.language import Language

MOST_AT_ONCE = 20
"""What one person says at once; a browser that was offline sends the rest afterwards."""


class OwnAnswer(Wire):
    """What the reader said of a meeting, as far as it shows on their page."""

    partner: Id
    """Whom they met."""
    round: RoundNumber | None = None
    """In which round, from 1. Left out: the round in which the two met."""
    held: bool = True
    """Whether the meeting took place. Left out: yes."""
    valuable: bool | None = None
    """Whether it was valuable. Left out: nothing is said of it."""
    would_refer: bool = False
    """Whether they would refer the partner. Left out: not said."""
    had_time: bool = False
    """Whether there was time enough. Left out: not said."""


class OwnFeedback(OwnAnswer):
    """The same as it is sent; a later one about the same partner replaces it."""

    id: Id
    """The caller's own id: sent twice, it counts once."""
    undisclosed_pitch: bool = False
    """A private report that it was a pitch in disguise. Left out: it was not; it is
    shown nowhere."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse("OwnFeedback", find_said_of_unheld(self))
        return self


class OwnFeedbackBatch(Wire):
    """A batch, taken whole or not at all."""

    feedback: Annotated[tuple[OwnFeedback, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    """What was said, in order."""

    @model_validator(mode="after")
    def _different(self) -> Self:
        refuse("OwnFeedbackBatch", islice(self._duplicates(), MOST_FINDINGS))
        return self

    def _duplicates(self) -> Iterator[Objection]:
        for name in ("id", "partner"):
            seen: dict[str, int] = {}
            for k, said in enumerate(self.feedback):
                first = seen.setdefault(getattr(said, name), k)
                if first != k:
                    message = f"the {name} of /feedback/{first} again: they must differ"
                    yield Objection(("feedback", k, name), f"duplicate_{name}", message)


class OwnIncident(Wire):
    """Something that an attendee reports of themselves."""

    id: Id
    """The caller's own id: sent twice, it counts once."""
    kind: Literal["pause", "late_arrival", "return"]
    """`pause`: not there in `round`; `late_arrival`: there from `round` on; `return`: there after
    all."""
    round: RoundNumber | None = None
    """An open round, from 1: needed but for `return`."""


class OwnIncidents(Wire):
    """A batch, taken whole or not at all."""

    incidents: Annotated[tuple[OwnIncident, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    """What is to be known, in order."""


class OwnReceipt(Wire):
    """How many were taken, those known before included."""

    accepted: int
    """How many were taken, those known before included."""


class OwnWish(Wire):
    """Whom an attendee would like to meet, or not: told by the name, for they know no ids."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """The whole name, or the name as the reader's list shows it."""
    organisation: Annotated[str, Field(max_length=200)] | None = None
    """Where they are from: needed where several people have the name."""
    wish: Literal["meet", "avoid", "neither"]
    """`meet` and `avoid` put them on that list alone, `neither` takes them off both."""


class OwnWishes(Wire):
    """Whom the reader would like to meet, and whom not; nobody else is shown either."""

    wants: tuple[Person, ...] = ()
    """Whom they would like to meet, dearest first."""
    avoid: tuple[Person, ...] = ()
    """Whom they do not want to meet."""


class OwnDay(Wire):
    """The page of one attendee: their day as it stands, and what they said."""

    event: Name = ""
    """What the event is called."""
    timezone: str = "UTC"
    """The zone in which times are local."""
    attendee: Person
    """Whose page it is."""
    language: Language | None = None
    """The first of their languages that the service has words of; null if they say none."""
    event_language: Language = "en"
    """The event's language, if the service has words of it; else English."""
    agenda: Agenda | None = None
    """Their day by the published version; null before one is."""
    away: Reason | None = None
    """Why they are not expected in some open round, as far as that was reported; null if they
    are."""
    away_rounds: tuple[RoundNumber, ...] = ()
    """The open rounds in which they are not expected for that."""
    wishes: OwnWishes = OwnWishes()
    """Whom they would like to meet, and whom not."""
    may_wish: bool = False
    """Whether wishes are taken still: until a schedule is published."""
    feedback: tuple[OwnAnswer, ...] = ()
    """What they said of their meetings."""
