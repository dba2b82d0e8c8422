"""Why two people meet or do not, and why a seat is empty: what one audience may know of it.

For an attendee a pair that somebody blocked, or that a rule forbids, is a pair with nothing to gain
from each other: here, in one place, its codes and its benefits are taken away, and everything
else follows from what is left. What could have been is not told to attendees at all: their needs
are shown to those whom they meet.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from schemas.base import pair_of, permille
from schemas.breaks import span_phrase
from schemas.event import Attendee, Event
from schemas.explanation import (
    Audience,
    Code,
    Count,
    Evidence,
    Gain,
    PairExplanation,
    Seat,
    SeatExplanation,
    WhyNot,
    WishPlace,
)
from schemas.schedule import Meeting, Schedule, ScheduledRound, Triangle
from schemas.words.catalogue import first_held, teller
from solver.compatibility.evidence import ReasonInWords
from solver.compatibility.forbidden import STANDING, Pair, required_pairs
from solver.compatibility.graph import Compatibility
from solver.compatibility.purpose import OPEN, Purpose, purpose_of_meeting
from solver.compatibility.refusals import find_refusals
from solver.compatibility.wishes import wishes_of
from solver.instance import Edge, Instance, Matchings, mutual_value
from solver.objective import LEAST_BEST, triangle_value
from solver.translate.barred_rounds import BarredRounds
from solver.translate.company_meetings import CompanyMeetings
from solver.translate.digest import input_sha256
from solver.translate.numbering import Numbering

HARD: frozenset[Code] = frozenset(
    {
        "blocked", "forbid", "same_organisation", "language", "met",
        "group", "same_address", "two_places",
        "no_consent", "already_served", "competitor", "no_round_in_common", "held",
    }
)  # fmt: skip
"""Codes that no other schedule of the event would lift."""

BARRING: tuple[Code, ...] = (
    "blocked", "forbid", "group", "same_address", "same_organisation", "language", "two_places",
    "met",
)  # fmt: skip
"""Codes of the graph's forbidden pairs, in the order in which they are told."""

NEVER_WEIGHED = {"group", "same_address"}
"""Codes of pairs who are not meant to gain from each other, whatever their profiles say."""

SENTENCES: Mapping[Code, str] = {
    "blocked": "one of {a} and {b} asked not to meet the other",
    "forbid": "a rule of the organiser keeps {a} and {b} apart",
    "same_organisation": "{a} and {b} are of the same organisation, and such pairs do not meet",
    "language": "{a} and {b} have no language in common",
    "met": "{a} and {b} met at an earlier event, and such pairs do not meet again",
    "group": "{a} and {b} are of groups that do not meet at this event",
    "same_address": "{a} and {b} are registered as one person, with the same e-mail address",
    "two_places": "there is no table at which both {a} and {b} may sit",
    "no_consent": "{a} and {b} have only a pitch to meet for, and it is not welcome",
    "already_served": "{a} and {b} have only an offer to meet for, and the need is served already",
    "competitor": "{a} and {b} serve the same clients with offers that compete",
    "no_reason": "{a} and {b} have nothing to gain from each other",
    "one_sided": "one of {a} and {b} gains too little for a meeting of mutual value",
    "not_listed": "this version was made before {who} came on the list",
    "no_round_in_common": "{a} and {b} are present in no round together",
    "held": "the rounds in which {a} and {b} are both present are over or running",
    "limits_reached": "all the meetings that are allowed are planned already for {who}",
    "met_colleague": "organisations meet once, and those of {a} and {b} meet without this pair",
    "apart": "a rule of the organiser keeps {a} and {b} apart in {when}",
    "pinned": "in {when} one of {a} and {b} has another meeting by a rule of the organiser",
    "place_closed": "in {when} the tables at which one of {a} and {b} has to sit are not open",
    "on_break": "in {when} one of {a} and {b} has a break",
    "tables_full": "in {when} every table is taken",
    "again": "{a} and {b} met at an earlier event, and to meet again counts as a loss",
    "rather_not": "one of {a} and {b} would rather not meet the other",
    "waived": "{a} and {b} were required to meet, which had become impossible",
    "required_since": "{a} and {b} have been required to meet since this version was made",
    "displaced": "meetings of {a} and {b} with others do more for the room",
}


