"""The graph: explicit and held benefits, its order, and its form on the wire."""

from random import Random
from typing import Any

import networkx as nx
import pytest

from schemas.benefits import Benefit
from schemas.event import Attendee, Event, PairRule, Round
from schemas.graph import Graph
from schemas.schedule import Meeting, Outcome, Schedule, ScheduledRound
from solver.compatibility.export import node_link
from solver.compatibility.graph import build_graph
from tests.solver.compatibility.words import (
    Deaf,
    HandEncoder,
    benefit,
    built,
    everything,
    graph_of,
    kinds,
    person,
    room,
)

SELLER = person("a", offers=["vans"], client_types=["hotels"], interests=["golf"])
BUYER = person("b", needs=["vans"], offers=["cakes"], client_types=["hotels"], interests=["golf"])


def gain(i: str, j: str, value: float) -> Benefit:
    return Benefit(attendee=i, partner=j, value=value)


def test_reasons_of_a_direction_are_combined_and_told_strongest_first() -> None:
    graph = graph_of(SELLER, BUYER)
    values = {"client": 600, "referral": 200, "interest": 60}
    assert {w["kind"]: w["value"] for w in graph.edges["a", "b"]["reasons"]} == values
    assert kinds(graph, "a", "b") == list(values)
    assert benefit(graph, "a", "b") == 699  # 1 - 0.4 * 0.8 * 0.94 = 0.6992
    assert benefit(graph, "b", "a") == 1000


def test_an_explicit_benefit_replaces_the_computed_one_of_its_direction_only() -> None:
    graph = graph_of(SELLER, BUYER, benefits=(gain("b", "a", 0.123),))
    assert benefit(graph, "b", "a") == 123
    assert kinds(graph, "b", "a") == ["explicit"]
    assert benefit(graph, "a", "b") == 699


def test_an_explicit_benefit_of_nothing_is_no_edge() -> None:
    graph = graph_of(SELLER, BUYER, benefits=(gain("b", "a", 0.0),))
    assert not graph.has_edge("b", "a")
    assert graph.has_edge("a", "b")


@pytest.mark.parametrize("value", [0.0, 0.4])
def test_an_explicit_benefit_either_way_lifts_refusals(value: float) -> None:
    rivals = [person(v, offers=["vans"], client_types=["hotels"]) for v in "ab"]
    assert graph_of(*rivals).graph["refused"] == [("a", "b")]
    graph = graph_of(*rivals, benefits=(gain("a", "b", value),))
    assert graph.graph["refused"] == []
    assert benefit(graph, "a", "b") == round(value * 1000)
    assert benefit(graph, "b", "a") == 200


def test_explicit_benefits_alone_ask_no_encoder() -> None:
    event = room(person("a"), person("b"), benefits=(gain("a", "b", 0.7), gain("b", "a", 0.4)))
    graph = built(event, Deaf())
    assert list(graph.edges(data="benefit")) == [("a", "b", 700), ("b", "a", 400)]


def test_an_offer_that_nobody_could_need_or_refer_asks_no_encoder() -> None:
    event = room(person("a", offers=["vans"]), person("b", offers=["cakes"], intents=["friends"]))
    assert not built(event, Deaf()).edges


def test_an_edge_is_there_though_the_pair_may_not_meet() -> None:
    rule = PairRule(kind="forbid", pair=("a", "b"))
    graph = graph_of(SELLER, BUYER, pair_rules=(rule,))
    assert graph.has_edge("a", "b")
    assert graph.graph["forbidden"] == {("a", "b"): ["forbid"]}


def held(outcome: Outcome = "held", **fields: Any) -> Event:
    """Two rounds, the first held: a and b met there, and a and c are to meet in the second."""
    met = Meeting(
        table=1,
        attendees=("a", "b"),
        benefits={"a": 0.5, "b": 0.25},
        outcome=outcome,
        why=("they like each other", "and both sail"),
    )
    to_meet = Meeting(table=1, attendees=("a", "c"), benefits={"a": 0.9, "c": 0.9})
    rounds = (
        ScheduledRound(round=1, meetings=(met,)),
        ScheduledRound(round=2, meetings=(to_meet,)),
    )
    return Event(
        rounds=(Round(), Round()),
        attendees=(SELLER, BUYER, person("c", needs=["vans"])),
        published=Schedule(rounds=rounds),
        **{"held_rounds": 1, **fields},
    )


def test_a_pair_that_met_keeps_the_benefits_that_were_published() -> None:
    graph = built(held(), HandEncoder())
    assert (benefit(graph, "a", "b"), benefit(graph, "b", "a")) == (500, 250)
    (why,) = graph.edges["a", "b"]["reasons"]
    assert why == {
        "kind": "held", "evidence": "they like each other · and both sail", "value": 500
    }  # fmt: skip


def test_meetings_of_open_rounds_and_missed_ones_keep_nothing() -> None:
    graph = built(held(), HandEncoder())
    assert kinds(graph, "c", "a") == ["served"]
    missed = built(held("missed"), HandEncoder())
    assert benefit(missed, "a", "b") == 699
    before = built(held(held_rounds=0), HandEncoder())
    assert benefit(before, "a", "b") == 699


