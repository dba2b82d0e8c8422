"""How far the day has come: what incidents did that the event's own document cannot say."""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.base import Id, Pair, RoundNumber, TableNumber, Wire
from schemas.event import Round, Want

Reason = Literal["not_here", "dropped_out", "left_early", "no_show", "paused", "late"]


class Away(Wire):
    """Somebody whom incidents took out of ``rounds`` that they would have been present in.

    A round that ran when it was told is among them, though the event does not call them absent
    from it. ``until_return``: they are also absent from rounds that are added later.
    """

    reason: Reason
    rounds: tuple[RoundNumber, ...] = ()
    until_return: bool = False


class AbsenceMark(Wire):
    """What one incident says of somebody's rounds from ``first`` to ``last``, or for good.

    A reason takes them out of these rounds; ``back`` ends what incidents said of them before, and
    ``here`` also the absences that the profile declares.
    """

    incident: Id
    says: Reason | Literal["back", "here"]
    first: RoundNumber
    last: RoundNumber | None = None


class AbsenceRecord(Wire):
    """The absences that somebody's profile declares, and what incidents wrote over them in turn."""

    declared: tuple[RoundNumber, ...] = ()
    marks: tuple[AbsenceMark, ...] = ()


class RoundMark(Wire):
    """What one incident changes in the rounds from ``first`` on; an added one is round ``first``.

    ``tables`` is how many there were when it came, for rounds that do not say.
    """

    incident: Id
    kind: Literal["table_closed", "table_opened", "delay", "round_added"]
    first: RoundNumber
    table: TableNumber | None = None
    tables: int | None = None
    minutes: Annotated[int, Field(ge=1, le=limits.MINUTES)] | None = None


class MissedMeeting(Wire):
    """A meeting of a held round that did not take place, and the incidents that say so.

    It is the planned one of the pair, or the one that was ``added`` while the round ran. Those of
    the incidents that are in ``both_there`` say that neither of the two was away.
    """

    round: RoundNumber
    pair: Pair
    added: bool = False
    incidents: tuple[Id, ...] = ()
    both_there: tuple[Id, ...] = ()


class Arrival(Wire):
    """Who came to a round while it ran; ``absent`` are those whom the event had absent from it."""

    round: RoundNumber
    attendees: tuple[Id, ...]
    absent: tuple[Id, ...] = ()


class Revoked(Wire):
    """Whether somebody welcomed pitches before the incidents that revoked it.

    ``by_topic``: those on some topics, which are kept nowhere once they are revoked.
    """

    welcomes_pitches: bool | None = None
    by_topic: bool = False
    incidents: tuple[Id, ...] = ()


class WishMark(Wire):
    """What an incident said of a wish of the first of a pair for the second.

    ``before`` is the wish as it was, if it was one, and ``place`` where in the list it was or came.
    """

    incident: Id
    pair: Pair
    before: Want | None = None
    place: int = 0
    taken_back: bool = False


class DayState(Wire):
    """The day beside the event: ``finished_rounds`` are over; a held one beyond them is running.

    ``away`` holds whoever incidents keep away, by id: what their ``lines`` come to. ``check_ins``,
    ``arrivals`` and ``cancellations`` go by incident. ``planned`` are the rounds without the
    ``round_marks`` that made them what they are; empty when there are none. ``wish_marks`` are in
    the order in which the day told of wishes.
    """

    finished_rounds: int = 0
    check_ins: dict[Id, tuple[Id, ...]] = Field(default_factory=dict)
    away: dict[Id, Away] = Field(default_factory=dict)
    lines: dict[Id, AbsenceRecord] = Field(default_factory=dict)
    cancellations: dict[Id, RoundNumber] = Field(default_factory=dict)
    missed: tuple[MissedMeeting, ...] = ()
    arrivals: dict[Id, Arrival] = Field(default_factory=dict)
    revoked: dict[Id, Revoked] = Field(default_factory=dict)
    planned: tuple[Round, ...] = ()
    round_marks: tuple[RoundMark, ...] = ()
    wish_marks: tuple[WishMark, ...] = ()

    @property
    def checked_in(self) -> tuple[str, ...]:
        """Whoever was seen at the door, by id."""
        return tuple(sorted({v for people in self.check_ins.values() for v in people}))

    @property
    def cancelled_rounds(self) -> tuple[int, ...]:
        """The rounds in which nobody is present."""
        return tuple(sorted(set(self.cancellations.values())))


class Effect(Wire):
    """Where the day stood when an incident was taken, and whether it changed anything.

    Together with what the day keeps under the incident's id, this is what an undo takes back.
    """

    held_rounds: int = 0
    finished_rounds: int = 0
    changed: bool = False
