"""What organisers read of a proposal."""

import pytest

from app.day.notices.proposals import with_text
from schemas.event import Attendee, Event, Round
from schemas.incident import HelpedPerson, Proposal


def text_of(
    *helped: tuple[str, int, int], moved: int = 0, given_up: int = 0, language: str = "en"
) -> str:
    """The sentence about people with so many meetings more, and so many worthwhile ones."""
    bare = Proposal(
        id="5f1d2c9b7a40",
        basis=1,
        text="",
        helped=tuple(HelpedPerson(attendee=v, meetings=m, worthwhile=w) for v, m, w in helped),
        moved=tuple(f"m{k}" for k in range(moved)),
        given_up=given_up,
        gain=1.0,
        changes=(),
    )
    people = (Attendee(id="ann", name="Ann"), Attendee(id="ben"))
    return with_text(bare, Event(attendees=people, rounds=(Round(),), language=language)).text


@pytest.mark.parametrize(
    ("helped", "told"),
    [
        ([("ann", 4, 4)], "Ann has 4 good meetings more"),
        ([("ann", 4, 1)], "Ann has 4 meetings more, 1 of them good"),
        ([("ann", 1, 0)], "Ann has 1 meeting more"),
        ([("ann", 2, 3)], "Ann has 3 good meetings more"),
        (
            [("ben", 2, 2), ("ann", 1, 1)],
            "ben has 2 good meetings more; 1 person has more meetings",
        ),
        ([("ann", 1, 1), ("ben", 1, 0)], "2 people have more meetings"),
    ],
)
def test_who_has_more_is_told_first(helped: list[tuple[str, int, int]], told: str) -> None:
    assert text_of(*helped) == told


def test_then_who_moves_and_what_makes_way() -> None:
    told = text_of(("ann", 4, 4), moved=5, given_up=4)
    assert told.endswith("; 5 other people have other partners; 4 planned meetings make way")


def test_it_is_told_in_the_language_of_the_event() -> None:
    told = text_of(("ann", 4, 4), moved=1, language="de")
    assert told == "Ann hat 4 gute Gespräche mehr; 1 weitere Person trifft jemand anderen"
