"""Every code has its own reason, and requirements lift those that they may."""

from typing import Any

import pytest

from schemas.event import Attendee, PairRule, Policy
from solver.compatibility.forbidden import ForbiddenPairs
from tests.builders import random_event
from tests.solver.compatibility.words import graph_of, person

RIVALS: dict[str, dict[str, Any]] = {
    "a": {"offers": ["vans"], "client_types": ["hotels"]},
    "b": {"offers": ["vans"], "client_types": ["hotels"]},
}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[PairRule, ...]]] = {
    "blocked": ({"avoid": ["b"]}, {}, ()),
    "forbid": ({}, {}, (PairRule(kind="forbid", pair=("b", "a")),)),
    "same_organisation": ({"organisation": " North & CO"}, {"organisation": "north & co "}, ()),
    "language": ({"languages": ["en", "DE"]}, {"languages": ["fr"]}, ()),
    "met": ({}, {}, (PairRule(kind="met", pair=("b", "a")),)),
    "refused": (RIVALS["a"], RIVALS["b"], ()),
}
LIFTED = ("same_organisation", "language", "met", "refused")


def people(code: str) -> tuple[Attendee, ...]:
    a, b, _ = CASES[code]
    return person("a", **a), person("b", **b), person("c")


def forbidden(code: str, *rules: PairRule, **fields: Any) -> dict[tuple[str, str], list[str]]:
    graph = graph_of(*people(code), pair_rules=(*CASES[code][2], *rules), **fields)
    return dict(graph.graph["forbidden"])


@pytest.mark.parametrize("code", CASES)
def test_each_code_by_itself(code: str) -> None:
    assert forbidden(code) == {("a", "b"): [code]}


@pytest.mark.parametrize("code", ["blocked", "met", "forbid"])
def test_either_side_and_either_order_will_do(code: str) -> None:
    swap = {"a": "b", "b": "a", "c": "c"}
    rules = tuple(PairRule(kind=r.kind, pair=r.pair[::-1]) for r in CASES[code][2])
    swapped = (
        one.model_copy(
            update={"id": swap[one.id], "avoid": tuple(swap[other] for other in one.avoided)}
        )
        for one in people(code)
    )
    assert dict(graph_of(*swapped, pair_rules=rules).graph["forbidden"]) == {("a", "b"): [code]}


@pytest.mark.parametrize("code", LIFTED)
def test_a_requirement_lifts_it(code: str) -> None:
    assert forbidden(code, PairRule(kind="require", pair=("a", "b"))) == {}


def test_a_required_pair_is_not_refused() -> None:
    rule = PairRule(kind="require", pair=("b", "a"))
    assert graph_of(*people("refused")).graph["refused"] == [("a", "b")]
    assert graph_of(*people("refused"), pair_rules=(rule,)).graph["refused"] == []


@pytest.mark.parametrize(
    ("code", "policy"),
    [("same_organisation", Policy(same_organisation="allow")), ("met", Policy(rematch="allow"))],
)
def test_the_policy_may_allow_it(code: str, policy: Policy) -> None:
    assert forbidden(code, policy=policy) == {}


def test_a_language_in_common_or_none_declared_is_enough() -> None:
    speakers = {"a": ["en", "de"], "b": ["DE"], "c": [], "d": ["fr"]}
    graph = graph_of(*(person(v, languages=tongues) for v, tongues in speakers.items()))
    assert dict(graph.graph["forbidden"]) == {("a", "d"): ["language"], ("b", "d"): ["language"]}


def test_people_without_an_organisation_are_not_colleagues() -> None:
    names = {"a": None, "b": "", "c": "", "d": "North"}
    graph = graph_of(*(person(v, organisation=name) for v, name in names.items()))
    assert len(graph.graph["forbidden"]) == 0


def test_all_codes_of_a_pair_are_told_in_order() -> None:
    graph = graph_of(
        person("a", organisation="North", avoid=["b"], languages=["en"], **RIVALS["a"]),
        person("b", organisation="north", languages=["fr"], **RIVALS["b"]),
        pair_rules=(
            PairRule(kind="met", pair=("a", "b")),
            PairRule(kind="forbid", pair=("a", "b")),
        ),
    )
    assert dict(graph.graph["forbidden"]) == {("a", "b"): sorted(CASES)}


def test_a_good_reason_beside_a_refused_one_lets_a_pair_meet() -> None:
    graph = graph_of(
        person("a", interests=["golf"], **RIVALS["a"]),
        person("b", interests=["golf"], **RIVALS["b"]),
    )
    assert graph.graph["refused"] == []
    assert [why["kind"] for why in graph.edges["a", "b"]["reasons"]] == ["interest"]


def test_pairs_are_told_only_when_asked_for() -> None:
    """A thousand people in two languages make 250,000 pairs; nobody waits for them."""
    half = 500
    tongues = ["en"] * half + ["fr"] * half
    graph = graph_of(*(person(f"p{k}", languages=[x]) for k, x in enumerate(tongues)))
    forbidden = graph.graph["forbidden"]
    assert "_codes" not in vars(forbidden)
    assert len(forbidden) == half * half
    assert ("p0", "p500") in forbidden
    assert ("p0", "p1") not in forbidden


@pytest.mark.parametrize("seed", range(20))
def test_of_one_attendee_the_same_is_told_as_of_all(seed: int) -> None:
    event = random_event(seed, 8, 2)
    pairs = ForbiddenPairs(event, [("a1", "a2")])
    for attendee in event.attendees:
        ours = {v for each in pairs if attendee.id in each for v in each} - {attendee.id}
        assert pairs.of(attendee.id) == ours
