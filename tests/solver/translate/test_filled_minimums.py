"""Who has a minimum only by open conversations, and what a meeting worth having would cost."""

from typing import Any

from app.planning.plan import plan_schedule
from schemas.event import Attendee, Event, Weights
from schemas.schedule import InsteadOfOpen, Note
from solver.budget import Budget
from tests.builders import event_of

BARE = Weights(triangles=0, fairness=0, byes=0)
GAINS = {"ab": 0.1, "ba": 0.1, "bc": 0.9, "cb": 0.9}


def notes_of(event: Event) -> tuple[Note, ...]:
    return plan_schedule(event, Budget(work=200_000)).notes


def sponsored(rounds: int = 1, **fields: Any) -> Event:
    """``a`` needs one meeting, b is of little use to it, and b and c are of much to each other."""
    people = (Attendee(id="a", min_meetings=1, **fields), *map(_named, "bcd"))
    return event_of(people, rounds, GAINS, weights=BARE)


def _named(v: str) -> Attendee:
    return Attendee(id=v)


def test_the_price_is_what_the_room_would_lose_by_an_exchange() -> None:
    """b and c, worth 0.9, part for a and b, worth 0.1."""
    price = InsteadOfOpen(partner="b", round=1, points=0.8)
    assert notes_of(sponsored()) == (
        Note(code="minimum_filled", attendee="a", meetings=1, price=price),
    )


def test_where_the_minimum_is_met_by_other_meetings_nothing_is_noted() -> None:
    assert notes_of(sponsored(rounds=2)) == ()
    assert notes_of(event_of("abcd", 1, GAINS, weights=BARE)) == ()


def test_priority_buys_the_meeting() -> None:
    event = sponsored(priority=1000).model_copy(update={"weights": Weights(fairness=400)})
    assert notes_of(event) == ()


def test_only_what_is_open_of_the_minimum_is_counted() -> None:
    """a meets b in one round, and somebody of no use in the other two."""
    people = (Attendee(id="a", min_meetings=2), *map(_named, "bcd"))
    (note,) = notes_of(event_of(people, 3, {"ab": 0.5, "ba": 0.5}, weights=BARE))
    assert (note.attendee, note.meetings, note.price) == ("a", 1, None)


def test_no_exchange_breaks_a_rule() -> None:
    """b must meet c, so that nobody can have b instead."""
    required = {"kind": "require", "pair": ("b", "c")}
    event = sponsored().model_dump() | {"pair_rules": (required,)}
    (note,) = notes_of(Event.model_validate(event))
    assert note.price is None
    least = (Attendee(id="a", min_meetings=1), _named("b"), Attendee(id="c", min_meetings=1))
    (note,) = notes_of(event_of((*least, Attendee(id="d", avoid=("c",))), 1, GAINS, weights=BARE))
    assert note.price is None
