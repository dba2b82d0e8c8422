"""Who welcomes a pitch of what, and who is served already: texts on their readers' topics."""

from typing import Any

import numpy as np
import pytest

from schemas.event import Attendee, Matching, NamedTopic
from solver.compatibility.consent import is_served_already, is_unwelcome, on_topics
from solver.compatibility.people import People
from solver.meaning.meaning import Meaning
from tests.solver.compatibility.words import Deaf, HandEncoder, person

TEXTS = ["red green blue pink", "one two three four", "tea"]


def people(*attendees: Attendee, **matching: Any) -> People:
    return People(attendees, Meaning(HandEncoder(), Matching(**matching)))


def asked(room: People, owner: int, check: Any = is_served_already) -> list[bool]:
    """For each of the texts, what holds of this person."""
    owners = np.full(len(TEXTS), owner, np.int64)
    found: list[bool] = check(room, owners, np.arange(len(TEXTS)), TEXTS).tolist()
    return found


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        ([], [False, False, False]),
        (["blue red"], [True, False, False]),  # holds all of its words
        (["tea cake"], [False, False, True]),  # half alike is near enough
        (["blue grey white black"], [False, False, False]),  # one word of four is not
        (["two", "tea"], [False, True, True]),
    ],
)
def test_a_text_is_on_a_topic_that_it_holds_or_means(
    topics: list[str], expected: list[bool]
) -> None:
    assert asked(people(person("a", already_served=topics)), 0) == expected


def test_everybody_has_topics_of_their_own() -> None:
    room = people(person("a", already_served=["tea"]), person("b", already_served=["two"]))
    assert asked(room, 0) == [False, False, True]
    assert asked(room, 1) == [False, True, False]


def test_a_topic_that_the_organiser_names_stands_for_its_phrases() -> None:
    named = (NamedTopic(name="colours", phrases=("red", "pink")),)
    room = people(person("a", already_served=["colours"]), topics=named)
    assert asked(room, 0) == [True, False, False]


@pytest.mark.parametrize(
    ("welcomes", "expected"),
    [
        (None, [False] * 3),
        (True, [False] * 3),
        (False, [True] * 3),
        ((), [True] * 3),
        (("tea",), [True, True, False]),
    ],
)
def test_a_pitch_is_unwelcome_unless_it_is_on_a_topic_that_is_welcome(
    welcomes: Any, expected: list[bool]
) -> None:
    room = people(person("a", welcomes_pitches=welcomes), person("b", welcomes_pitches=True))
    assert asked(room, 0, is_unwelcome) == expected
    assert asked(room, 1, is_unwelcome) == [False] * 3


def test_where_nobody_names_a_topic_no_text_is_read() -> None:
    room = People([person("a"), person("b")], Meaning(Deaf(), Matching()))
    assert asked(room, 0) == asked(room, 1, is_unwelcome) == [False] * 3


def test_topics_of_those_not_asked_about_are_not_read() -> None:
    silent = person("a", already_served=["tea"])
    room = People([silent, person("b")], Meaning(Deaf(), Matching()))
    assert asked(room, 1) == [False] * 3


def test_every_topic_is_told_its_texts() -> None:
    meaning = Meaning(HandEncoder(), Matching())
    found = on_topics(meaning, TEXTS, ["tea", "red", "nothing of it"])
    assert {topic: sorted(places) for topic, places in found.items()} == {
        "tea": [2], "red": [0], "nothing of it": [],
    }  # fmt: skip
