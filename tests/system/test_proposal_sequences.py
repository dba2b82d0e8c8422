"""Proposals over whole days: whatever happens, what is proposed obeys every rule and moves few."""

import json

import pytest

from app.planning.proposal import propose_schedule
from schemas.event import Event
from schemas.schedule import Schedule
from solver.compatibility.export import node_link
from solver.compatibility.graph import build_graph
from solver.repair.few_moves import MOST_MOVED
from tests.checker import checker, needs_shared
from tests.system.test_repair_sequences import AT_ONCE, SEQUENCES, _repairs


@needs_shared
@pytest.mark.parametrize("first", range(0, SEQUENCES, 2 * AT_ONCE))
def test_a_proposal_obeys_every_rule_and_moves_few(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        for event, _, done in _repairs(seed):
            _propose(event, done.schedule)


def _propose(event: Event, published: Schedule) -> None:
    now = event.model_copy(update={"published": published})
    graph = build_graph(now)
    found = propose_schedule(now, graph)
    if found is None:
        return
    told = found.told
    others = {change.attendee for change in told.changes} - {told.helped[0].attendee}
    assert len(others) <= MOST_MOVED + len(told.helped)
    assert told.gain > 0
    document = event.model_dump(mode="json", exclude_none=True, exclude={"published"})
    made, was = (each.model_dump(mode="json") for each in (found.schedule, published))
    listed = json.loads("".join(node_link(graph)))
    seen = checker().Event(document, listed)
    assert checker().check(seen, made, was, event.held_rounds)["violations"] == []
