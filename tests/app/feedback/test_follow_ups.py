"""Follow-up lists: whom somebody met, what they may read of it, and whom to be introduced to."""

from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.feedback import follow_ups as module
from app.feedback.follow_ups import (
    EventPeople,
    FeedbackContext,
    event_people,
    find_follow_ups,
)
from app.feedback.meetings import current_feedback
from schemas.event import SAID_OF_MEETING, Attendee, Event, Need, PairRule, Policy, Round
from schemas.feedback import Feedback, FollowUps, Said
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.compatibility.graph import build_graph
from tests.app.briefs.rooms import Rounds, agendas, random_room, schedule
from tests.app.feedback.test_meetings import DAY, said
from tests.builders import event_of, random_event
from tests.solver.compatibility.words import HandEncoder, person

ROUND = {"ab": 0.8, "bc": 0.6, "ca": 0.4}
EVENING = [["ab"], ["bc"]]


def room(event: Event, planned: Schedule, held: int) -> EventPeople:
    asked = event.model_copy(update={"published": planned, "held_rounds": held})
    return EventPeople(asked, DAY, build_graph(asked, HandEncoder()))


def listed(
    event: Event, rounds: Rounds | Schedule, v: str, *told: Feedback, held: int = 9, **how: Any
) -> FollowUps:
    """The list of ``v``, who said what is ``told``."""
    planned = rounds if isinstance(rounds, Schedule) else schedule(rounds)
    agenda = agendas(event, planned, held=held).of(v)
    return find_follow_ups(
        room(event, planned, held), agenda, FeedbackContext(current_feedback(told), **how)
    )


def partners(found: FollowUps) -> list[tuple[str, int]]:
    return [(each.partner.id, each.round) for each in found.meetings]


def introduced(found: FollowUps) -> list[tuple[str, str]]:
    return [(each.through.id, each.person.id) for each in found.introductions]


def test_a_list_has_the_meetings_of_held_rounds_with_what_each_can_do() -> None:
    event = Event(
        rounds=(Round(),) * 2,
        attendees=(
            person("a", name="Ada", needs=["red paint"]),
            person("b", name="Bo", offers=["red paint"]),
            person("c"),
        ),
    )
    evening = [["ab"], ["ac"]]
    found = listed(event, evening, "a", held=1)
    assert partners(found) == [("b", 1)]
    (meeting,) = found.meetings
    assert meeting.they_can == ('Bo can help you with "red paint": they offer "red paint".',)
    (meeting,) = listed(event, evening, "b").meetings
    assert meeting.you_can == ('You can help Ada with "red paint": you offer "red paint".',)
    assert partners(listed(event, evening, "a")) == [("b", 1), ("c", 2)]


def test_somebody_reads_what_they_said_themselves_and_what_both_said() -> None:
    event = event_of("abc", 2, ROUND)
    told = said("ba", valuable=True, had_time=True, note="call in May"), said("bc")
    assert listed(event, EVENING, "c", said("cb", valuable=False)).meetings[0].said == Said(
        valuable=False, would_refer=False, had_time=False
    )
    first, second = listed(event, EVENING, "b", *told, mutual={"a"}).meetings
    assert first.said == Said(valuable=True, would_refer=False, had_time=True, note="call in May")
    assert (first.mutual, second.mutual) == (True, False)
    assert second.said == Said(valuable=None, would_refer=False, had_time=False)
    assert listed(event, EVENING, "a").meetings[0].said is None


def test_a_report_is_not_in_the_list_of_its_author() -> None:
    event = event_of("abc", 2, ROUND)
    reported = listed(event, EVENING, "a", said("ab", undisclosed_pitch=True))
    assert reported == listed(event, EVENING, "a", said("ab"))


def test_a_meeting_that_the_reader_denies_is_not_listed_and_introduces_nobody() -> None:
    event = event_of("abc", 2, ROUND)
    found = listed(event, EVENING, "a", said("ab", held=False, round=1))
    assert (found.meetings, found.introductions) == ((), ())


def test_who_left_may_be_followed_up_and_who_was_erased_may_not() -> None:
    gone = (Attendee(id="a"), Attendee(id="b", absent_rounds=(2, 3)), Attendee(id="c"))
    event = event_of(gone, 3, ROUND)
    assert partners(listed(event, EVENING, "a")) == [("b", 1)]
    found = listed(event, EVENING, "a", erased={"b"})
    assert (found.meetings, found.introductions) == ((), ())


def test_who_is_kept_apart_by_now_is_not_listed() -> None:
    rule = PairRule(kind="forbid", pair=("a", "b"))
    event = event_of("abc", 2, ROUND, pair_rules=(rule,))
    assert listed(event, EVENING, "a").meetings == ()
    assert partners(listed(event, EVENING, "b")) == [("c", 2)]


def test_the_third_of_an_open_triangle_is_suggested_once() -> None:
    gains = ROUND | {"ad": 0.3, "dc": 0.3}
    event = event_of("abcd", 4, gains)
    evening = [["ab"], ["bc"], ["ad"], ["cd"]]
    assert introduced(listed(event, evening, "a")) == [("b", "c")]
    assert introduced(listed(event, evening, "c")) == [("b", "a")]
    assert introduced(listed(event, [*EVENING, ["ac"]], "a", held=2)) == []
    assert listed(event, evening, "a").introductions[0].text == "Ask b to introduce you to c."