class Explaining:
    """One version of an event's schedule, as one audience is told about it."""

    def __init__(
        self,
        event: Event,
        graph: Compatibility,
        instance: Instance,
        schedule: Schedule,
        audience: Audience,
    ) -> None:
        self.event, self.graph, self.instance, self.schedule = event, graph, instance, schedule
        self.audience = audience
        self._say = teller(first_held([event.language]))
        self.names = Numbering.of(event)
        self.shares = {share.id: share for share in schedule.attendees}
        self._bars = BarredRounds(event, instance, self.names, schedule)
        self._companies = CompanyMeetings(instance.companies, self.names, schedule)

    def pair(self, a: str, b: str) -> PairExplanation:
        """Why two people meet, or every reason why they do not."""
        a, b = pair_of(a, b)
        found = self._meeting(a, b)
        if found is None:
            return self._apart(a, b)
        block, meeting = found
        gains = meeting.benefits
        return PairExplanation(
            **self._told,
            pair=(a, b),
            meets=True,
            meeting=self._seat(block, meeting),
            value=meeting.value,
            gains=tuple(self._gain(v, permille(gains.get(v, 0.0))) for v in (a, b)),
            evidence=self._evidence(a, b),
            wishes=self._wishes(a, b),
            triangles=tuple(self._triangles(a, b)),
            reasons=tuple(self._since(a, b, block)),
        )

    def _since(self, a: str, b: str, block: ScheduledRound) -> Iterator[WhyNot]:
        """What has come to bar a meeting that is still to take place."""
        r = block.round - 1
        if r in self.instance.open_rounds:
            yield from (self._why_not(code, a, b) for code in self._barred(a, b))
            for code in self._rules_in(r, a, b):
                message = SENTENCES[code].format(a=a, b=b, when=f"round {block.round}")
                yield WhyNot(code=code, message=message)

    def _apart(self, a: str, b: str) -> PairExplanation:
        codes = self.codes(a, b)
        explained = PairExplanation(
            **self._told,
            pair=(a, b),
            meets=False,
            reasons=tuple(self._why_not(code, a, b) for code in codes),
        )
        if self._discreet:
            return explained
        x, y = self.gain(a, b), self.gain(b, a)
        return explained.model_copy(
            update={
                "value": self.value(a, b) / 1000,
                "gains": (self._gain(a, x), self._gain(b, y)),
                "evidence": self._evidence(a, b),
                "wishes": self._wishes(a, b),
            }
        )

    def seat(self, who: str, number: int) -> SeatExplanation:
        """Whom somebody meets in a round of the schedule, or why nobody."""
        block = next(block for block in self.schedule.rounds if block.round == number)
        told = SeatExplanation(**self._told, attendee=who, round=number, state="bye")
        missed = False
        for meeting in block.meetings:
            if who in meeting.attendees:
                (partner,) = set(meeting.attendees) - {who}
                if meeting.outcome != "missed":
                    sits = {"state": "meeting", "partner": partner, "table": meeting.table}
                    return told.model_copy(update=sits)
                missed = True
        if not missed and who not in block.byes:
            reasons = () if who in block.absent else (self._why_not("not_listed", who, who),)
            return told.model_copy(update={"state": "absent", "reasons": reasons})
        return self._bye(told, block, missed)

    def codes(self, a: str, b: str) -> list[Code]:
        """Every reason why a pair that does not meet does not; never none."""
        found = [*self._barred(a, b), *self._worth(a, b), *self._day(a, b)]
        if pair_of(a, b) in required_pairs(self.event) and not HARD.intersection(found):
            waived = {waiver.pair for waiver in self.schedule.waived}
            found.append("waived" if pair_of(a, b) in waived else "required_since")
        return found or ["displaced"]

    def gain(self, i: str, j: str) -> int:
        """What ``i`` gains from ``j`` as far as the audience may know, in permille."""
        if self._hidden(i, j):
            return 0
        return self.instance.benefits.get(self.names.number[i], self.names.number[j])

    def value(self, a: str, b: str) -> int:
        """The mutual value of a pair as far as the audience may know."""
        x, y = self.gain(a, b), self.gain(b, a)
        return mutual_value(x, y, self.instance.prices.floor)

    def start(self) -> Matchings:
        """The meetings of this version's open rounds, as far as the event still knows them."""
        return meetings_in(self.schedule, self.instance, self.names)

    @property
    def _discreet(self) -> bool:
        return self.audience == "attendee"

    def _hidden(self, a: str, b: str) -> bool:
        """Whether the audience takes the pair for one with nothing to gain from each other."""
        return self._discreet and not STANDING.isdisjoint(self._forbidden(a, b))

    def _forbidden(self, a: str, b: str) -> Sequence[str]:
        return self.graph.forbidden.codes(pair_of(a, b))

    @cached_property
    def _told(self) -> dict[str, Any]:
        version = self.schedule
        return {
            "event_id": version.event_id,
            "version": version.version,
            "stale": is_stale(self.event, version),
            "audience": self.audience,
        }

    # --- why they meet ----------------------------------------------------------------------

    def _meeting(self, a: str, b: str) -> tuple[ScheduledRound, Meeting] | None:
        """The meeting of a pair; one that took place before one that was missed."""
        found = [
            (block, meeting)
            for block in self.schedule.rounds
            for meeting in block.meetings
            if set(meeting.attendees) == {a, b}
        ]
        return min(found, key=lambda one: one[1].outcome == "missed", default=None)

    def _seat(self, block: ScheduledRound, meeting: Meeting) -> Seat:
        intent, line = self._purpose(meeting)
        return Seat(
            round=block.round,
            table=meeting.table,
            purpose=meeting.purpose,
            intent=intent,
            purpose_line=line,
            outcome=meeting.outcome,
            added=meeting.added,
        )

    def _purpose(self, meeting: Meeting) -> Purpose:
        """As stored; anew for attendees and if the event has changed: a need may be private now."""
        if self._told["stale"] is False and not self._discreet:
            return Purpose(meeting.intent, meeting.purpose_line)
        a, b = meeting.attendees
        intent, line = OPEN if self._hidden(a, b) else purpose_of_meeting(self.graph, a, b)
        return Purpose(intent, self._say(line))

    def _gain(self, who: str, benefit: int) -> Gain:
        best = permille(self.shares[who].best) if who in self.shares else 0
        share = min(1000, 1000 * benefit // max(best, LEAST_BEST))
        return Gain(attendee=who, benefit=benefit / 1000, share=share / 1000)

    def _evidence(self, a: str, b: str) -> tuple[Evidence, ...]:
        if self._hidden(a, b):
            return ()
        return tuple(
            Evidence(
                attendee=reason.source,
                partner=reason.target,
                kind=reason.kind,
                value=reason.value / 1000,
                text=self._say(reason.evidence),
                refused=reason.refused,
            )
            for source, target in ((a, b), (b, a))
            for reason in self._reasons(source, target)
        )

    def _wishes(self, a: str, b: str) -> tuple[WishPlace, ...]:
        """Where the two are on each other's lists; no list is an attendee's to read."""
        if self._discreet:
            return ()
        return tuple(
            WishPlace(attendee=wish.attendee, partner=wish.partner, rank=wish.rank, must=wish.must)
            for wish in wishes_of((self._attendees[a], self._attendees[b]))
            if {wish.attendee, wish.partner} == {a, b}
        )

    def _reasons(self, source: str, target: str) -> list[ReasonInWords]:
        """All of them for the organiser; for attendees those that count."""
        told = self.graph.reasons(source, target)
        if not self._discreet:
            return told
        return [reason for reason in told if reason.is_told and reason.kind != "held"]

    def _triangles(self, a: str, b: str) -> Iterator[Triangle]:
        """Those that the meeting closes; attendees see only those in which all still gain."""
        for triangle in self.schedule.triangles:
            if {a, b} <= set(triangle.attendees) and (not self._discreet or self._flows(triangle)):
                yield triangle

    def _flows(self, triangle: Triangle) -> bool:
        i, j, k = triangle.attendees
        if not self.names.number.keys() >= {i, j, k}:
            return False
        if any(self._hidden(*two) for two in ((i, j), (j, k), (i, k))):
            return False
        number = self.names.number
        return triangle_value(self.instance, number[i], number[j], number[k]) > 0

    # --- why they do not --------------------------------------------------------------------

    def _barred(self, a: str, b: str) -> Iterator[Code]:
        """What the rules have against the pair."""
        codes = self._forbidden(a, b)
        for code in BARRING:
            if code in codes and not (self._discreet and code in STANDING):
                yield code
        if "refused" in codes and not self._hidden(a, b):
            yield from find_refusals(self.graph, a, b)

    def _worth(self, a: str, b: str) -> Iterator[Code]:
        """What the pair lacks."""
        if not NEVER_WEIGHED.isdisjoint(self._forbidden(a, b)):
            return
        x, y = self.gain(a, b), self.gain(b, a)
        if not x and not y:
            if self._hidden(a, b) or "refused" not in self._forbidden(a, b):
                yield "no_reason"
        elif not self.value(a, b):
            yield "one_sided"

    def _day(self, a: str, b: str) -> Iterator[Code]:
        """What of the day as it is planned stands in the way."""
        if not self.shares.keys() >= {a, b}:
            yield "not_listed"
        together = self._rounds_of(a, b)
        open_rounds = self._open_rounds_of(a, b)
        if not together:
            yield "no_round_in_common"
        elif not open_rounds:
            yield "held"
        elif self._limited(a, b):
            yield "limits_reached"
        if open_rounds and self._companies.instead_of(a, b):
            yield "met_colleague"
        yield from self._barred_rounds(a, b)
        if self.event.policy.rematch == "seldom" and pair_of(a, b) in self._met:
            yield "again"
        if not self._discreet and self._rather_not(a, b):
            yield "rather_not"

    def _rounds_of(self, a: str, b: str) -> list[int]:
        """The rounds in which both are present, from 0."""
        i, j = self.names.edge((a, b))
        present = self.instance.present
        return [r for r in range(self.instance.rounds) if present[i, r] and present[j, r]]

    def _open_rounds_of(self, a: str, b: str) -> list[int]:
        return [r for r in self._rounds_of(a, b) if r in self.instance.open_rounds]

    def _barred_rounds(self, a: str, b: str) -> dict[Code, str]:
        """What stands in the way round by round, if something does in every one, and when."""
        return self._bars.by_code(self._open_rounds_of(a, b), a, b, self._secret)

    def _rules_in(self, r: int, a: str, b: str) -> list[Code]:
        return [code for code in self._bars.rules_in(r, a, b) if code not in self._secret]

    @property
    def _secret(self) -> set[Code]:
        """An attendee reads what they would if no rule kept them apart in single rounds."""
        return {"apart"} if self._discreet else set()

    @cached_property
    def _met(self) -> set[Pair]:
        return {pair_of(*rule.pair) for rule in self.event.pair_rules if rule.kind == "met"}

    def _rather_not(self, a: str, b: str) -> bool:
        people = self._attendees
        return b in people[a].rather_avoided or a in people[b].rather_avoided

    def _limited(self, *people: str) -> list[str]:
        """Those who have all the meetings that they may have."""
        return [v for v in people if v in self.shares and self._at_limit(v)]

    def _at_limit(self, v: str) -> bool:
        limit = self._attendees[v].max_meetings
        return limit is not None and self.shares[v].meetings >= limit

    @cached_property
    def _attendees(self) -> dict[str, Attendee]:
        return {attendee.id: attendee for attendee in self.event.attendees}

    def _why_not(self, code: Code, a: str, b: str) -> WhyNot:
        two = dict.fromkeys((a, b))
        who = [v for v in two if v not in self.shares] or self._limited(*two)
        when = self._barred_rounds(a, b).get(code, "")
        message = SENTENCES[code].format(a=a, b=b, who=" and ".join(who), when=when)
        if code == "met_colleague" and not self._discreet:
            message = self._met_colleague(a, b)
        if code == "group" and not self._discreet:
            message += self._groups(a, b)
        if code == "one_sided" and self.event.policy.idle == "leave":
            message += ", and idle seats are left empty"
        return WhyNot(code=code, message=message)

    def _groups(self, a: str, b: str) -> str:
        """The values of the label that decides, for whoever made the rule."""
        meet = self.event.policy.meet
        if meet is None:
            return ""
        values = ((v, self._attendees[v].labels.get(meet.label)) for v in (a, b))
        told = " and ".join(
            f"{v} is '{value}'" if value else f"{v} has none" for v, value in values
        )
        return f": by '{meet.label}' {told}"

    def _met_colleague(self, a: str, b: str) -> str:
        one, other = self._companies.instead_of(a, b) or (a, b)
        if self.event.policy.per_organisation == "one_pair":
            return f"{one} and {other} meet, and their organisations meet once at most"
        who, colleague = (one, other) if one in (a, b) else (other, one)
        return f"{who} meets {colleague} of the same organisation, and nobody meets two of one"

    # --- why a seat is empty ----------------------------------------------------------------

    def _bye(self, told: SeatExplanation, block: ScheduledRound, missed: bool) -> SeatExplanation:
        who = told.attendee
        free = sorted(set(block.byes) & self.names.number.keys() - {who})
        against = {v: self._against(who, v, told.round) for v in free}
        allowed = [v for v in free if not against[v]]
        allowed.sort(key=lambda v: (-self.value(who, v), -self.gain(who, v), v))
        counts = Counter(code for codes in against.values() for code in codes)
        reasons = list(self._idle(told, missed, bool(free)))
        if not free:
            reasons.append(WhyNot(code="odd_number", message="everybody else sits"))
        elif not allowed:
            message = f"nobody of those who are free may sit with {who}"
            reasons.append(WhyNot(code="nobody_allowed", message=message))
        elif not reasons:
            message = (
                f"{allowed[0]} is free too, but other meetings of the two do more for the room"
            )
            reasons.append(WhyNot(code="displaced", message=message))
        return told.model_copy(
            update={
                "reasons": tuple(reasons),
                "free": len(free),
                "allowed": tuple(allowed),
                "not_allowed": tuple(
                    Count(code=code, people=count) for code, count in sorted(counts.items())
                ),
            }
        )

    def _idle(self, told: SeatExplanation, missed: bool, others: bool) -> Iterator[WhyNot]:
        """What keeps the seat empty whoever is free."""
        who, r = told.attendee, told.round - 1
        if missed:
            yield WhyNot(code="missed", message=f"whom {who} was to meet did not come")
        if r < len(self.instance.held):
            yield WhyNot(code="held", message="the round is over or running")
        if self._limited(who):
            yield self._why_not("limits_reached", who, who)
        if r in self.instance.open_rounds and self._bars.place_closed(r, who):
            message = f"the tables at which {who} has to sit are not open in this round"
            yield WhyNot(code="place_closed", message=message)
        if window := self._bars.rests.window(who, told.round):
            message = f"{who} has a break in {span_phrase(*window)}"
            yield WhyNot(code="on_break", message=message)
        if others and r < self.instance.rounds and self._bars.room_full(r):
            yield WhyNot(code="tables_full", message="every table of the round is taken")

    def _against(self, who: str, other: str, number: int) -> list[Code]:
        """Why somebody who is free as well may not sit here."""
        if self._meeting(who, other) is not None:
            return ["met_today"]
        found: list[Code] = list(self._barred(who, other))
        if self._limited(other):
            found.append("limits_reached")
        if self._companies.instead_of(who, other):
            found.append("met_colleague")
        if number - 1 in self.instance.open_rounds:
            found += self._rules_in(number - 1, who, other)
            if self._bars.place_full(number - 1, who, other):
                found.append("tables_full")
        if other in self._bars.rests.on_break(number):
            found.append("on_break")
        idle = self.event.policy.idle == "leave" or self._discreet
        return found + [code for code in self._worth(who, other) if idle]


def meetings_in(schedule: Schedule, instance: Instance, names: Numbering) -> Matchings:
    """The meetings of a schedule by round, as far as the event still knows them; held as they are.

    They need not keep the rules of the event as it is now.
    """
    rows = [
        tuple(
            sorted(
                names.edge(m.attendees)
                for m in block.meetings
                if m.outcome != "missed" and names.number.keys() >= set(m.attendees)
            )
        )
        for block in schedule.rounds[: instance.rounds]
    ]
    rows += [()] * (instance.rounds - len(rows))
    return instance.held + tuple(rows[len(instance.held) :])


def is_stale(event: Event, schedule: Schedule) -> bool | None:
    """Whether the event has changed since the schedule was made of it; None if nobody can tell.

    A replan was made of an event with the version published before it, which is not recorded.
    """
    seeded = event.model_copy(update={"seed": schedule.seed})
    unpublished = seeded.model_copy(update={"published": None, "held_rounds": 0})
    if schedule.input_sha256 in (input_sha256(unpublished), input_sha256(seeded)):
        return False
    replanned = event.published is not None and schedule.version != 1
    return None if replanned or schedule.input_sha256 is None else True


def meetings_given_up(start: Matchings, without: Matchings, forced: Matchings) -> list[Edge]:
    """Meetings that a schedule would keep by itself and gives up for another, in order."""
    kept = {pair for row in start for pair in row} & {pair for row in without for pair in row}
    return sorted(kept - {pair for row in forced for pair in row})
