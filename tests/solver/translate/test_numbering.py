"""Attendees as numbers, in the order of their ids."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.event import Attendee, Event, Round
from solver.translate.numbering import Numbering


@given(st.sets(st.text("abcAB019-", min_size=1, max_size=4), min_size=2))
def test_numbers_follow_the_ids_and_lead_back(ids: set[str]) -> None:
    event = Event(rounds=(Round(),), attendees=tuple(Attendee(id=v) for v in ids))
    names = Numbering.of(event)
    assert list(names.ids) == sorted(ids)
    for k, v in enumerate(names.ids):
        assert names.number[v] == k
    first, last = names.ids[0], names.ids[-1]
    assert names.edge((last, first)) == names.edge((first, last)) == (0, len(ids) - 1)
    assert names.pair((0, len(ids) - 1)) == (first, last)


def test_the_same_attendees_are_numbered_once() -> None:
    event = Event(rounds=(Round(),), attendees=(Attendee(id="a"),))
    renamed = event.model_copy(update={"name": "x"})
    assert Numbering.of(event) is Numbering.of(renamed)
