"""Wishes: what they are worth, whom nobody may ambush, and who says nothing."""

from itertools import permutations
from random import Random
from typing import Any

import pytest

from schemas.benefits import Benefit
from schemas.event import Attendee, Event, PairRule, Policy, Round
from solver.compatibility.evidence import ReasonInWords
from solver.compatibility.graph import Compatibility, build_graph
from solver.compatibility.purpose import OPEN, purpose_of_meeting
from solver.compatibility.wishes import Wish
from tests.checker import checker, needs_shared
from tests.solver.compatibility.words import HandEncoder, person


def graph_of(*people: Attendee, **fields: Any) -> Compatibility:
    return build_graph(Event(rounds=(Round(),), attendees=people, **fields), HandEncoder())


def gain(attendee: str, partner: str, value: float) -> Benefit:
    return Benefit(attendee=attendee, partner=partner, value=value)


def kinds(told: list[ReasonInWords]) -> list[tuple[str, int]]:
    return [(reason.kind, reason.value) for reason in told]


def test_the_sooner_somebody_comes_on_a_list_the_more_they_are_worth() -> None:
    worths = [Wish("a", "b", rank, must=False).worth for rank in (1, 2, 9, 10, 11, 100)]
    assert worths == [950, 900, 550, 500, 500, 500]
    assert Wish("a", "b", 100, must=True).worth == 1000


def test_both_sides_of_a_wish_gain() -> None:
    graph = graph_of(person("a", wants=["c", "b"]), person("b", interests=["x"]), person("c"))
    assert kinds(graph.reasons("a", "b")) == [("wished", 900)]
    assert kinds(graph.reasons("b", "a")) == [("wanted", 200)]
    assert graph.gains == {"a": {"b": 900, "c": 950}, "b": {"a": 200}, "c": {"a": 200}}


def test_a_must_is_strong_but_no_rule() -> None:
    must: Any = [{"id": "b", "must": True}]
    graph = graph_of(person("a", wants=must), person("b", avoid=["a"]))
    assert graph.gains["a"] == {"b": 1000}
    assert graph.forbidden.codes(("a", "b")) == ["blocked"]


def test_more_evidence_never_lowers_and_a_returned_wish_is_told_to_both() -> None:
    graph = graph_of(person("a", wants=["b"], interests=["x"]), person("b", wants=["a"]))
    assert kinds(graph.reasons("a", "b")) == [("wished", 950), ("wanted", 200)]
    assert graph.gains["a"]["b"] == graph.gains["b"]["a"] == 960
    told = graph.reasons("a", "b")
    assert {(reason.evidence, reason.is_told) for reason in told} == {
        ("a and b both asked to meet", True)
    }
    assert purpose_of_meeting(graph, "b", "a").line == "a and b both asked to meet"


def test_a_wish_that_was_not_returned_is_told_to_nobody() -> None:
    graph = graph_of(person("a", wants=["b"]), person("b", interests=["x"]))
    told = [*graph.reasons("a", "b"), *graph.reasons("b", "a")]
    assert [reason.evidence for reason in told] == [
        "a asked to meet b: wish 1", "a asked to meet b",
    ]  # fmt: skip
    assert not any(reason.is_told for reason in told)
    assert purpose_of_meeting(graph, "a", "b") == OPEN


def test_what_a_meeting_is_for_is_more_than_that_both_asked() -> None:
    graph = graph_of(
        person("a", wants=["b"], needs=["caterer"]), person("b", wants=["a"], offers=["caterer"])
    )
    assert purpose_of_meeting(graph, "a", "b").line == "a asked for 'caterer'; b offers 'caterer'"


def test_given_benefits_stand_in_place_of_wishes() -> None:
    graph = graph_of(person("a", wants=["b"]), person("b"), benefits=(gain("a", "b", 0.1),))
    assert graph.gains == {"a": {"b": 100}, "b": {"a": 200}}
    graph = graph_of(person("a", wants=["b"]), person("b"), benefits=(gain("b", "a", 0.0),))
    assert graph.gains == {"a": {"b": 950}, "b": {}}


SELLER = {"intents": ["clients"], "offers": ["caterer"]}
AMBUSHES: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "their pitch is refused": (
        {"needs": ["caterer"], "already_served": ["caterer"]}, {"offers": ["caterer"]}, True,
    ),
    "no pitch is welcome": ({"welcomes_pitches": False}, {"intents": ["clients"]}, True),
    "nor is an assumed one": ({"welcomes_pitches": False}, {}, True),
    "but who comes to help may ask": ({"welcomes_pitches": False}, {"intents": ["helping"]}, False),
    "who sells alone has nothing they need": ({"needs": ["lawyer"]}, SELLER, True),
    "or something they need": ({"needs": ["caterer"]}, SELLER, False),
    "or they hear any pitch": ({"welcomes_pitches": True}, SELLER, False),
    "who sells among others may ask": ({}, {"intents": ["clients", "friends"]}, False),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "asking", "ambush"), AMBUSHES.values(), ids=AMBUSHES.keys())
@pytest.mark.parametrize("given", [False, True])
def test_nobody_is_ambushed_whatever_is_given(
    asked: dict[str, Any], asking: dict[str, Any], ambush: bool, given: bool
) -> None:
    benefits = (gain("b", "a", 0.9),) if given else ()
    people = person("a", **asked), person("b", wants=["a"], **asking)
    found = graph_of(*people, benefits=benefits).reasons("a", "b")
    assert ("wanted" not in {reason.kind for reason in found}) == ambush


