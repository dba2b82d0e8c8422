"""Professions that serve the same client refer business to each other; rivals do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.event import Matching
from solver import compatibility
from solver.compatibility.reasons import REFERRAL, SPHERE
from solver.compatibility.rows import combine_rows
from tests.solver.compatibility.words import benefit, evidence, graph_of, person

LEAST_PROFESSIONS = 6
TABLE = Path(compatibility.__file__).parent / "data" / "contact_spheres.json"
SPHERES: list[dict[str, Any]] = json.loads(TABLE.read_text("utf-8"))

each_sphere = pytest.mark.parametrize("sphere", SPHERES, ids=lambda sphere: sphere["sphere"])

PARTIES = Matching(contact_spheres=(("florist", "caterer"), ("florist", "caterer", "singer")))
FLORIST = person("a", offers=["florist"])


def test_two_professions_of_a_sphere_are_partners() -> None:
    graph = graph_of(FLORIST, person("b", offers=["caterer"]), matching=PARTIES)
    assert benefit(graph, "a", "b") == benefit(graph, "b", "a") == SPHERE
    told = ["a (florist) and b (caterer) can refer each other: florist, caterer"]
    assert evidence(graph, "a", "b") == evidence(graph, "b", "a") == told


def test_an_offer_may_name_its_profession_among_other_words() -> None:
    graph = graph_of(
        FLORIST, person("b", offers=["the best wedding caterer far and wide"]), matching=PARTIES
    )
    assert benefit(graph, "a", "b") == SPHERE


def test_a_second_sphere_in_common_adds_nothing_and_client_types_do() -> None:
    graph = graph_of(
        person("a", offers=["florist"], client_types=["hotels"]),
        person("b", offers=["caterer"], client_types=["hotels"]),
        matching=PARTIES,
    )
    assert benefit(graph, "a", "b") == combine_rows([REFERRAL, SPHERE])


@pytest.mark.parametrize("offers", [["florist"], ["florist", "caterer"], ["plumber"], []])
def test_rivals_and_strangers_are_no_partners_and_may_meet(offers: list[str]) -> None:
    graph = graph_of(FLORIST, person("b", offers=offers), matching=PARTIES)
    assert not graph.edges
    assert graph.graph["refused"] == []


def test_who_is_a_rival_in_one_sphere_may_be_a_partner_in_another() -> None:
    spheres = Matching(contact_spheres=(("florist", "caterer"), ("singer", "piper")))
    graph = graph_of(
        person("a", offers=["florist", "singer"]),
        person("b", offers=["florist", "piper"]),
        matching=spheres,
    )
    assert not graph.edges  # both are florists: they compete
    apart = graph_of(
        person("a", offers=["florist", "singer"]), person("b", offers=["piper"]), matching=spheres
    )
    assert evidence(apart, "a", "b") == [
        "a (singer) and b (piper) can refer each other: singer, piper"
    ]


def test_the_table_that_ships_holds_unless_the_event_has_its_own() -> None:
    people = (FLORIST, person("b", offers=["wedding photographer"]))
    assert benefit(graph_of(*people), "a", "b") == SPHERE
    assert benefit(graph_of(*people, matching=PARTIES), "a", "b") == 0


def test_partners_by_profession_come_for_referrals() -> None:
    friendly = person("b", offers=["caterer"], intents=["friends"])
    assert not graph_of(FLORIST, friendly, matching=PARTIES).edges


def test_every_sphere_has_a_name_of_its_own() -> None:
    names = [sphere["sphere"] for sphere in SPHERES]
    assert names
    assert len(set(names)) == len(names)


@each_sphere
def test_a_sphere_names_enough_professions_and_none_twice(sphere: dict[str, Any]) -> None:
    assert set(sphere) == {"sphere", "professions"}
    professions = sphere["professions"]
    assert len(professions) >= LEAST_PROFESSIONS
    assert len(set(professions)) == len(professions)


@each_sphere
def test_every_name_is_lower_case_and_evenly_spaced(sphere: dict[str, Any]) -> None:
    for name in (sphere["sphere"], *sphere["professions"]):
        assert name == " ".join(name.casefold().split()) != ""
