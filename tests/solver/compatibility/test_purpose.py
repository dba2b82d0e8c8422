"""Intent and purpose line: the same for both, a pitch only where that is what it mainly gives."""

from typing import Any

import pytest

from schemas.benefits import Benefit
from schemas.event import Attendee
from solver.compatibility.graph import build_graph
from solver.compatibility.purpose import OPEN, Purpose, purpose_of_meeting
from tests.solver.compatibility.words import HandEncoder, person, room


def of(*attendees: Attendee, **fields: Any) -> Purpose:
    graph = build_graph(room(*attendees, **fields), HandEncoder())
    assert purpose_of_meeting(graph, "a", "b") == purpose_of_meeting(graph, "b", "a")
    return purpose_of_meeting(graph, "a", "b")


SELLER = person("b", offers=["vans"])


def test_what_gives_one_mainly_a_client_is_a_pitch() -> None:
    asked = of(person("a", needs=["vans"]), SELLER)
    assert asked == ("pitch", "a asked for 'vans'; b offers 'vans'")


@pytest.mark.parametrize("welcomes", [True, ["vans"]])
def test_who_told_which_pitches_are_welcome_agreed_to_hear_of_it(welcomes: Any) -> None:
    agreed = of(person("a", needs=["vans"], welcomes_pitches=welcomes), SELLER)
    assert agreed == ("pitch", "b presents 'vans' to a, who agreed to hear of it")


@pytest.mark.parametrize("refusal", [{"welcomes_pitches": False}, {"already_served": ["vans"]}])
def test_without_consent_it_is_none(refusal: dict[str, Any]) -> None:
    sailors = {"interests": ["sailing"]}
    met = of(
        person("a", needs=["vans"], **refusal, **sailors), person("b", offers=["vans"], **sailors)
    )
    assert met.intent == "relationship"
    assert "presents" not in met.line


def test_who_help_each_other_build_a_relationship() -> None:
    both = of(
        person("a", needs=["vans"], offers=["cakes"]), person("b", needs=["cakes"], offers=["vans"])
    )
    assert both == ("relationship", "b can help a with 'vans'; a can help b with 'cakes'")


def test_what_both_gain_alike_is_said_once() -> None:
    both = of(person("a", intents=["mentee"]), person("b", intents=["mentor"]))
    assert both == ("relationship", "a came to find a mentor, b to be a mentor")


def test_nothing_to_gain_is_an_open_conversation() -> None:
    assert of(person("a"), person("b")) == OPEN


def test_a_private_need_is_never_what_a_meeting_is_said_to_be_for() -> None:
    secret = {"text": "vans", "shown_to": "nobody"}
    helper = person("b", offers=["vans"], intents=["friends"])
    assert of(person("a", needs=[secret]), helper) == OPEN
    sailing = of(
        person("a", needs=[secret], interests=["sailing"]),
        person("b", offers=["vans"], intents=["friends"], interests=["sailing"]),
    )
    assert sailing.line == "a and b share an interest in sailing"
    pitch = of(person("a", needs=[secret]), SELLER)
    assert pitch == OPEN


def test_a_faint_likeness_is_no_purpose() -> None:
    assert (
        of(person("a", needs=["van hire per day"]), person("b", offers=["van tax by post"])) == OPEN
    )


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_a_benefit_given_the_other_way_makes_no_consent(value: float) -> None:
    given = Benefit(attendee="a", partner="b", value=value)
    needy = person("a", needs=["vans"], welcomes_pitches=False)
    graph = build_graph(room(needy, SELLER, benefits=(given,)), HandEncoder())
    assert graph.refused == []  # they may meet: the organiser says so
    assert graph.gains["b"].get("a", 0) == 0
    assert purpose_of_meeting(graph, "a", "b").intent == "relationship"
