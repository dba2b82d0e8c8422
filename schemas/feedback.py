"""After the meeting: what the two say of it, and what comes of that for each of them."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from schemas import limits
from schemas.agenda import Person
from schemas.base import Id, Objection, Pair, RoundNumber, Text, Thousandths, Wire, refuse
from schemas.event import MOST_FINDINGS

SEVERAL = 2
"""So many people must report somebody before the organiser hears of it: one may err, or bear a
grudge, and two do so independently; a third would seldom come, for few share many partners."""


class Feedback(Wire):
    """What one says of a meeting; ``id`` is the caller's own. A later one replaces it.

    That it was not ``valuable`` is said by false; left out, or null, nothing is said of it.
    ``undisclosed_pitch`` is a private report, ``note`` is for its author alone.
    """

    id: Id
    """The caller's own id: sent twice, it counts once."""
    attendee: Id
    """Who says it."""
    partner: Id
    """Whom they met."""
    round: RoundNumber | None = None
    """In which round, from 1. Left out: the round in which the two met."""
    held: bool = True
    """Whether the meeting took place. Left out: yes."""
    valuable: bool | None = None
    """Whether it was valuable; `false` says that it was not. Left out: nothing is said of
    it."""
    would_refer: bool = False
    """Whether they would refer the partner. Left out: not said."""
    had_time: bool = False
    """Whether there was time enough. Left out: not said."""
    undisclosed_pitch: bool = False
    """A private report that it was a pitch in disguise. Left out: it was not."""
    note: Text | None = None
    """A note for its author alone. Left out: none."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse("Feedback", self._findings())
        return self

    def _findings(self) -> Iterator[Objection]:
        if self.attendee == self.partner:
            yield Objection(("partner",), "self", "attendee and partner must be two people")
        yield from find_said_of_unheld(self)


def find_said_of_unheld(said: Any) -> Iterator[Objection]:
    """What feedback says of a meeting that, as it says, did not take place."""
    for name in ("valuable", "would_refer", "had_time", "undisclosed_pitch"):
        if getattr(said, name) and not said.held:
            message = "nothing came of a meeting that did not take place"
            yield Objection((name,), "not_held", message)


class FeedbackBatch(Wire):
    """A batch, taken whole or not at all."""

    feedback: Annotated[tuple[Feedback, ...], Field(min_length=1, max_length=limits.INCIDENTS)]
    """What was said, up to 10,000 at once."""

    @model_validator(mode="after")
    def _different(self) -> Self:
        refuse("FeedbackBatch", islice(self._duplicates(), MOST_FINDINGS))
        return self

    def _duplicates(self) -> Iterator[Objection]:
        seen: dict[str, int] = {}
        for k, said in enumerate(self.feedback):
            first = seen.setdefault(said.id, k)
            if first != k:
                message = f"the id of /feedback/{first} again: ids must differ"
                yield Objection(("feedback", k, "id"), "duplicate_id", message)


class FeedbackReceipt(Wire):
    """How many were taken, those known before included."""

    accepted: int
    """How many were taken, those known before included."""


class Counts(Wire):
    """How many have answered, and how many of them said what."""

    answers: int = 0
    """How many have answered."""
    held: int = 0
    """How many said that it took place."""
    valuable: int = 0
    """How many found it valuable."""
    would_refer: int = 0
    """How many would refer the partner."""
    had_time: int = 0
    """How many had time enough."""


class MeetingCounts(Counts):
    """What the two of a meeting said."""

    pair: Pair
    """The ids of the two."""


class AttendeeCounts(Counts):
    """What others said of their meetings with somebody."""

    attendee: Id
    """Whom others met."""


class Reported(Wire):
    """Somebody whom several people report for a pitch in disguise; never who they are."""

    attendee: Id
    """Who is reported for pitches in disguise."""
    reports: int
    """How many people report them, two at least."""


class FeedbackSummary(Wire):
    """The feedback of an event, for the organiser; by id."""

    meetings: tuple[MeetingCounts, ...] = ()
    """What the two of each meeting said."""
    attendees: tuple[AttendeeCounts, ...] = ()
    """What others said of their meetings with each attendee."""
    reported: tuple[Reported, ...] = ()
    """Who is reported by several people."""


class Said(Wire):
    """What the reader said of a meeting; ``valuable`` is null if they said nothing of that."""

    valuable: bool | None
    """Whether they found it valuable; null if they said nothing of that."""
    would_refer: bool
    """Whether they would refer the partner."""
    had_time: bool
    """Whether there was time enough."""
    note: Text | None = None
    """Their own note; null if they made none."""


class FollowUp(Wire):
    """Somebody whom the reader met, and who of the two can help whom.

    ``mutual``: both said that the meeting was valuable. What the partner said alone is not told.
    """

    partner: Person
    """Whom the reader met."""
    round: RoundNumber
    """In which round, from 1."""
    said: Said | None = None
    """What the reader said of it; null if nothing."""
    mutual: bool = False
    """Whether both said that it was valuable."""
    they_can: tuple[str, ...] = ()
    """What the partner can do for the reader, in sentences."""
    you_can: tuple[str, ...] = ()
    """What the reader can do for the partner, in sentences."""


class SuggestedIntroduction(Wire):
    """Somebody whom the reader has not met, and ``through`` whom that can be mended."""

    person: Person
    """Whom the reader has not met."""
    through: Person
    """Who has met both."""
    text: str
    """Why the two should meet, in words."""


class FollowUps(Wire):
    """One person's list after the event: whom they met, and whom they should meet next."""

    event_id: str | None = None
    """The id of the event; null where it is not stored."""
    event: str = ""
    """What the event is called."""
    attendee: Person
    """Whose list it is."""
    meetings: tuple[FollowUp, ...] = ()
    """Whom they met."""
    introductions: tuple[SuggestedIntroduction, ...] = ()
    """Whom they should meet next."""


class OpenTriangle(Wire):
    """Three people one meeting short of a triangle: ``people`` have both met the ``introducer``."""

    introducer: Person
    """Who has met both of the others."""
    people: tuple[Person, Person]
    """The two who have not met."""
    value: Thousandths
    """What the triangle would be worth, 0 to 1."""


class OpenTriangles(Wire):
    """Open triangles, the best first."""

    introductions: tuple[OpenTriangle, ...] = ()
    """Open triangles, the best first."""
