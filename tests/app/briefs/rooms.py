"""Rooms whose briefs can be worked out by hand, and random ones with profiles of every kind."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Any

from app.briefs.agenda import Agendas
from schemas.agenda import Agenda, AgendaMeeting, AgendaRound
from schemas.day import DayState
from schemas.event import Event, Need, Offer, PairRule
from schemas.schedule import Meeting, Schedule, ScheduledRound, Triangle
from solver.compatibility.graph import build_graph
from solver.compatibility.purpose import purpose_of_meeting
from tests.builders import random_event
from tests.solver.compatibility.words import HandEncoder

Rounds = Sequence[Sequence[str]]
TRADES = [
    "blue paint", "blue pots", "red paint", "red bricks", "old clocks", "new clocks", "slow boats",
]  # fmt: skip


def schedule(rounds: Rounds, triangles: Sequence[str] = (), **fields: Any) -> Schedule:
    """The pairs of each round, by ids of one letter, at tables in order."""
    return Schedule(
        rounds=tuple(
            ScheduledRound(
                round=k + 1,
                meetings=tuple(
                    Meeting(table=t + 1, attendees=(pair[0], pair[1]), **fields)
                    for t, pair in enumerate(pairs)
                ),
            )
            for k, pairs in enumerate(rounds)
        ),
        triangles=tuple(
            Triangle(attendees=(t[0], t[1], t[2]), value=0.4, round_closed=len(rounds))
            for t in triangles
        ),
    )


def agendas(event: Event, planned: Schedule, held: int = 0, day: DayState | None = None) -> Agendas:
    return Agendas(event, planned, held, day, HandEncoder())


def only(agenda: Agenda, r: int = 1) -> AgendaMeeting:
    """The one meeting of a round."""
    (meeting,) = agenda.rounds[r - 1].meetings
    return meeting


def random_room(seed: int, **fields: Any) -> tuple[Event, Schedule]:
    """People with profiles, private needs, blocks and pair rules; and a schedule that keeps them.

    Everybody's texts and names hold a word of their own, so that it is plain whose they are.
    """
    rng = Random(seed)
    bare = random_event(seed, 7, 5, later_rules=False)
    profiled = bare.model_copy(
        update={
            "attendees": tuple(a.model_copy(update=_profile(rng, a.id)) for a in bare.attendees),
            "benefits": (),
            **fields,
        }
    )
    return profiled, _planned(rng, profiled)


def _profile(rng: Random, v: str) -> dict[str, Any]:
    def texts(most: int) -> list[str]:
        return rng.sample(TRADES, rng.randint(0, most))

    intents = ("clients", "mentor", "mentee", "teaching", "learning", "helping", "referrals")
    needs = [
        Need(text=text, shown_to="partners") if rng.random() < 0.6
        else Need(text=f"{text} secret{v}", shown_to="nobody")
        for text in texts(3)
    ]  # fmt: skip
    return {
        "name": rng.choice((None, f"Name{v}")),
        "organisation": rng.choice((None, f"Firm{v}")),
        "email": f"mail{v}@example.org",
        "offers": tuple(Offer(text=text) for text in texts(3)),
        "needs": tuple(needs),
        "intents": tuple(rng.sample(intents, rng.randint(0, 3))),
        "interests": tuple(rng.sample(("chess", "rowing"), rng.randint(0, 2))),
        "client_types": tuple(rng.sample(("hotels", "farms"), rng.randint(0, 2))),
        "welcomes_pitches": rng.choice((None, True, False)),
    }


def _planned(rng: Random, event: Event) -> Schedule:
    """Any matchings of pairs that may meet, with the purposes that the graph gives them."""
    graph = build_graph(event, HandEncoder())
    ids = sorted(a.id for a in event.attendees)
    left = {p for p in combinations(ids, 2) if p not in graph.forbidden}
    rounds = []
    for k in range(len(event.rounds)):
        pairs: list[tuple[str, str]] = []
        for p in rng.sample(sorted(left), len(left)):
            if not {v for other in pairs for v in other} & set(p):
                pairs.append(p)
        left -= set(pairs)
        rounds.append(_round(k + 1, pairs, ids, graph))
    met = {m.attendees for block in rounds for m in block.meetings}
    met |= {(min(r.pair), max(r.pair)) for r in event.pair_rules if r.kind == "met"}
    closed = [t for t in combinations(ids, 3) if set(combinations(t, 2)) <= met]
    triangles = tuple(
        Triangle(attendees=t, value=rng.randint(1, 9) / 10, round_closed=1) for t in closed
    )
    return Schedule(rounds=tuple(rounds), triangles=triangles)


def _round(number: int, pairs: list[tuple[str, str]], ids: list[str], graph: Any) -> ScheduledRound:
    seated = {v for p in pairs for v in p}
    meetings = []
    for t, p in enumerate(pairs):
        intent, line = purpose_of_meeting(graph, *p)
        gains = {v: graph.gains[v].get(w, 0) / 1000 for v, w in (p, p[::-1])}
        meetings.append(
            Meeting(
                table=t + 1, attendees=p, benefits=gains, intent=intent, purpose_line=line,
                purpose="mutual" if min(gains.values()) >= 0.05 else "open",
            )
        )  # fmt: skip
    byes = tuple(v for v in ids if v not in seated)
    return ScheduledRound(round=number, meetings=tuple(meetings), byes=byes)


def meetings(event: Event, planned: Schedule) -> Iterator[tuple[str, AgendaRound, AgendaMeeting]]:
    """Every meeting as each of the two has it."""
    for agenda in agendas(event, planned).everybody().agendas:
        for block in agenda.rounds:
            for meeting in block.meetings:
                yield agenda.attendee.id, block, meeting


def rule(kind: Any, pair: str) -> PairRule:
    return PairRule(kind=kind, pair=(pair[0], pair[1]))
