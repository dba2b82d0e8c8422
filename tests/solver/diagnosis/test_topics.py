"""Topics: found in the texts, named by them, and the organiser's own."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.event import Attendee, Matching, NamedTopic, Need
from solver.compatibility.consent import on_topics
from solver.compatibility.people import People
from solver.diagnosis import topics
from solver.diagnosis.topics import NOWHERE, Topics
from solver.meaning.meaning import Meaning
from solver.meaning.wording import is_silent
from tests.solver.compatibility.words import HandEncoder, person

GREEK = ("alpha beta gamma", "alpha beta delta", "alpha gamma epsilon")
"""The second and third have one word in common; on average both are enough like the first."""


def topics_of(people: Sequence[Attendee], *named: NamedTopic) -> Topics:
    return Topics(People(people, Meaning(HandEncoder(), Matching())), named)


def offering(*texts: str) -> list[Attendee]:
    return [person(f"p{k:02d}", offers=[text]) for k, text in enumerate(texts)]


def found(people: Sequence[Attendee], *named: NamedTopic) -> dict[str, set[str]]:
    """The public texts of each topic."""
    return {topic.name: set(topic.texts) for topic in topics_of(people, *named).all}


def hidden(text: str) -> Need:
    return Need(text=text, shown_to="nobody")


def test_what_is_alike_is_one_topic_offered_or_needed() -> None:
    people = [person("a", offers=["web design"]), person("b", needs=["fresh web design", "bread"])]
    made = topics_of(people)
    assert [topic.name for topic in made.all] == ["bread", "web design"]
    assert made.of_offers.tolist() == [1]
    assert made.of_needs.tolist() == [0, 1]


def test_a_topic_is_named_by_what_most_people_say_of_it_in_the_order_in_which_they_say_it() -> None:
    texts = ("cheap web design", "web design", "web design in blue", "quick bread", *["bread"] * 2)
    assert set(found(offering(*texts))) == {"web design", "bread"}


def test_forms_of_a_word_are_one_word() -> None:
    said = found([person("a", offers=["website advice"]), person("b", needs=["websites advice"])])
    assert set(said) == {"website advice"}


def test_words_said_everywhere_name_nothing() -> None:
    texts = "local piano keys tuned", "local boat hull painted", "local roof gutters cleaned"
    assert set(found(offering(*texts))) == {"piano keys", "boat hull", "roof gutters"}


def test_texts_of_empty_words_are_of_no_topic() -> None:
    assert found(offering("what you can")) == {}


def test_groups_of_one_name_are_one_topic() -> None:
    assert found(offering("fresh-cake", "fresh cake")) == {
        "fresh cake": {"fresh-cake", "fresh cake"}
    }


def test_the_most_typical_text_comes_first() -> None:
    (topic,) = topics_of(offering(*GREEK)).all
    assert topic.texts[0] == "alpha beta gamma"


def test_a_private_need_joins_a_topic_and_says_nothing_of_it() -> None:
    people = offering("web design", "fresh web design")
    needy = person("x", needs=[hidden("secret web design"), hidden("bankruptcy")])
    made = topics_of([*people, needy])
    assert found([*people, needy]) == found(people)
    assert sorted(made.of_needs.tolist()) == [NOWHERE, 0]


def test_what_one_keeps_private_another_may_say() -> None:
    people = [person("a", needs=[hidden("bankruptcy")]), person("b", needs=["bankruptcy"])]
    assert topics_of(people).of_needs.tolist() == [0, 0]


def test_the_organiser_renames_a_found_topic_whole() -> None:
    assert found(offering(*GREEK)) == {"alpha beta": set(GREEK)}
    greek = NamedTopic(name="Greek", phrases=("Alpha Beta",))
    assert found(offering(*GREEK), greek) == {"Greek": set(GREEK)}


def test_a_phrase_takes_the_texts_that_hold_it_and_no_others() -> None:
    delta = NamedTopic(name="Delta works", phrases=("delta",))
    made = found(offering(*GREEK), delta)
    assert made["Delta works"] == {"alpha beta delta"}
    assert len(made) == 2


def test_a_phrase_takes_what_means_it() -> None:
    water = NamedTopic(name="Water", phrases=("tap water repair",))
    assert found(offering("water repair", "bread"), water)["Water"] == {"water repair"}


def test_a_topic_without_phrases_is_what_its_name_says() -> None:
    assert found(offering("fresh bread"), NamedTopic(name="Bread")) == {"Bread": {"fresh bread"}}


def test_of_two_topics_that_claim_a_text_the_first_has_it() -> None:
    first, second = (NamedTopic(name=name, phrases=("bread",)) for name in ("Z", "A"))
    assert set(found(offering("fresh bread"), first, second)) == {"Z"}


def test_a_private_need_may_hold_a_phrase() -> None:
    people = [person("a", needs=[hidden("bankruptcy of a firm")])]
    made = topics_of(people, NamedTopic(name="Trouble", phrases=("bankruptcy",)))
    assert [(topic.name, topic.named, topic.texts) for topic in made.all] == [("Trouble", True, ())]
    assert made.of_needs.tolist() == [0]


def test_of_very_many_texts_some_are_joined_and_the_rest_follow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ("web design", "web design red", "web design blue", "rye bread", "rye bread loaf")
    before = found(offering(*texts))
    monkeypatch.setattr(topics, "MOST", 2)
    assert {frozenset(group) for group in found(offering(*texts)).values()} == {
        frozenset(group) for group in before.values()
    }


def test_on_a_topic_is_what_holds_all_its_words_or_means_it() -> None:
    meaning = Meaning(HandEncoder(), Matching())
    texts = ["web sites with a design of their own", "design", "bread"]
    assert on_topics(meaning, texts, ["Web Design"]) == {"Web Design": {0, 1}}
    assert on_topics(meaning, [], ["a"]) == {"a": set()}


VOCABULARY = ("web", "design", "bread", "rye", "tax", "advice", "boat", "the", "and")
TEXTS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4).map(" ".join)
PEOPLE = st.lists(
    st.tuples(st.lists(TEXTS, max_size=2), st.lists(TEXTS, max_size=2), st.booleans()), max_size=9
)
Said = list[tuple[list[str], list[str], bool]]


def crowd(said: Said) -> list[Attendee]:
    return [
        person(
            f"p{k}",
            offers=offers,
            needs=[hidden(text) if private else Need(text=text) for text in needs],
        )
        for k, (offers, needs, private) in enumerate(said)
    ]


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.integers(0, 99))
def test_topics_do_not_depend_on_the_order_of_people(said: Said, seed: int) -> None:
    people = crowd(said)
    made, again = topics_of(people), topics_of(Random(seed).sample(people, len(people)))
    assert made.all == again.all
    assert np.array_equal(made.of_needs, again.of_needs)
    assert np.array_equal(made.of_offers, again.of_offers)


@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_every_public_text_has_one_topic_and_private_ones_change_none(said: Said) -> None:
    people = crowd(said)
    public = [
        person(a.id, offers=a.offers, needs=tuple(n for n in a.needs if n.shown_to != "nobody"))
        for a in people
    ]
    held = [text for topic in topics_of(people).all for text in topic.texts]
    offered = {offer.text for a in public for offer in a.offers}
    said_openly = offered | {need.text for a in public for need in a.needs}
    assert sorted(held) == sorted(text for text in said_openly if not is_silent(text))
    assert found(people) == found(public)


@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_any_found_name_is_a_phrase_that_renames_its_topic(said: Said) -> None:
    people = crowd(said)
    for name, texts in found(people).items():
        renamed = found(people, NamedTopic(name="Renamed", phrases=(name,)))
        assert renamed["Renamed"] >= texts
