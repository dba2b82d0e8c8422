"""All that is kept about one attendee of an event, for whoever has to hand it over."""

from datetime import datetime

from schemas.base import Id, RoundNumber, TableNumber, Thousandths, Wire
from schemas.event import Attendee, PairRule
from schemas.feedback import Feedback
from schemas.incident import Incident
from schemas.prints import CardPrint


class KeptMeeting(Wire):
    """A meeting of theirs in one version."""

    version: int
    """Of which version of the schedule."""
    status: str
    """`draft`, `published` or `superseded`."""
    round: RoundNumber
    """In which round, from 1."""
    table: TableNumber
    """At which table."""
    partner: Id
    """With whom."""
    purpose_line: str
    """What it is for, as the schedule says it; it may quote both."""


class KeptBenefit(Wire):
    """What the event says that they gain."""

    partner: Id
    """By meeting whom."""
    value: Thousandths
    """How much, 0 to 1."""


class KeptProfile(Wire):
    """What the event itself says of somebody."""

    attendee: Attendee
    """Their profile, as the event has it."""
    rules: tuple[PairRule, ...]
    """Rules of the event by which they must meet somebody, or have met them before."""
    benefits: tuple[KeptBenefit, ...]
    """What the organiser says that they gain."""


class PersonalData(KeptProfile):
    """All that is kept about one attendee, but what others said of them or wish as to them.

    That is the others': whom they avoid or wish for, what they said of meetings, and rules that
    keep pairs apart.
    """

    meetings: tuple[KeptMeeting, ...]
    """Their meetings in every version that is kept."""
    incidents: tuple[Incident, ...]
    """What was reported of them on the day, without anybody else."""
    checked_in: bool
    """Whether they were seen at the door."""
    away: tuple[RoundNumber, ...]
    """Rounds from which incidents keep them away."""
    feedback: tuple[Feedback, ...]
    """What they said of their meetings."""
    links_since: tuple[datetime, ...]
    """When the links to their own page were made that are still good."""
    prints: tuple[CardPrint, ...]
    """Cards of theirs that were printed."""
    series: tuple[PairRule, ...]
    """Whom they met, as the event tells its series."""