def met_again(mine: str | None, theirs: str | None) -> Event:
    """a and b met once before and said so much; today they meet again, and b meets c."""
    words = (("a", mine), ("b", theirs))
    said: dict[str, Any] = {
        name: tuple(v for v, word in words if word == name) for name in SAID_OF_MEETING
    }
    event = Event(
        rounds=(Round(),) * 2,
        attendees=tuple(Attendee(id=v, interests=("chess",)) for v in "abc"),
        pair_rules=(PairRule(kind="met", pair=("b", "a"), **said),),
        policy=Policy(rematch="allow"),
    )
    gain = build_graph(event).gains["a"].get("b", 0) / 1000
    again = schedule([["ab"]], benefits={"a": gain, "b": gain}).rounds[0]
    rounds = (again, schedule([[], ["bc"]]).rounds[1])
    return event.model_copy(update={"published": Schedule(rounds=rounds), "held_rounds": 2})


@pytest.mark.parametrize("mine", [None, "not_valuable"])
def test_introductions_are_the_same_whatever_a_partner_said_of_an_earlier_meeting(
    mine: str | None,
) -> None:
    for theirs in (None, *SAID_OF_MEETING):
        asked = met_again(mine, theirs).model_dump_json()
        told = event_people(asked, "{}").suggested("a", FeedbackContext({}))
        assert [(each.through.id, each.person.id) for each in told] == [("b", "c")]


def paints(**fields: Any) -> Event:
    """a needs what c offers, c needs what b offers, and b needs what a offers."""
    return Event(
        rounds=(Round(),) * 2,
        attendees=(
            person("a", offers=["blue pots"], **{"needs": ["red paint"]} | fields),
            person("b", name="Bo", offers=["old clocks"], needs=["blue pots"]),
            person("c", name="Cy", organisation="Cy & Co", offers=["red paint"],
                   needs=["old clocks"]),
        ),
    )  # fmt: skip


def test_an_introduction_says_what_the_reader_needs_and_never_what_the_other_needs() -> None:
    event = paints()
    assert listed(event, EVENING, "a").introductions[0].text == (
        'Ask Bo to introduce you to Cy (Cy & Co): you look for "red paint", '
        'and Cy offers "red paint".'
    )
    assert listed(event, EVENING, "c").introductions[0].text == "Ask Bo to introduce you to a."


def test_a_private_need_is_not_quoted() -> None:
    private = paints(needs=(Need(text="red paint", shown_to="nobody"),))
    (suggested,) = listed(private, EVENING, "a").introductions
    assert suggested.text == "Ask Bo to introduce you to Cy (Cy & Co)."


def test_the_organiser_sees_the_best_open_triangles_but_those_denied() -> None:
    event = event_of("abcd", 4, ROUND | {"bd": 0.3, "da": 0.9})
    found = room(event, schedule([["ab"], ["bc", "ad"]]), 2)

    def rows(told: FeedbackContext, limit: int = 9) -> list[tuple[str, str, str, float]]:
        shown = found.open_triangles(told, limit).introductions
        return [(r.introducer.id, r.people[0].id, r.people[1].id, r.value) for r in shown]

    both = [("b", "a", "c", 0.4), ("a", "b", "d", 0.3)]
    assert rows(FeedbackContext({})) == both
    assert rows(FeedbackContext({}), 1) == both[:1]
    assert rows(FeedbackContext(current_feedback([said("bc", held=False, round=2)]))) == both[1:]
    assert rows(FeedbackContext({}, erased={"d"})) == both[:1]
    assert rows(FeedbackContext({}, erased={"b"})) == []


SEEDS = st.integers(0, 10_000)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_nobody_reads_of_a_need_of_somebody_they_did_not_meet(seed: int) -> None:
    event, planned = random_room(seed)
    everybody = room(event, planned, 9)
    for reader in event.attendees:
        for each in everybody.suggested(reader.id, FeedbackContext({})):
            other = next(a for a in event.attendees if a.id == each.person.id)
            open_to_all = {need.text for need in reader.needs} | {o.text for o in other.offers}
            assert "secret" not in each.text
            assert not any(
                need.text in each.text for need in other.needs if need.text not in open_to_all
            )


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_in_a_crowd_those_near_are_enough(seed: int) -> None:
    """With benefits given, for what texts mean depends a little on who else is there."""
    event = random_event(seed, 8, 4)
    ids = [a.id for a in event.attendees]
    met = list(combinations(ids, 2))
    rng = Random(seed)
    planned = Schedule(
        rounds=tuple(
            ScheduledRound(round=k + 1, meetings=(Meeting(table=1, attendees=two),))
            for k, two in enumerate(rng.sample(met, len(met) // 3))
        )
    )
    everybody = room(event, planned, 9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CROWD", 0)
        near = {v: list(everybody.suggested(v, FeedbackContext({}))) for v in ids}
    for v, found in near.items():
        assert found == list(everybody.suggested(v, FeedbackContext({})))
