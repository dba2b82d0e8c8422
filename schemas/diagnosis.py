"""The diagnosis: how an event stands before it is solved, and whom to invite.

A count that is ``null`` is 1 or 2: too few to be told without telling who. ``docs/diagnosis.md``
says what each figure and each code means.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Id, Text, Thousandths, Wire
from schemas.schedule import Points
from schemas.solve import Conflict

MOST_ATTENDEES = 2_000
"""Larger events are not diagnosed: what people offer and need is compared text by text."""

Severity = Literal["ok", "warning", "critical"]
Code = Literal[
    "too_few_attendees",
    "rule_empties_plan",
    "infeasible",
    "registered_twice",
    "unknown_group",
    "group_without_partners",
    "crowded_places",
    "group_outnumbers",
    "nothing_known",
    "nobody_buys",
    "few_buyers",
    "few_needs_met",
    "unmet_topics",
    "oversupplied_topics",
    "goal_without_counterpart",
    "goal_outnumbered",
    "intents_assumed",
    "served_by_nobody",
    "helps_nobody",
    "language_island",
    "few_partners",
    "sought_after",
    "preferences_of_one_side",
    "few_organisations",
    "few_rounds",
    "small_room",
    "too_few_tables",
    "odd_number",
    "low_satisfaction",
    "few_good_meetings",
]
"""What can be found; codes are stable."""
GuestKind = Literal[
    "offers", "buys", "mentor", "mentee", "hiring", "job", "investing", "raising", "teaching",
    "learning",
]  # fmt: skip

Count = Annotated[int, Field(ge=0)]
MaskedCount = Count | None
"""``null``: 1 or 2."""


class Finding(Wire):
    """One thing that an organiser should know, in words, and what to do about it."""

    code: Code
    severity: Severity
    message: str
    attendees: tuple[Id, ...] = ()
    topics: tuple[str, ...] = ()
    conflict: tuple[Conflict, ...] = ()


class TopicBalance(Wire):
    """How many people offer something on a topic, need it, welcome a pitch of it, find nobody.

    ``other`` gathers the topics of fewer than three people.
    """

    name: str
    kind: Literal["found", "named", "other"]
    supply: MaskedCount
    demand: MaskedCount
    consented: MaskedCount
    unmet: MaskedCount


class Market(Wire):
    """Who came to sell, and who might buy: a need met here, a pitch of it welcome."""

    sellers: Count
    buyers: Count
    seller_share: Thousandths
    buyer_share: Thousandths
    sellers_per_buyer: float | None


class PerhapsOffer(Wire):
    """An offer that comes nearest to a need without meeting it; somebody may know better."""

    attendee: Id
    text: Text


class UnservedNeed(Wire):
    """A need that no offer meets, of somebody who lets others read it, and the nearest offers."""

    attendee: Id
    text: Text
    perhaps: tuple[PerhapsOffer, ...] = ()


class UnservedNeeds(Wire):
    """All needs that no offer meets, and those of them that may be read."""

    count: Count
    needs: Count
    shown: tuple[UnservedNeed, ...] = ()


class Guest(Wire):
    """A single extra guest, and about how much the objective would gain by them.

    ``example`` is what they would offer or need, in the words of somebody who comes.
    """

    kind: GuestKind
    topic: str | None
    example: Text | None
    message: str
    objective: Points
    partners: MaskedCount


class Expected(Wire):
    """What a short trial solve comes to; ``mutual`` is the share of meetings in which both gain.

    ``good_meetings``: in so many, on average, each gains what may be told and gives as much.
    ``quartiles`` of satisfaction: a quarter, half and three quarters of the people lie below.
    """

    mean: Thousandths
    below_half: Thousandths
    quartiles: tuple[Thousandths, Thousandths, Thousandths]
    rated: Count
    unserved: Count
    meetings: Count
    mutual: Thousandths
    good_meetings: Annotated[float, Field(ge=0)]


class Diagnosis(Wire):
    """How an event stands; its severity is that of its worst finding."""

    severity: Severity
    findings: tuple[Finding, ...]
    attendees: Count
    market: Market
    topics: tuple[TopicBalance, ...]
    served_by_nobody: tuple[Id, ...]
    helps_nobody: tuple[Id, ...]
    unserved_needs: UnservedNeeds
    guests: tuple[Guest, ...]
    expected: Expected | None
