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
    partner: Id
    kind: str
    value: Thousandths
    text: str
    refused: bool = False


class Gain(Wire):
    """What the meeting gives to one of the two; ``share`` of the best day they could have."""

    attendee: Id
    benefit: Thousandths
    share: Thousandths


class WishPlace(Wire):
    """That ``attendee`` asked to meet ``partner``: at which place of their list, from 1 on."""

    attendee: Id
    partner: Id
    rank: Annotated[int, Field(ge=1, le=limits.WANTS)]
    must: bool


class Seat(Wire):
    """Where and what for two people meet."""

    round: RoundNumber
    table: TableNumber
    purpose: Purpose
    intent: Intent
    purpose_line: str
    outcome: Outcome = "planned"
    added: bool = False


class WhyNot(Wire):
    """One reason against a meeting: a stable code, and a sentence that names ids only."""

    code: Code
    message: str


class Price(Wire):
    """What forcing a meeting costs, on the scale of the objective; never less than 0.

    ``proven``: exactly so much; else as far as the search found. ``makes_room``: meetings of the
    two that would go; ``others``: how many other pairs would no longer meet.
    """

    points: Points
    proven: bool
    makes_room: tuple[Pair, ...] = ()
    others: int = 0


class ExplanationBase(Wire):
    """What every explanation says of itself.

    ``stale``: the event has changed since the version was made; null where that is not recorded.
    """

    event_id: str | None
    version: int | None
    stale: bool | None
    audience: Audience


class PairExplanation(ExplanationBase):
    """Why these two meet, or all reasons why they do not; whether they asked to, for organisers.

    ``price`` is there where the rules would allow the meeting; ``conflict`` says with what else
    forcing it would clash.
    """

    pair: Pair
    meets: bool
    meeting: Seat | None = None
    value: Thousandths = 0.0
    gains: tuple[Gain, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    wishes: Annotated[tuple[WishPlace, ...], Field(max_length=2)] = ()
    triangles: tuple[Triangle, ...] = ()
    reasons: tuple[WhyNot, ...] = ()
    price: Price | None = None
    edit: EditOffer | None = Field(
        default=None, description="The edit by hand that brings them together at the least cost."
    )
    conflict: tuple[Conflict, ...] = ()


class Count(Wire):
    """How many people of an idle seat's round cannot sit there, by code."""

    code: Code
    people: int


class SeatExplanation(ExplanationBase):
    """Whom somebody meets in a round, or why nobody.

    ``free`` people have no meeting either; ``allowed`` among them may sit here, the best first,
    and ``price`` is what the first of them would cost.
    """

    attendee: Id
    round: RoundNumber
    state: Literal["meeting", "bye", "absent"]
    partner: Id | None = None
    table: TableNumber | None = None
    reasons: tuple[WhyNot, ...] = ()
    free: int = 0
    allowed: tuple[Id, ...] = ()
    not_allowed: tuple[Count, ...] = ()
    price: Price | None = None
    conflict: tuple[Conflict, ...] = ()


Explanation = PairExplanation | SeatExplanation