def test_wishes_do_not_save_a_pair_of_which_all_else_is_refused() -> None:
    a = person("a", needs=["caterer"], welcomes_pitches=False, already_served=["caterer"])
    graph = graph_of(a, person("b", offers=["caterer"], wants=["a"]))
    assert graph.refused == [("a", "b")]
    assert graph.gains["b"]["a"] == 950


# Who says nothing


def test_whoever_says_nothing_asks_back() -> None:
    people = person("a"), person("b"), person("c", interests=["x"])
    graph = graph_of(*people, benefits=(gain("a", "b", 0.3), gain("a", "c", 0.3)))
    assert graph.gains == {"a": {"b": 300, "c": 300}, "b": {"a": 200}, "c": {}}
    (reason,) = graph.reasons("b", "a")
    assert reason.evidence == "a gains by meeting b, who gave no preferences"


@pytest.mark.parametrize(
    ("value", "policy", "returned"),
    [
        (0.05, {}, True),
        (0.049, {}, False),
        (0.049, {"min_benefit": 0.0}, True),
        (0.0, {"min_benefit": 0.0}, False),
        (0.9, {"silent": "none"}, False),
    ],
)
def test_silence_asks_back_where_it_is_worth_it_and_wanted(
    value: float, policy: dict[str, Any], returned: bool
) -> None:
    people, rules = (person("a"), person("b")), Policy(**policy)
    graph = graph_of(*people, benefits=(gain("a", "b", value),), policy=rules)
    assert (graph.gains["b"] == {"a": 200}) == returned


@pytest.mark.parametrize("benefit", [0.0, 0.4])
def test_a_benefit_of_ones_own_ends_the_silence(benefit: float) -> None:
    people = person("a"), person("b"), person("c")
    graph = graph_of(*people, benefits=(gain("a", "b", 0.3), gain("b", "c", benefit)))
    assert "a" not in graph.gains["b"]


def test_silence_and_a_wish_are_one_reason() -> None:
    graph = graph_of(person("a", wants=["b"]), person("b"))
    assert kinds(graph.reasons("b", "a")) == [("wanted", 200)]


def test_silence_is_no_consent_to_a_pitch() -> None:
    people = person("a", intents=["clients"]), person("b")
    assert graph_of(*people, benefits=(gain("a", "b", 0.9),)).gains["b"] == {}


def test_a_matrix_of_one_side_alone_is_worth_something() -> None:
    people = [Attendee(id=v) for v in "abcd"]
    given = tuple(gain(i, j, 0.5) for i in "ab" for j in "cd")
    graph = build_graph(Event(rounds=(Round(),), attendees=tuple(people), benefits=given))
    assert all(graph.gains[j][i] == 200 for i in "ab" for j in "cd")


@needs_shared
@pytest.mark.parametrize("seed", range(30))
def test_the_judge_finds_the_same_people_silent(seed: int) -> None:
    rng = Random(seed)
    people = [
        person(
            v,
            intents=rng.choice(([], [], ["clients"], ["clients", "friends"])),
            interests=rng.choice(([], [], [v])),
            welcomes_pitches=rng.choice((None, True)),
        )
        for v in "abcdef"
    ]
    given = tuple(
        gain(i, j, rng.choice((0.0, 0.04, 0.05, 0.3, 1.0)))
        for i, j in permutations("abcdef", 2)
        if rng.random() < 0.15
    )
    policy = Policy(silent=rng.choice(("wanted", "wanted", "none")), min_benefit=0.05)
    graph = graph_of(*people, benefits=given, policy=policy)
    event = graph.event.model_dump(mode="json", exclude_none=True)
    judge = {
        i: {j: x for j, x in row.items() if x} for i, row in checker().Event(event).gain.items()
    }
    assert graph.gains == judge


# As attendees may read it


def test_the_public_graph_knows_returned_wishes_alone() -> None:
    people = person("a", wants=["c", "b"]), person("b", wants=["a"]), person("c", interests=["x"])
    public = graph_of(*people).public
    assert public.gains == graph_of(person("a", wants=["b"]), *people[1:]).gains
    assert public.public is public


def test_where_every_wish_is_returned_there_is_one_graph() -> None:
    graph = graph_of(person("a", wants=["b"]), person("b", wants=["a"]))
    assert graph.public is graph


def test_a_wish_that_changes_is_looked_at_anew() -> None:
    people = [person("a", wants=["b"]), person("b"), person("c", interests=["x"])]
    before = graph_of(*people)
    people[0] = person("a", wants=["c", "b"])
    event = Event(rounds=(Round(),), attendees=tuple(people))
    after = build_graph(event, HandEncoder(), before)
    assert after.gains == graph_of(*people).gains
    assert after.gains["a"] == {"c": 950, "b": 900}


def test_history_asks_nobody_again() -> None:
    people = person("a", interests=["x"]), person("b", wants=["a"])
    rules = (PairRule(kind="met", pair=("a", "b"), valuable=("b",)),)
    assert kinds(graph_of(*people, pair_rules=rules).reasons("a", "b")) == [
        ("wanted", 200), ("known", 80),
    ]  # fmt: skip
