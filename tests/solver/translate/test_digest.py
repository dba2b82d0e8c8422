"""One digest for one problem, whatever the order of its lists; another for any other."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schemas.event import SAID_OF_MEETING as SAID
from schemas.event import Attendee, Event, PairRule, Round
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.translate import digest
from solver.translate.digest import canonical, input_sha256
from tests.builders import event_of, random_event


def by_the_standard(event: Event) -> str:
    """The digest made slowly, by the library of RFC 8785."""
    document = json.loads(event.model_dump_json())
    document["attendees"].sort(key=lambda row: row["id"])
    document["benefits"].sort(key=lambda row: (row["attendee"], row["partner"]))
    for rule in document["pair_rules"]:
        for people in ("pair", *SAID):
            rule[people].sort()
    document["pair_rules"].sort(
        key=lambda r: (r["kind"], r["pair"], r["reason"] or "", *(r[name] for name in SAID))
    )
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


@given(st.integers(0, 100), st.randoms(use_true_random=False))
def test_it_is_that_of_the_standard_in_whatever_order(seed: int, chance: Any) -> None:
    event = random_event(seed, 6, 3)
    lists = {name: list(getattr(event, name)) for name in ("attendees", "benefits", "pair_rules")}
    for listed in lists.values():
        chance.shuffle(listed)
    shuffled = event.model_copy(update={name: tuple(rows) for name, rows in lists.items()})
    assert input_sha256(shuffled) == input_sha256(event) == by_the_standard(event)


def test_rows_of_benefits_beyond_one_piece_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "ROWS_AT_ONCE", 2)
    event = event_of("abc", 1, {"ab": 0.5, "ba": 1.0, "bc": 0.001, "ca": 0.25, "cb": 0.75})
    assert input_sha256(event) == by_the_standard(event)


PUBLISHED = Schedule(
    rounds=(
        ScheduledRound(round=1, meetings=(Meeting(table=1, attendees=("a", "b"), value=1.0),)),
        ScheduledRound(round=2, byes=("a", "b")),
    )
)
PLAIN = event_of("ab", 2, {"ab": 0.5})
CHANGES: list[dict[str, Any]] = [
    {"name": "x"},
    {"seed": 1},
    {"rounds": (Round(),)},
    {"attendees": (Attendee(id="a"), Attendee(id="b", name="Ben"))},
    {"benefits": ()},
    {"pair_rules": (PairRule(kind="met", pair=("a", "b")),)},
    {"published": PUBLISHED},
    {"published": PUBLISHED, "held_rounds": 1},
]


def test_whatever_differs_makes_another() -> None:
    events = [PLAIN, *(PLAIN.model_copy(update=change) for change in CHANGES)]
    assert len({input_sha256(event) for event in events}) == len(events)
    assert [input_sha256(event) for event in events] == [by_the_standard(e) for e in events]


def test_what_was_published_is_remembered_meeting_by_meeting() -> None:
    event = PLAIN.model_copy(update={"published": PUBLISHED})
    again = PUBLISHED.model_copy(update={"rounds": PUBLISHED.rounds[::-1]})
    other = event.model_copy(update={"published": again})
    for each in (event, other, event):
        assert input_sha256(each) == by_the_standard(each)


def test_labels_beyond_the_basic_plane_sort_as_the_standard_says() -> None:
    """In UTF-16 an emoji comes before a letter of the private use area."""
    labels = {"\ue000": "1", "\U0001f600": "2", "é": "3"}
    event = event_of((Attendee(id="a", labels=labels), Attendee(id="b")), 1, {})
    assert input_sha256(event) == by_the_standard(event)


@given(st.integers(-(10**6), 10**6) | st.integers(0, 1000).map(lambda k: k / 1000))
def test_numbers_are_as_short_as_in_the_standard(number: float) -> None:
    document = digest._document(json.dumps({"x": number}))
    assert canonical(document).encode() == rfc8785.dumps({"x": number})