def test_an_explicit_benefit_wins_over_a_held_one() -> None:
    graph = built(held(benefits=(gain("a", "b", 0.8),)), HandEncoder())
    assert (benefit(graph, "a", "b"), benefit(graph, "b", "a")) == (800, 250)
    assert kinds(graph, "a", "b") == ["explicit"]


TEXTS = ("van hire per day", "van hire per week", "new web site built", "flowers", "cakes")
TAGS = ("golf", "chess", "hotels")


def crowd(rng: Random) -> tuple[Attendee, ...]:
    def some(pool: tuple[str, ...]) -> list[str]:
        return rng.sample(pool, rng.randint(0, len(pool)))

    return tuple(
        person(
            f"p{k}",
            offers=some(TEXTS),
            needs=some(TEXTS),
            interests=some(TAGS),
            client_types=some(TAGS),
            already_served=some(("flowers", "van")),
            languages=some(("en", "fr")),
            organisation=rng.choice((None, "North", "south")),
        )
        for k in range(12)
    )


def shuffled(attendee: Attendee, rng: Random) -> Attendee:
    lists = {
        field: tuple(rng.sample(value, len(value)))
        for field, value in attendee
        if isinstance(value, tuple)
    }
    return attendee.model_copy(update=lists)


@pytest.mark.parametrize("seed", range(10))
def test_the_same_event_in_any_order_is_the_same_graph(seed: int) -> None:
    rng = Random(seed)
    attendees = crowd(rng)
    benefits = (gain("p3", "p1", 0.2), gain("p1", "p3", 0.3), gain("p9", "p1", 0.4))
    rules = (PairRule(kind="met", pair=("p4", "p2")), PairRule(kind="forbid", pair=("p1", "p0")))
    graph = graph_of(*attendees, benefits=benefits, pair_rules=rules)
    again = graph_of(
        *(shuffled(attendee, rng) for attendee in rng.sample(attendees, len(attendees))),
        benefits=benefits[::-1],
        pair_rules=tuple(PairRule(kind=r.kind, pair=r.pair[::-1]) for r in rules[::-1]),
    )
    assert graph.number_of_edges() > 50
    assert everything(again) == everything(graph)


def exported(*attendees: Attendee, **fields: Any) -> Graph:
    graph = build_graph(room(*attendees, **fields), HandEncoder())
    return Graph.model_validate_json("".join(node_link(graph)))


@pytest.mark.parametrize("seed", range(3))
def test_everything_is_in_the_order_of_ids(seed: int) -> None:
    wire = exported(*crowd(Random(seed))[::-1])
    assert [node.id for node in wire.nodes] == sorted(f"p{k}" for k in range(12))
    edges = [(edge.source, edge.target) for edge in wire.edges]
    assert edges == sorted(edges)
    pairs = [item.pair for item in wire.forbidden]
    assert pairs == sorted(pairs)
    assert all(i < j for i, j in pairs)
    assert all(list(item.codes) == sorted(item.codes) for item in wire.forbidden)


def test_the_wire_holds_what_the_graph_says() -> None:
    known = PairRule(kind="met", pair=("b", "a"), valuable=("b",), not_valuable=("a",))
    wire = exported(SELLER, BUYER, pair_rules=(known,))
    document = wire.model_dump(mode="json")
    assert document["directed"] is True
    assert document["nodes"] == [{"id": "a"}, {"id": "b"}]
    assert document["forbidden"] == [{"pair": ["a", "b"], "codes": ["met"]}]
    assert document["edges"][1] == {
        "source": "b",
        "target": "a",
        "benefit": 0.5,
        "reasons": [
            {
                "kind": "served",
                "evidence": "a's offer 'vans' meets b's need 'vans'",
                "value": 1.0,
            },
            {
                "kind": "referral",
                "evidence": "a and b both serve hotels with different offers",
                "value": 0.2,
            },
            {"kind": "known", "evidence": "a and b met at an earlier event", "value": 0.08},
            {"kind": "interest", "evidence": "a and b share an interest in golf", "value": 0.06},
        ],
    }
    assert Graph.model_validate_json(wire.model_dump_json()) == wire


def test_networkx_reads_the_wire_back() -> None:
    graph = graph_of(*crowd(Random(1)))
    document = exported(*crowd(Random(1))).model_dump(mode="json")
    again = nx.node_link_graph(document, edges="edges")
    assert again.is_directed()
    assert list(again) == list(graph)
    gains = {(i, j): round(facts["benefit"] * 1000) for i, j, facts in again.edges(data=True)}
    assert gains == {(i, j): facts["benefit"] for i, j, facts in graph.edges(data=True)}


def test_an_empty_event_is_an_empty_graph() -> None:
    wire = exported()
    assert (wire.nodes, wire.edges, wire.forbidden) == ((), (), ())


def test_whoever_is_restricted_gains_nothing_and_gives_nothing() -> None:
    wanted = person("a", needs=["van hire"], welcomes_pitches=True)
    giver = person("b", offers=["van hire"])
    assert list(build_graph(room(wanted, giver), HandEncoder()).edges())
    left_out = giver.model_copy(update={"restricted": True})
    assert not list(build_graph(room(wanted, left_out), HandEncoder()).edges())
