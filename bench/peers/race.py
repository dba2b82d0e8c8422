"""One peer on one event: in a process of its own, against the clock, judged by what it hands over.

Before the clock starts the peer solves a small event, so that nothing is compiled or loaded on its
time. Its last schedule within the limit counts. What H8 forbids is taken out, points are counted
by ``solver.objective``, and the independent verifier reads the schedule as it would be written.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from multiprocessing.connection import Connection

from app.planning.plan import complaints_about
from bench.generate import generate
from bench.peers import PeerAbsentError, peer
from bench.trace import Moment, Trace
from schemas.event import Event
from solver.compatibility.graph import Compatibility, build_graph
from solver.instance import Instance, Matchings, Result
from solver.objective import points_of
from solver.search.incumbent import standing_alone
from solver.translate.prepare import explicit_rows, instance_of
from solver.translate.write import on_wire, schedule_of

TO_GET_READY = 120.0
"""Seconds to start, load and solve the small event."""
LATE = 0.5
"""Seconds by which an answer may miss the limit: nobody stops to the moment."""
READY = "ready"
MOMENTS = 100
"""How many of its schedules are measured, evenly over the time; always the last."""


@dataclass(frozen=True)
class Answer:
    """A schedule, when it was there, and a bound in points from those who have one."""

    seconds: float
    matchings: Matchings
    bound: int | None


@dataclass(frozen=True)
class Ended:
    """How it went: ``finished``, ``cut off``, ``absent`` or ``failed``, and why."""

    how: str
    why: str = ""


@dataclass(frozen=True)
class Raced:
    """What one peer reached on one event within the limit; no objective, no schedule."""

    peer: str
    event: str
    attendees: int
    seconds: float
    ended: Ended
    trace: Trace

    @property
    def objective(self) -> float | None:
        """The best it had when the time was up."""
        return self.trace[-1].objective if self.trace else None


@dataclass(frozen=True)
class Judge:
    """Says what a schedule of an event is worth, and whether it obeys the rules."""

    name: str
    event: Event

    @cached_property
    def graph(self) -> Compatibility:
        """Who gains from whom, and why."""
        return build_graph(self.event)

    @cached_property
    def instance(self) -> Instance:
        """The problem as every peer gets it, its tables made: they are kept once looked up."""
        instance = instance_of(self.event, self.graph.columns, self.graph.refused)
        points_of(instance, ((),) * instance.rounds)
        return instance

    def race(self, name: str, seconds: float) -> Raced:
        """Let one peer solve the event; a schedule that breaks a rule counts for nothing."""
        answers, ended = run(name, self.instance, seconds)
        trace, best = self.measured(answers)
        if best is not None and (found := self.complaints(best)):
            trace, ended = (), Ended("failed", "; ".join(found[:3]))
        return Raced(name, self.name, self.instance.n, seconds, ended, trace)

    def measured(self, answers: Iterable[Answer]) -> tuple[Trace, Matchings | None]:
        """What was known at each moment, and the best schedule."""
        trace: list[Moment] = []
        best, reached, bound = None, 0, None
        for answer in answers:
            standing = standing_alone(self.instance, answer.matchings)
            worth = points_of(self.instance, standing)
            if best is None or worth > reached:
                best, reached = standing, worth
            bound = min((b for b in (bound, answer.bound) if b is not None), default=None)
            shown = None if bound is None else on_wire(bound)
            trace.append(Moment(round(answer.seconds, 3), on_wire(reached), shown))
        return tuple(trace), best

    def complaints(self, matchings: Matchings) -> list[str]:
        """What the independent verifier has against the schedule, if it can be seated at all."""
        open_tables = self.instance.tables
        if any(len(m) > most for m, most in zip(matchings, open_tables, strict=True)):
            return ["H3 more meetings than open tables"]
        result = Result(matchings, points_of(self.instance, matchings), stopped_by="time")
        schedule = schedule_of(self.event, self.graph, self.instance, result)
        return complaints_about(self.event, self.graph, schedule)


def run(name: str, instance: Instance, seconds: float) -> tuple[list[Answer], Ended]:
    """The schedules of a peer in time, some ``MOMENTS`` of them, and how it ended."""
    told, tell = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_alone, args=(name, instance, seconds, tell))
    process.start()
    tell.close()
    try:
        return listen(told, seconds)
    finally:
        process.kill()
        process.join()


def listen(told: Connection, seconds: float) -> tuple[list[Answer], Ended]:
    """What is told within the limit, which runs from READY, and how it ended."""
    answers: dict[int, Answer] = {}
    ended = Ended("failed", "not ready in time")
    deadline = time.monotonic() + TO_GET_READY
    while told.poll(max(0.0, deadline - time.monotonic())):
        message = _received(told)
        if message == READY:
            deadline, ended = time.monotonic() + seconds + LATE, Ended("cut off")
        elif isinstance(message, Answer) and message.seconds <= seconds + LATE:
            answers[int(MOMENTS * message.seconds / seconds)] = message
        else:
            ended = message if isinstance(message, Ended) else ended
            break
    return list(answers.values()), ended


def _received(told: Connection) -> object:
    try:
        return told.recv()
    except EOFError:
        return Ended("failed", "the process died")


def _alone(name: str, instance: Instance, seconds: float, tell: Connection) -> None:
    """In the peer's own process."""
    try:
        solve = peer(name)
        solve(_small(), 1.0, _unheard)
        tell.send(READY)
        started = time.monotonic()

        def found(matchings: Matchings, bound: int | None = None) -> None:
            tell.send(Answer(time.monotonic() - started, matchings, bound))

        solve(instance, seconds, found)
        tell.send(Ended("finished"))
    except PeerAbsentError as absent:
        tell.send(Ended("absent", str(absent)))
    except Exception as error:  # whatever a peer dies of, the others are measured
        tell.send(Ended("failed", f"{type(error).__name__}: {error}"[:200]))


def _unheard(matchings: Matchings, bound: int | None = None) -> None:
    """Takes what nobody counts."""


def _small() -> Instance:
    """Small, but too large to be proven at once: every part of a method has its turn."""
    event = generate(30)
    return instance_of(event, explicit_rows(event))
