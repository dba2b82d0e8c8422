"""What was understood of one profile: near offers, needs met, what says nothing, and advice."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.event import Attendee, Event, Matching, Need, PairRule
from schemas.understanding import Understanding
from solver.compatibility.evidence import USEFUL
from solver.compatibility.graph import build_graph, read_room
from solver.compatibility.people import People
from solver.diagnosis.understanding import MOST_OFFERS, MOST_PEOPLE, NEAREST, read_profile
from solver.meaning.meaning import Meaning
from tests.solver.compatibility.words import HandEncoder, person, room

SECRET = Need(text="quokka rescue", shown_to="nobody")


def understood(
    *people: Attendee, who: str = "a", rules: tuple[PairRule, ...] = (), **matching: Any
) -> Understanding:
    means = Meaning(HandEncoder(), Matching(**matching))
    return read_profile(People(people, means), room(*people, pair_rules=rules), who)


def offers_of(found: Understanding) -> list[tuple[str, float, str]]:
    """The offers told of the first need."""
    return [(row.text, row.worth, row.fit) for row in found.needs[0].offers]


def test_offers_are_told_by_what_they_are_worth_to_a_need() -> None:
    found = understood(
        person("a", needs=["one two three four"], offers=["one two three four"]),
        person("b", offers=["One two three four"]),
        person("c", offers=["one two six seven"]),
        person("d", offers=["one two three five six seven eight nine", "one eight nine ten"]),
        person("e", offers=["zebra"]),
    )
    texts, worths, fits = zip(*offers_of(found), strict=True)
    assert texts == (
        "One two three four",
        "one two three five six seven eight nine",
        "one two six seven",
    )
    assert (worths[0], fits) == (1.0, ("meets",) * 3)
    assert sorted(worths, reverse=True) == list(worths)
    assert [row.attendees for row in found.needs[0].offers] == [("b",), ("d",), ("c",)]


def test_where_nothing_is_near_the_nearest_are_told_as_perhaps() -> None:
    others = [person(f"p{k}", offers=[f"one {'x' * k} y{k} z{k}"]) for k in range(1, 6)]
    found = understood(person("a", needs=["one two three four"]), *others)
    told = offers_of(found)
    assert len(told) == NEAREST
    assert {fit for _, _, fit in told} == {"perhaps"}
    assert all(worth * 1000 < USEFUL for _, worth, _ in told)


def test_between_a_half_and_nothing_an_offer_may_be_of_use() -> None:
    found = understood(
        person("a", needs=["one two three four five"]), person("b", offers=["one two six seven x"])
    )
    ((_, worth, fit),) = offers_of(found)
    assert (worth < 0.15, fit) == (True, "perhaps")
    nearer = understood(
        person("a", needs=["one two three four five"]), person("b", offers=["one two six seven"])
    )
    ((_, worth, fit),) = offers_of(nearer)
    assert (0.15 <= worth < 0.3, fit) == (True, "may be of use")


def test_the_weight_of_a_need_says_nothing_of_how_well_it_is_met() -> None:
    light = Attendee(id="a", needs=(Need(text="tax", weight=0.1),))
    assert offers_of(understood(light, person("b", offers=["tax"])))[0][2] == "meets"


def test_the_same_offer_is_told_once_with_the_first_who_have_it() -> None:
    crowd = [person(f"p{k:02d}", offers=["tax"]) for k in range(15)]
    others = [person(f"q{k}", offers=[f"tax {'x' * k}"]) for k in range(1, 9)]
    found = understood(person("a", needs=["tax"]), *crowd, *others)
    assert len(found.needs[0].offers) == MOST_OFFERS
    assert found.needs[0].offers[0].attendees == tuple(f"p{k:02d}" for k in range(MOST_PEOPLE))


def test_what_somebody_has_already_is_marked() -> None:
    me = person("a", needs=["tax advice"], already_served=["tax"])
    (offer,) = understood(me, person("b", offers=["tax advice"])).needs[0].offers
    assert offer.already_served
    assert understood(me, person("b", offers=["tax advice"])).advice == (
        "Say what you offer: nobody can ask for what nobody knows.",
    )


def test_whoever_cannot_be_met_offers_and_needs_nothing() -> None:
    me = person("a", needs=["tax"], offers=["tax"], avoid=["b"], organisation="Acme")
    found = understood(
        me,
        person("b", offers=["tax"], needs=["tax"]),
        person("c", offers=["tax"], needs=["tax"], organisation="ACME"),
        person("d", offers=["tax"], needs=["tax"], absent_rounds=[1]),
        person("e", offers=["tax"], needs=["tax"]),
        person("f", offers=["tax"], needs=["tax"]),
        rules=(PairRule(kind="forbid", pair=("f", "a")),),
    )
    assert [row.attendees for row in found.needs[0].offers] == [("e",)]
    assert [row.meets for row in found.offers] == [1]


def test_an_offer_counts_the_needs_that_it_meets() -> None:
    found = understood(
        person("a", offers=["one two three four five", "zebra"], needs=["one two three four five"]),
        person("b", needs=["one two three four five", "one two three four five six"]),
        person("c", needs=["one two six seven", "kite"]),
        Attendee(id="d", needs=(Need(text="one two three four five", weight=0), SECRET)),
    )
    assert [(row.text, row.meets, row.may_be_of_use) for row in found.offers] == [
        ("one two three four five", 2, 1),
        ("zebra", 0, 0),
    ]


def test_texts_that_say_nothing_are_told_and_match_nothing() -> None:
    found = understood(
        person("a", needs=["-", "tax"], offers=["n/a"]),
        person("b", needs=["n/a"], offers=["-", "tax"]),
    )
    assert [(row.field, row.text) for row in found.says_nothing] == [
        ("needs", "-"),
        ("offers", "n/a"),
    ]
    assert found.needs[0].offers == ()
    assert found.offers[0].meets == 0
    assert [row.text for row in found.needs[1].offers] == ["tax"]
    assert found.advice == (
        "Say what you offer: nobody can ask for what nobody knows.",
        "Say what you look for instead of '-', which says nothing.",
        "Say what you offer instead of 'n/a', which says nothing.",
    )


def test_advice_names_what_matches_nobody() -> None:
    found = understood(
        person("a", needs=["visibility", "one two three four"], offers=["zebra rides"]),
        person("b", offers=["tax"], needs=["kite"]),
    )
    assert found.advice == (
        "Say which trade: 'visibility' matches nobody.",
        "Name the trade, or say it in other words: 'one two three four' matches nobody.",
        "Say whom you do this for: 'zebra rides' meets no need here.",
    )


def test_who_says_all_that_is_needed_is_told_nothing() -> None:
    twins = [person(v, needs=["tax"], offers=["tax"]) for v in "ab"]
    assert understood(*twins).advice == ()


def test_a_verdict_counts_here_as_in_the_graph() -> None:
    people = person("a", needs=["visibility"]), person("b", offers=["shop windows"])
    confirmed = understood(*people, confirmed=(("visibility", "shop windows"),))
    assert offers_of(confirmed) == [("shop windows", 1.0, "meets")]
    same = person("a", needs=["tax"]), person("b", offers=["tax"])
    assert offers_of(understood(*same, denied=(("tax", "tax"),))) == []


def test_needs_of_others_are_never_quoted() -> None:
    other = Attendee(id="b", needs=(SECRET, Need(text="kite")))
    found = understood(person("a", offers=["quokka rescue", "kite"]), other)
    assert [row.meets for row in found.offers] == [1, 1]
    assert found.advice == ("Say what you look for: nobody can help with what nobody knows.",)
    told = understood(other, person("a", offers=["quokka rescue"]), who="b")
    assert (told.needs[0].text, told.needs[0].shown_to) == ("quokka rescue", "nobody")


WORDS = st.lists(st.sampled_from(["tax", "roof", "van", "tea", "web"]), min_size=1, max_size=3)


@settings(max_examples=40)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=5))
def test_what_meets_a_need_is_worth_the_same_in_the_graph(
    texts: list[tuple[list[str], list[str]]],
) -> None:
    people = [
        person(f"p{k}", needs=[" ".join(need)], offers=[" ".join(offer)])
        for k, (need, offer) in enumerate(texts)
    ]
    event = room(*people)
    graph = build_graph(event, HandEncoder())
    found = read_profile(graph.scene.room, event, "p0")
    for row in found.needs[0].offers:
        for other in row.attendees:
            reasons = [why for why in graph.reasons("p0", other) if why.kind == "served"]
            assert [why.value for why in reasons] == (
                [round(1000 * row.worth)] if row.worth else []
            )


def test_real_encoders_understand_a_plain_profile() -> None:
    event = Event(
        rounds=room().rounds,
        attendees=(
            person("a", needs=["a new website for our firm"], offers=["visibility"]),
            person("b", offers=["website design for small firms"], needs=["bookkeeping"]),
        ),
    )
    found = read_profile(read_room(event), event, "a")
    assert [row[2] for row in offers_of(found)] == ["meets"]
    assert found.advice == ("Say whom you do this for: 'visibility' meets no need here.",)
    assert not re.search("bookkeeping", found.model_dump_json())
