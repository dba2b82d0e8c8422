"""Every code has its own reason, and requirements lift those that they may."""

from itertools import combinations
from typing import Any

import pytest

from schemas.benefits import Benefit
from schemas.event import Attendee, Meet, PairRule, Policy
from solver.compatibility.forbidden import ForbiddenPairs
from solver.translate.numbering import Numbering
from solver.translate.prepare import instance_of
from tests.builders import random_event
from tests.solver.compatibility.words import graph_of, person, room

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
    "same_address": ({"email": "One@example.org"}, {"email": "one@EXAMPLE.org"}, ()),
    "two_places": ({"table": 1}, {"table": [2, 3]}, ()),
    "group": ({"labels": {"role": "Buyer"}}, {"labels": {"role": " buyer"}}, ()),
}
LIFTED = ("same_organisation", "language", "met", "refused", "same_address", "group")
MEET = Meet(label="role", pairs=(("buyer", "supplier"),))
GAIN = (Benefit(attendee="a", partner="b", value=0.5),)


def people(code: str) -> tuple[Attendee, ...]:
    a, b, _ = CASES[code]
    return person("a", **a), person("b", **b), person("c")


def forbidden(code: str, *rules: PairRule, **fields: Any) -> dict[tuple[str, str], list[str]]:
    """What the graph lists where a gains from b, if nothing is refused between them."""
    given = {"benefits": () if code == "refused" else GAIN, "policy": Policy(meet=MEET)}
    graph = graph_of(*people(code), pair_rules=(*CASES[code][2], *rules), **given | fields)
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


def every_pair(*people: Attendee, **fields: Any) -> dict[tuple[str, str], list[str]]:
    """All pairs that may not meet, listed or not."""
    pairs = ForbiddenPairs(room(*people, **fields), ())
    return pairs.among(combinations([one.id for one in people], 2))


def test_a_language_in_common_or_none_declared_is_enough() -> None:
    speakers = {"a": ["en", "de"], "b": ["DE"], "c": [], "d": ["fr"]}
    told = every_pair(*(person(v, languages=tongues) for v, tongues in speakers.items()))
    assert told == {("a", "d"): ["language"], ("b", "d"): ["language"]}


def test_people_without_an_organisation_or_an_address_have_none_in_common() -> None:
    names = {"a": None, "b": "", "c": "", "d": "North"}
    assert every_pair(*(person(v, organisation=name) for v, name in names.items())) == {}
    assert every_pair(person("a"), person("b")) == {}


def test_a_table_in_common_or_any_table_is_enough() -> None:
    places = {"a": [1, 2], "b": 2, "c": None, "d": 3}
    told = every_pair(*(person(v, table=table) for v, table in places.items()))
    assert told == {("a", "d"): ["two_places"], ("b", "d"): ["two_places"]}


@pytest.mark.parametrize(
    ("unlabelled", "apart"), [("anyone", "aa ac"), ("nobody", "aa ac an bn cn nn")]
)
def test_groups_meet_as_the_policy_says_and_whoever_has_none_as_it_says_too(
    unlabelled: Any, apart: str
) -> None:
    """Buyers (a) meet suppliers (b), guests (c) meet suppliers and guests; n has no role."""
    role = {"a": "buyer", "b": "supplier", "c": "guest"}
    people = [
        person(f"{v}{k}", labels={"role": role[v]} if v in role else {"diet": "none"})
        for v in "abcn"
        for k in (1, 2)
    ]
    pairs = (("supplier", "Buyer"), ("guest", "supplier"), ("guest", "guest"))
    meet = Meet(label="role", pairs=(*pairs, ("supplier", "supplier")), unlabelled=unlabelled)
    told = every_pair(*people, policy=Policy(meet=meet))
    assert {i[0] + j[0] for i, j in told} == set(apart.split())
    assert {code for codes in told.values() for code in codes} == {"group"}


def test_pairs_of_groups_and_places_are_listed_only_where_somebody_would_gain() -> None:
    people = [person(v, table=k, labels={"role": "buyer"}) for k, v in enumerate("abc", 1)]
    graph = graph_of(*people, policy=Policy(meet=MEET), benefits=GAIN)
    assert graph.graph["forbidden"] == {("a", "b"): ["group", "two_places"]}


SAME: list[dict[str, Any]] = [
    {**CASES["same_address"][0], **CASES["two_places"][0], **CASES["group"][0]},
    {**CASES["same_address"][1], **CASES["two_places"][1], **CASES["group"][1]},
]


def test_all_codes_of_a_pair_are_told_in_order() -> None:
    graph = graph_of(
        person("a", organisation="North", avoid=["b"], languages=["en"], **RIVALS["a"], **SAME[0]),
        person("b", organisation="north", languages=["fr"], **RIVALS["b"], **SAME[1]),
        policy=Policy(meet=MEET),
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


def test_nobody_waits_for_pairs_one_by_one() -> None:
    """A thousand people in two languages make 250,000 pairs that may not meet."""
    half = 500
    tongues = ["en"] * half + ["fr"] * half
    people = [person(f"p{k}", languages=[x]) for k, x in enumerate(tongues)]
    assert graph_of(*people).graph["forbidden"] == {}
    pairs = ForbiddenPairs(room(*people), ())
    assert ("p0", "p500") in pairs
    assert ("p0", "p1") not in pairs
    assert len(pairs.of("p0")) == half


@pytest.mark.parametrize("seed", range(40))
def test_the_codes_forbid_the_pairs_that_the_optimiser_keeps_apart(seed: int) -> None:
    event = random_event(seed, 8, 2)
    pairs, names = ForbiddenPairs(event, ()), Numbering.of(event)
    may_meet = instance_of(event, ()).permissions.may_meet
    for i, j in combinations(range(len(names.ids)), 2):
        assert (names.pair((i, j)) in pairs) != may_meet(i, j)


@pytest.mark.parametrize("seed", range(20))
def test_of_one_attendee_the_same_is_told_as_of_all(seed: int) -> None:
    event = random_event(seed, 8, 2)
    pairs = ForbiddenPairs(event, [("a1", "a2")])
    ids = sorted(attendee.id for attendee in event.attendees)
    told = pairs.among(combinations(ids, 2))
    for v in ids:
        assert pairs.of(v) == {other for two in told if v in two for other in two} - {v}
