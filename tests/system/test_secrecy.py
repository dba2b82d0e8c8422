"""A wish that was not returned leaves no trace in anything that others can read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.day.notices.difference import difference_between, difference_for
from app.exports.calendar import Edition, calendar_of
from app.feedback.follow_ups import without_wishes
from app.planning.explain import answer_question
from schemas.benefits import Benefit
from schemas.day import DayState
from schemas.event import Event, Round, Want
from schemas.explanation import Question
from schemas.schedule import Schedule, ScheduledRound
from solver.compatibility.graph import Compatibility, build_graph
from solver.compatibility.wishes import returned_wishes
from solver.instance import Matchings, Result
from solver.translate.numbering import Numbering
from solver.translate.prepare import instance_of
from solver.translate.write import schedule_of
from tests.app.briefs.rooms import agendas, random_room
from tests.solver.compatibility.words import HandEncoder

START = datetime(2027, 3, 4, 9)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_others_read_the_same_whether_or_not_somebody_wished(seed: int) -> None:
    event, planned = wishing_room(seed)
    returned = returned_wishes(event.attendees)
    unreturned = [
        (a.id, want.id)
        for a in event.attendees
        for want in a.wants
        if (a.id, want.id) not in returned
    ]
    if not unreturned:
        return
    wisher, wished = Random(seed).choice(unreturned)
    matchings = matchings_of(event, planned)
    readers = [a.id for a in event.attendees if a.id != wisher]
    with_it = Reading(event, matchings)
    without = Reading(without_wish(event, wisher, wished), matchings)
    for reader in readers:
        for one, other in zip(with_it.of(reader), without.of(reader), strict=True):
            assert one == other
    assert with_it.after_the_day() == without.after_the_day()


class Reading:
    """All that attendees can read of an event in which these pairs meet."""

    def __init__(self, event: Event, matchings: Matchings) -> None:
        self._event, self._graph = event, build_graph(event, HandEncoder())
        self._schedule = written(event, self._graph, matchings)
        self._agendas = agendas(event, self._schedule, held=1)
        bare = tuple(ScheduledRound(round=block.round) for block in self._schedule.rounds)
        before = self._schedule.model_copy(update={"rounds": bare})
        self._change = difference_between(event, DayState(), before, self._schedule)

    def of(self, reader: str) -> Iterator[Any]:
        """Agenda with briefs, calendar, notices, and why they meet others or do not."""
        agenda = self._agendas.of(reader)
        yield agenda
        yield calendar_of(agenda, Edition(1, START), {}, str)
        yield difference_for(self._change, reader)
        for other in self._event.attendees:
            if other.id != reader:
                yield self._ask(pair=f"{reader},{other.id}")
        for block in self._schedule.rounds:
            yield self._ask(attendee=reader, round=block.round)

    def _ask(self, **asked: Any) -> Any:
        question = Question(**asked, audience="attendee")
        told = answer_question(self._event, self._graph, self._schedule, question)
        return told.model_copy(update={"stale": None})  # the two events have other digests

    def after_the_day(self) -> Any:
        """What follow-ups and introductions are made of."""
        published = {"published": self._schedule, "held_rounds": 1}
        known = without_wishes(self._event.model_copy(update=published))
        assert known.published is not None
        return known.attendees, known.published.rounds, known.published.triangles


def wishing_room(seed: int) -> tuple[Event, Schedule]:
    """A random room at set times in which people wish, and some benefits are given."""
    event, planned = random_room(seed)
    rng, ids = Random(seed), [a.id for a in event.attendees]
    people = tuple(
        a.model_copy(
            update={
                "wants": tuple(
                    Want(id=v, must=rng.random() < 0.2)
                    for v in rng.sample(ids, rng.randint(0, 3))
                    if v != a.id
                )
            }
            | (SAYING_NOTHING if rng.random() < 0.2 else {})
        )
        for a in event.attendees
    )
    rounds = tuple(
        Round(starts_at=START + timedelta(hours=r), minutes=10) for r in range(len(event.rounds))
    )
    benefits = tuple(
        Benefit(attendee=i, partner=j, value=rng.randint(0, 10) / 10)
        for i, j in permutations(ids, 2)
        if rng.random() < 0.1
    )
    policy = event.policy.model_copy(update={"silent": rng.choice(("wanted", "none"))})
    changed = {"attendees": people, "rounds": rounds, "benefits": benefits, "policy": policy}
    return event.model_copy(update=changed), planned


SAYING_NOTHING: dict[str, Any] = dict.fromkeys(
    ("offers", "needs", "intents", "interests", "client_types"), ()
)


def without_wish(event: Event, wisher: str, wished: str) -> Event:
    people = tuple(
        a.model_copy(update={"wants": tuple(want for want in a.wants if want.id != wished)})
        if a.id == wisher
        else a
        for a in event.attendees
    )
    return event.model_copy(update={"attendees": people})


def written(event: Event, graph: Compatibility, matchings: Matchings) -> Schedule:
    instance = instance_of(event, graph.columns, graph.refused)
    return schedule_of(event, graph, instance, Result(matchings, 0))


def matchings_of(event: Event, planned: Schedule) -> Matchings:
    names = Numbering.of(event)
    return tuple(
        tuple(sorted(names.edge(m.attendees) for m in block.meetings)) for block in planned.rounds
    )
