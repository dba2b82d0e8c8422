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
    "unknown_label",
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
    """What was found; stable."""
    severity: Severity
    """How bad it is."""
    message: str
    """What was found and what to do about it, in words."""
    attendees: tuple[Id, ...] = ()
    """Ids of whom it is about."""
    topics: tuple[str, ...] = ()
    """Names of the topics it is about."""
    conflict: tuple[Conflict, ...] = ()
    """Rules that cannot hold together."""


class TopicBalance(Wire):
    """How many people offer something on a topic, need it, welcome a pitch of it, find nobody.

    ``other`` gathers the topics of fewer than three people.
    """

    name: str
    """What the topic is called."""
    kind: Literal["found", "named", "other"]
    """Whether it was found in the texts, named by the organiser, or gathers small ones."""
    supply: MaskedCount
    """How many people offer something on it; null for 1 or 2."""
    demand: MaskedCount
    """How many people need something on it; null for 1 or 2."""
    consented: MaskedCount
    """How many of these welcome a pitch of it; null for 1 or 2."""
    unmet: MaskedCount
    """How many of these find nobody; null for 1 or 2."""


class Market(Wire):
    """Who came to sell, and who might buy: a need met here, a pitch of it welcome."""

    sellers: Count
    """How many people came to sell."""
    buyers: Count
    """How many people might buy."""
    seller_share: Thousandths
    """The share of all who came to sell, 0 to 1."""
    buyer_share: Thousandths
    """The share of all who might buy, 0 to 1."""
    sellers_per_buyer: float | None
    """How many sellers there are for each buyer; null without buyers."""


class PerhapsOffer(Wire):
    """An offer that comes nearest to a need without meeting it; somebody may know better."""

    attendee: Id
    """Whose offer it is."""
    text: Text
    """The offer."""


class UnservedNeed(Wire):
    """A need that no offer meets, of somebody who lets others read it, and the nearest offers."""

    attendee: Id
    """Whose need it is."""
    text: Text
    """The need."""
    perhaps: tuple[PerhapsOffer, ...] = ()
    """The nearest offers."""


class UnservedNeeds(Wire):
    """All needs that no offer meets, and those of them that may be read."""

    count: Count
    """How many needs no offer meets."""
    needs: Count
    """How many needs there are in all."""
    shown: tuple[UnservedNeed, ...] = ()
    """Those of the unmet ones that may be read."""


class Guest(Wire):
    """A single extra guest, and about how much the objective would gain by them.

    ``example`` is what they would offer or need, in the words of somebody who comes.
    """

    kind: GuestKind
    """What they would come for."""
    topic: str | None
    """On which topic; null where it does not matter."""
    example: Text | None
    """What they would offer or need, in somebody's words; null if there are none."""
    message: str
    """Whom to invite and why, in words."""
    objective: Points
    """By about how much the objective would rise."""
    partners: MaskedCount
    """How many would gain by meeting them; null for 1 or 2."""


class Expected(Wire):
    """What a short trial solve comes to; ``mutual`` is the share of meetings in which both gain.

    ``good_meetings``: in so many, on average, each gains what may be told and gives as much.
    ``quartiles`` of satisfaction: a quarter, half and three quarters of the people lie below.
    """

    mean: Thousandths
    """The mean satisfaction, 0 to 1."""
    below_half: Thousandths
    """The share of people with a satisfaction below a half."""
    quartiles: tuple[Thousandths, Thousandths, Thousandths]
    """Satisfactions below which a quarter, a half and three quarters of the people lie."""
    rated: Count
    """How many people have a satisfaction."""
    unserved: Count
    """How many people nobody can serve."""
    meetings: Count
    """How many meetings there are."""
    mutual: Thousandths
    """The share of meetings in which both gain."""
    good_meetings: Annotated[float, Field(ge=0)]
    """In how many meetings, on average, each gains what may be told and gives as much."""


class Diagnosis(Wire):
    """How an event stands; its severity is that of its worst finding."""

    severity: Severity
    """That of the worst finding."""
    findings: tuple[Finding, ...]
    """What an organiser should know, the worst first."""
    attendees: Count
    """How many attendees there are."""
    market: Market
    """Who came to sell, and who might buy."""
    topics: tuple[TopicBalance, ...]
    """Supply and demand by topic."""
    served_by_nobody: tuple[Id, ...]
    """Ids of people whom nobody can serve."""
    helps_nobody: tuple[Id, ...]
    """Ids of people who can serve nobody."""
    unserved_needs: UnservedNeeds
    """Needs that no offer meets."""
    guests: tuple[Guest, ...]
    """Whom to invite, the best first."""
    expected: Expected | None
    """What a short trial solve comes to; null if there was none."""
