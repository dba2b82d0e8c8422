"""The event that ships: realistic enough to show what Tertius does, and plainly invented."""

from collections import Counter
from importlib import resources
from itertools import combinations
from math import isqrt

import pytest

from schemas.event import Event
from schemas.incident import Incidents
from solver.compatibility.networkx_graph import DiGraph
from tests.solver.compatibility.words import benefit, built

DEMO = resources.files("app") / "demo"


@pytest.fixture(scope="module")
def event() -> Event:
    return Event.model_validate_json((DEMO / "event.json").read_bytes())


@pytest.fixture(scope="module")
def graph(event: Event) -> DiGraph:
    return built(event)


def mutual_value(graph: DiGraph, i: str, j: str) -> int:
    there, back = benefit(graph, i, j), benefit(graph, j, i)
    allowed = min(there, back) >= 50 and (i, j) not in graph.graph["forbidden"]
    return isqrt(there * back) if allowed else 0


def test_an_odd_number_of_invented_people_comes(event: Event) -> None:
    assert len(event.attendees) == 47
    assert len(event.rounds) == 8
    assert all((a.email or "").endswith("@example.org") for a in event.attendees)


def test_every_kind_of_rule_occurs(event: Event, graph: DiGraph) -> None:
    codes = Counter(code for found in graph.graph["forbidden"].values() for code in found)
    assert set(codes) == {
        "blocked", "forbid", "language", "met", "refused", "same_organisation",
        "two_places",
    }  # fmt: skip
    assert codes["same_organisation"] == 5
    assert {rule.kind for rule in event.pair_rules} == {"forbid", "require", "met"}
    assert sum(1 in a.absent_rounds for a in event.attendees) >= 3
    assert sum(8 in a.absent_rounds for a in event.attendees) == 2


def test_most_people_have_many_good_partners(graph: DiGraph) -> None:
    good = Counter(
        v for pair in combinations(graph, 2) if mutual_value(graph, *pair) >= 300 for v in pair
    )
    assert sum(good[v] >= 6 for v in graph) >= 35
    assert min(good[v] for v in graph) >= 3


def test_there_are_plenty_of_referral_triangles(graph: DiGraph) -> None:
    triangles = [
        min(benefit(graph, i, j), benefit(graph, j, k), benefit(graph, k, i))
        for i, j, k in combinations(graph, 3)
        if mutual_value(graph, i, j) and mutual_value(graph, j, k) and mutual_value(graph, i, k)
    ]
    assert sum(value >= 300 for value in triangles) > 100


def test_a_private_need_is_met_and_not_told(event: Event, graph: DiGraph) -> None:
    private = [n.text for a in event.attendees for n in a.needs if n.shown_to == "nobody"]
    told = str(list(graph.edges(data=True)))
    assert private
    assert not any(text in told for text in private)
    assert "a need they keep private" in told


def test_the_script_holds_four_rounds_and_then_loses_two_people(event: Event) -> None:
    script = Incidents.model_validate_json((DEMO / "incidents.json").read_bytes()).incidents
    held = [incident.round for incident in script if incident.kind == "round_finished"]
    gone = [incident.attendee for incident in script if incident.kind == "drop_out"]
    assert held == [1, 2, 3, 4]
    assert len(gone) == 2
    assert set(gone) <= {attendee.id for attendee in event.attendees}
