"""After the meeting: what the two say of it, and what comes of that for each of them."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Self

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
    attendee: Id
    partner: Id
    round: RoundNumber | None = None
    held: bool = True
    valuable: bool | None = None
    would_refer: bool = False
    had_time: bool = False
    undisclosed_pitch: bool = False
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse("Feedback", self._findings())
        return self

    def _findings(self) -> Iterator[Objection]:
        if self.attendee == self.partner:
            yield Objection(("partner",), "self", "attendee and partner must be two people")
        for name in ("valuable", "would_refer", "had_time", "undisclosed_pitch"):
            if getattr(self, name) and not self.held:
                message = "nothing came of a meeting that did not take place"
                yield Objection((name,), "not_held", message)


class FeedbackBatch(Wire):
    """A batch, taken whole or not at all."""

    feedback: Annotated[tuple[Feedback, ...], Field(min_length=1, max_length=limits.INCIDENTS)]

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


class Counts(Wire):
    """How many have answered, and how many of them said what."""

    answers: int = 0
    held: int = 0
    valuable: int = 0
    would_refer: int = 0
    had_time: int = 0


class MeetingCounts(Counts):
    """What the two of a meeting said."""

    pair: Pair


class AttendeeCounts(Counts):
    """What others said of their meetings with somebody."""

    attendee: Id


class Reported(Wire):
    """Somebody whom several people report for a pitch in disguise; never who they are."""

    attendee: Id
    reports: int


class FeedbackSummary(Wire):
    """The feedback of an event, for the organiser; by id."""

    meetings: tuple[MeetingCounts, ...] = ()
    attendees: tuple[AttendeeCounts, ...] = ()
    reported: tuple[Reported, ...] = ()


class Said(Wire):
    """What the reader said of a meeting; ``valuable`` is null if they said nothing of that."""

    valuable: bool | None
    would_refer: bool
    had_time: bool
    note: Text | None = None


class FollowUp(Wire):
    """Somebody whom the reader met, and who of the two can help whom.

    ``mutual``: both said that the meeting was valuable. What the partner said alone is not told.
    """

    partner: Person
    round: RoundNumber
    said: Said | None = None
    mutual: bool = False
    they_can: tuple[str, ...] = ()
    you_can: tuple[str, ...] = ()


class SuggestedIntroduction(Wire):
    """Somebody whom the reader has not met, and ``through`` whom that can be mended."""

    person: Person
    through: Person
    text: str


class FollowUps(Wire):
    """One person's list after the event: whom they met, and whom they should meet next."""

    event_id: str | None = None
    event: str = ""
    attendee: Person
    meetings: tuple[FollowUp, ...] = ()
    introductions: tuple[SuggestedIntroduction, ...] = ()


class OpenTriangle(Wire):
    """Three people one meeting short of a triangle: ``people`` have both met the ``introducer``."""

    introducer: Person
    people: tuple[Person, Person]
    value: Thousandths


class OpenTriangles(Wire):
    """Open triangles, the best first."""

    introductions: tuple[OpenTriangle, ...] = ()
