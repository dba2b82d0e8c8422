"""Confirmed and denied pairs: they stand whatever the encoder says, and for themselves alone."""

from typing import Any

import pytest

from schemas.event import Matching
from solver.meaning.likeness import Likeness
from solver.meaning.meaning import Meaning
from tests.solver.compatibility.words import HandEncoder, benefit, graph_of, person

NEEDS = ["roof", "tax advice", "web design"]
OFFERS = ["slates", "tax advice", "tax returns", "web design"]


def alike(floor: int = 1, **fields: Any) -> dict[tuple[str, str], int]:
    """How alike each need and offer are."""
    means = Meaning(HandEncoder(), Matching(**fields))
    left, right = ([means.spelled(text) for text in texts] for texts in (NEEDS, OFFERS))
    found = means.alike(left, right, floor)
    places = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert places == sorted(set(places))
    named = [(NEEDS[i], OFFERS[j]) for i, j in places]
    return dict(zip(named, found.permille.tolist(), strict=True))


def test_a_confirmed_pair_is_fully_alike_and_no_other_changes() -> None:
    before = alike()
    assert ("roof", "slates") not in before
    assert alike(confirmed=((" Roof", "SLATES"),)) == before | {("roof", "slates"): 1000}


def test_a_denied_pair_is_not_alike_and_no_other_changes() -> None:
    before = alike()
    assert before.pop(("tax advice", "tax returns")) == 499
    assert alike(denied=(("tax advice", "tax returns"),)) == before
    assert alike(0, denied=(("tax advice", "tax returns"),))["tax advice", "tax returns"] == 0


def test_a_verdict_holds_either_way_round() -> None:
    assert alike(confirmed=(("slates", "roof"),))["roof", "slates"] == 1000


def test_a_verdict_knows_synonyms_and_overrules_vetoes() -> None:
    synonyms = (("VAT", "value added tax"),)
    means = Meaning(
        HandEncoder(),
        Matching(synonyms=synonyms, vetoes=(("roof", "value"),), confirmed=(("roof", "vat"),)),
    )
    found = means.alike(["roof"], [means.spelled("value added tax")], 1)
    assert found.permille.tolist() == [1000]


def test_of_two_verdicts_on_one_spelling_the_denial_counts() -> None:
    fields: Any = {"confirmed": (("roof", "VAT"),), "denied": (("roof", "value added tax"),)}
    means = Meaning(HandEncoder(), Matching(synonyms=(("VAT", "value added tax"),), **fields))
    assert not len(means.alike(["roof"], [means.spelled("VAT")], 1).left)


@pytest.mark.parametrize("floor", [1, 300, 400])
def test_a_verdict_stands_whatever_the_floor_of_the_room(floor: int) -> None:
    found = alike(floor, confirmed=(("roof", "slates"),), denied=(("web design", "web design"),))
    assert found["roof", "slates"] == 1000
    assert ("web design", "web design") not in found


def test_verdicts_make_and_unmake_benefits() -> None:
    people = (person("a", needs=["roof"]), person("b", offers=["slates"]))
    assert benefit(graph_of(*people), "a", "b") == 0
    confirmed = Matching(confirmed=(("roof", "slates"),))
    assert benefit(graph_of(*people, matching=confirmed), "a", "b") == 1000
    same = (person("a", needs=["roof"]), person("b", offers=["roof"]))
    denied = Matching(denied=(("roof", "roof"),))
    assert benefit(graph_of(*same), "a", "b") == 1000
    assert benefit(graph_of(*same, matching=denied), "a", "b") == 0


def test_a_verdict_stands_before_real_likeness() -> None:
    fields: Any = {
        "confirmed": (("visibility", "shop window design"),),
        "denied": (("somebody to repair our roof", "roof repairs"),),
    }
    means = Meaning(Likeness(), Matching(**fields))
    needs = ["visibility", "somebody to repair our roof"]
    found = means.alike(needs, ["shop window design", "roof repairs"], 1)
    likeness = dict(
        zip(
            zip(found.left.tolist(), found.right.tolist(), strict=True),
            found.permille.tolist(),
            strict=True,
        )
    )
    assert likeness[0, 0] == 1000
    assert (1, 1) not in likeness
