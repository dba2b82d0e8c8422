"""Zoom's list of rooms: complete, or refused with who cannot be on it."""

import pytest

from app.errors import StateConflict
from app.exports.breakout_rooms import breakout_rooms_of
from schemas.event import Attendee, Event
from schemas.schedule import Schedule, ScheduledRound
from tests.app.exports.rooms import TWO_ROUNDS, day_of, meeting


def with_addresses(**addresses: str | None) -> Event:
    return day_of(*(Attendee(id=v, email=address) for v, address in addresses.items()))


ALL = {v: f"{v}@example.org" for v in "abcd"}
ONE_ROUND = Schedule(
    rounds=(ScheduledRound(round=1, meetings=(meeting("cd", 12), meeting("ab", 3))),)
)


def refused(event: Event, schedule: Schedule = ONE_ROUND, number: int = 1) -> list[tuple[str, str]]:
    """The code and the person of each reason."""
    with pytest.raises(StateConflict) as refusal:
        breakout_rooms_of(event, schedule, number)
    told = refusal.value.errors
    assert all("@" not in error.message and error.message.isascii() for error in told)
    return [(error.code, error.id or "") for error in told]


def test_two_people_share_the_room_of_their_table() -> None:
    assert breakout_rooms_of(with_addresses(**ALL), ONE_ROUND, 1).decode().split("\r\n") == [
        "Pre-assign Room Name,Email Address",
        "Room 03,a@example.org",
        "Room 03,b@example.org",
        "Room 12,c@example.org",
        "Room 12,d@example.org",
        "",
    ]


def test_rooms_are_in_order_by_name_also_beyond_ninety_nine() -> None:
    far = Schedule(
        rounds=(ScheduledRound(round=1, meetings=(meeting("ab", 7), meeting("cd", 100))),)
    )
    told = breakout_rooms_of(with_addresses(**ALL), far, 1).decode()
    assert "Room 007,a@" in told
    assert "Room 100,c@" in told


def test_a_missed_meeting_has_no_room() -> None:
    told = breakout_rooms_of(with_addresses(**ALL), TWO_ROUNDS, 1).decode()
    assert told.count("Room") == 1 + 2
    assert "Room 03" not in told


def test_people_without_an_address_are_named_by_id() -> None:
    assert refused(with_addresses(**ALL | {"b": None, "d": None})) == [
        ("no_email", "b"), ("no_email", "d"),
    ]  # fmt: skip
    assert refused(with_addresses(a="a@example.org", b="b@example.org", c="c@example.org")) == [
        ("no_email", "d")
    ]


def test_one_address_of_two_people_is_refused() -> None:
    twice = with_addresses(**ALL | {"d": "A@example.org"})
    assert refused(twice) == [("same_email", "a"), ("same_email", "d")]


def test_an_address_like_a_formula_is_refused() -> None:
    assert refused(with_addresses(**ALL | {"c": "=x@example.org"})) == [("email", "c")]


def test_a_round_must_be_there_and_have_meetings() -> None:
    event = with_addresses(**ALL)
    assert refused(event, number=2) == [("no_round", "")]
    assert refused(event, Schedule(rounds=(ScheduledRound(round=1),))) == [("no_meetings", "")]


def test_zoom_takes_a_hundred_rooms() -> None:
    people = [f"p{k}" for k in range(202)]
    event = with_addresses(**{v: f"{v}@example.org" for v in people})
    pairs = [*zip(people[::2], people[1::2], strict=True)]
    met = [meeting("ab", k + 1).model_copy(update={"attendees": p}) for k, p in enumerate(pairs)]
    rounds = [Schedule(rounds=(ScheduledRound(round=1, meetings=tuple(met[k:])),)) for k in (0, 1)]
    assert refused(event, rounds[0]) == [("too_many_rooms", "")]
    assert breakout_rooms_of(event, rounds[1], 1).count(b"\r\n") == 201
