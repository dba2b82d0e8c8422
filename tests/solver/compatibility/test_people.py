"""Everybody who comes as numbers: texts in one spelling, nothing twice, intents assumed."""

import numpy as np
import pytest

from schemas.event import Attendee, Matching, Need, Offer
from solver.compatibility.people import QUOTED, People, quoted, topics
from solver.meaning.meaning import Meaning
from tests.solver.compatibility.words import HandEncoder, person


def people(*attendees: Attendee) -> People:
    return People(attendees, Meaning(HandEncoder(), Matching()))


def test_people_are_numbered_by_id() -> None:
    room = people(person("c"), person("a"), person("b"))
    assert [attendee.id for attendee in room.attendees] == ["a", "b", "c"]
    assert room.people == 3


def test_of_the_same_need_twice_the_heavier_counts_and_the_shyer() -> None:
    needs = (
        Need(text="Tax  Returns", weight=0.4, shown_to="nobody"),
        Need(text="tax returns", weight=0.9),
        Need(text="van hire", weight=0.5),
    )
    (mine,) = people(person("a", needs=needs)).needs_of
    assert [(need.weight, need.private) for need in mine] == [(900, True), (500, False)]
    assert mine[0].quote == "Tax Returns"


def test_the_same_offer_twice_is_one() -> None:
    offers = (Offer(text="Van hire"), Offer(text="van  hire"), Offer(text="office flowers"))
    (mine,) = people(person("a", offers=offers)).offers_of
    assert [offer.quote for offer in mine] == ["office flowers", "Van hire"]


def test_texts_stand_in_tables_owner_by_owner() -> None:
    room = people(
        person("b", needs=(Need(text="van hire", weight=0.5),)),
        person("a", needs=(Need(text="van hire"), Need(text="flowers", weight=0.25))),
    )
    table = room.needs
    texts = [table.texts[k] for k in table.text.tolist()]
    listed = zip(
        table.owner.tolist(), table.place.tolist(), texts, table.weight.tolist(), strict=True
    )
    assert [(v, place, weight) for v, place, _, weight in listed] == [
        (0, 0, 250), (0, 1, 1000), (1, 0, 500),
    ]  # fmt: skip
    assert len(set(texts)) == 2
    assert table.of(np.array([True, False])).tolist() == [0, 1]
    assert table.of(np.array([False, True])).tolist() == [2]


def test_who_says_nothing_has_empty_tables() -> None:
    room = people(person("a"))
    assert len(room.needs.owner) == len(room.offers.owner) == 0


def test_who_declares_no_intent_comes_for_business() -> None:
    room = people(person("a"), person("b", intents=["mentor"]), person("c", intents=["clients"]))
    assert room.among("clients").tolist() == [True, False, True]
    assert room.among("referrals", "mentor").tolist() == [True, True, False]
    assert room.among("friends").tolist() == [False, False, False]


def test_those_of_whom_something_is_true_are_marked() -> None:
    room = people(person("a", languages=["en"]), person("b"))
    assert room.those(lambda attendee: bool(attendee.languages)).tolist() == [True, False]


def test_the_same_room_later_has_the_same_texts() -> None:
    room = people(person("a", offers=(Offer(text="tea"),)), person("b"))
    offers = room.offers
    later = room.later([person("b", absent_rounds=(1,)), person("a", offers=(Offer(text="tea"),))])
    assert later.offers is offers
    assert later.attendees[1].absent_rounds == (1,)
    assert room.attendees[1].absent_rounds == ()


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("tax\n  returns ", "tax returns"),
        ("x" * QUOTED, "x" * QUOTED),
        ("x" * (QUOTED + 1), "x" * (QUOTED - 1) + "…"),
        ("x" * (QUOTED - 2) + " " + "y" * 9, "x" * (QUOTED - 2) + "…"),
    ],
)
def test_a_long_text_is_quoted_in_part_and_on_one_line(text: str, quote: str) -> None:
    assert quoted(text) == quote


def test_topics_are_told_once_and_in_order() -> None:
    assert topics(["Sailing", "sailing ", "Art"]) == topics(["Art", "SAILING"])
    assert len(topics(["Sailing", "sailing ", "Art"])) == 2
