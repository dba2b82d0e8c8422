"""Explanations: why two people meet, why they do not, and why a seat is empty."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas import limits
from schemas.base import (
    Id,
    Name,
    Objection,
    Pair,
    RoundNumber,
    TableNumber,
    Thousandths,
    Wire,
    refuse,
)
from schemas.edit import EditOffer
from schemas.schedule import Intent, Outcome, Points, Purpose, Triangle
from schemas.solve import Conflict

Audience = Literal["organiser", "attendee"]

Code = Literal[
    "blocked", "forbid", "same_organisation", "language", "met",
    "group", "same_address", "two_places",
    "no_consent", "already_served", "competitor",
    "no_reason", "one_sided",
    "not_listed", "no_round_in_common", "held", "limits_reached", "tables_full",
    "met_colleague", "apart", "pinned", "place_closed", "on_break",
    "rather_not", "again",
    "waived", "required_since", "displaced",
    "missed", "odd_number", "nobody_allowed", "met_today",
]  # fmt: skip
"""Why not; `docs/explain.md` has a sentence on each."""


class Question(Wire):
    """A pair (two ids with a comma between), or an attendee and a round; who will read the answer.

    ``pair`` is one text, since an id may hold a comma itself.
    """

    pair: Annotated[Name, Field(max_length=2 * limits.ID + 1)] | None = Field(
        default=None, description="Two ids with a comma between."
    )
    attendee: Id | None = Field(default=None, description="Whose seat, together with `round`.")
    round: RoundNumber | None = Field(default=None, description="Which round, of an `attendee`.")
    audience: Audience = Field(default="organiser", description="Who will read the answer.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        seat = (self.attendee, self.round)
        findings = []
        if (self.pair is None) == (seat == (None, None)):
            message = "ask about a pair, or about an attendee and a round"
            findings.append(Objection(("pair",), "one_of_two", message))
        elif self.pair is None and None in seat:
            name, other = ("round", "attendee") if self.round is None else ("attendee", "round")
            findings.append(Objection((name,), "missing", f"{other} needs this beside it"))
        refuse("Question", findings)
        return self


class Evidence(Wire):
    """One reason why ``attendee`` gains from ``partner``; what is refused adds nothing."""

    attendee: Id
    """Who gains."""
    partner: Id
    """By meeting whom."""
    kind: str
    """What kind of reason it is."""
    value: Thousandths
    """How much it is worth, 0 to 1."""
    text: str
    """What it rests on, in words."""
    refused: bool = False
    """Whether it is refused and adds nothing."""


class Gain(Wire):
    """What the meeting gives to one of the two; ``share`` of the best day they could have."""

    attendee: Id
    """Who gains."""
    benefit: Thousandths
    """How much, 0 to 1."""
    share: Thousandths
    """What that is of the best day they could have, 0 to 1."""


class WishPlace(Wire):
    """That ``attendee`` asked to meet ``partner``: at which place of their list, from 1 on."""

    attendee: Id
    """Who asked."""
    partner: Id
    """For whom."""
    rank: Annotated[int, Field(ge=1, le=limits.WANTS)]
    """At which place of the list, from 1."""
    must: bool
    """Whether as a `must`."""


class Seat(Wire):
    """Where and what for two people meet."""

    round: RoundNumber
    """Which round, from 1."""
    table: TableNumber
    """Which table, from 1."""
    purpose: Purpose
    """`mutual`, `triangle` or `open`."""
    intent: Intent
    """Whether it is for the relationship, or an agreed pitch."""
    purpose_line: str
    """What it is for in one sentence."""
    outcome: Outcome = "planned"
    """`planned`, `held` or `missed`."""
    added: bool = False
    """Whether it came into a running round because a partner was missing."""


class WhyNot(Wire):
    """One reason against a meeting: a stable code, and a sentence that names ids only."""

    code: Code
    """What kind of reason it is; stable."""
    message: str
    """The reason in words, with ids."""


class Price(Wire):
    """What forcing a meeting costs, on the scale of the objective; never less than 0.

    ``proven``: exactly so much; else as far as the search found. ``makes_room``: meetings of the
    two that would go; ``others``: how many other pairs would no longer meet.
    """

    points: Points
    """By how much the objective would fall."""
    proven: bool
    """Whether it is exactly so much."""
    makes_room: tuple[Pair, ...] = ()
    """Meetings of the two that would go."""
    others: int = 0
    """How many other pairs would no longer meet."""


class ExplanationBase(Wire):
    """What every explanation says of itself.

    ``stale``: the event has changed since the version was made; null where that is not recorded.
    """

    event_id: str | None
    """The id of the event; null where it is not stored."""
    version: int | None
    """The version of the schedule; null where it is not stored."""
    stale: bool | None
    """Whether the event has changed since; null where that is not recorded."""
    audience: Audience
    """Who may read it."""


class PairExplanation(ExplanationBase):
    """Why these two meet, or all reasons why they do not; whether they asked to, for organisers.

    ``price`` is there where the rules would allow the meeting; ``conflict`` says with what else
    forcing it would clash.
    """

    pair: Pair
    """The ids of the two."""
    meets: bool
    """Whether they meet."""
    meeting: Seat | None = None
    """Where and what for; null if they do not meet."""
    value: Thousandths = 0.0
    """What the meeting is or would be worth, 0 to 1."""
    gains: tuple[Gain, ...] = ()
    """What it gives to each of the two."""
    evidence: tuple[Evidence, ...] = ()
    """The reasons of each."""
    wishes: Annotated[tuple[WishPlace, ...], Field(max_length=2)] = ()
    """Who of the two asked for it; empty for attendees."""
    triangles: tuple[Triangle, ...] = ()
    """Triangles it is part of."""
    reasons: tuple[WhyNot, ...] = ()
    """Why they do not meet."""
    price: Price | None = None
    """What forcing the meeting would cost; null where rules forbid it or it takes place."""
    edit: EditOffer | None = None
    """The edit by hand that brings them together at the least cost; null where none does."""
    conflict: tuple[Conflict, ...] = ()
    """With what else forcing it would clash."""


class Count(Wire):
    """How many people of an idle seat's round cannot sit there, by code."""

    code: Code
    """What kind of reason it is; stable."""
    people: int
    """For how many people."""


class SeatExplanation(ExplanationBase):
    """Whom somebody meets in a round, or why nobody.

    ``free`` people have no meeting either; ``allowed`` among them may sit here, the best first,
    and ``price`` is what the first of them would cost.
    """

    attendee: Id
    """Whose seat it is."""
    round: RoundNumber
    """In which round."""
    state: Literal["meeting", "bye", "absent"]
    """Whether they have a meeting, a bye, or are absent."""
    partner: Id | None = None
    """Whom they meet; null if nobody."""
    table: TableNumber | None = None
    """At which table; null if at none."""
    reasons: tuple[WhyNot, ...] = ()
    """Why the seat is empty."""
    free: int = 0
    """How many others have no meeting either."""
    allowed: tuple[Id, ...] = ()
    """Ids of those who may sit here, the best first."""
    not_allowed: tuple[Count, ...] = ()
    """How many may not, by reason."""
    price: Price | None = None
    """What the first of the allowed would cost; null if there is none."""
    conflict: tuple[Conflict, ...] = ()
    """With what that would clash."""


Explanation = PairExplanation | SeatExplanation
