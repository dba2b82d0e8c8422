"""Agendas round by round, and what holds for those of any room."""

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.briefs import agenda as module
from app.briefs.agenda import AWAY, STAY, UNKNOWN, agendas_of
from schemas.agenda import Agenda, Briefs
from schemas.event import Attendee, Event, Need, Offer, Round
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.compatibility.forbidden import STANDING
from solver.compatibility.graph import compatibility
from solver.compatibility.purpose import OPEN
from tests.app.briefs.rooms import agendas, meetings, only, random_room, rule, schedule
from tests.solver.compatibility.words import Words

SEEDS = st.integers(0, 10_000)
ROOMS = settings(max_examples=60, deadline=None)
SALES = re.compile(r"client|pitch|sell|sale|buy|customer|prospect|deal", re.IGNORECASE)


def room(ids: str, **fields: Any) -> Event:
    return Event(
        rounds=(Round(minutes=12),) * 3, attendees=tuple(Attendee(id=v) for v in ids), **fields
    )


# --- rounds -------------------------------------------------------------------------------------


def test_every_round_says_where_to_be() -> None:
    blocks = (
        ScheduledRound(round=1, meetings=(Meeting(table=7, attendees=("a", "b")),)),
        ScheduledRound(round=2, byes=("a",)),
        ScheduledRound(round=3, absent=("a",)),
        ScheduledRound(round=4),
    )
    found = agendas(room("ab"), Schedule(rounds=blocks), held=1).of("a")
    assert [(r.round, r.kind, r.place) for r in found.rounds] == [
        (1, "meeting", "Table 7."),
        (2, "bye", STAY),
        (3, "absent", AWAY),
        (4, "unplanned", UNKNOWN),
    ]
    assert [r.held for r in found.rounds] == [True, False, False, False]
    assert [r.minutes for r in found.rounds] == [12, 12, 12, None]
    assert found.rounds[1].text == f"Round 2\n{STAY}"


@pytest.mark.parametrize("held", [0, 1])
def test_a_purpose_is_told_as_profiles_say_it_now(held: int) -> None:
    """What was quoted when it was published may have become private since."""
    planned = schedule([["ab"]], purpose_line="b can help a with 'a divorce lawyer'")
    found = agendas(room("ab"), planned, held=held).of("a")
    assert only(found, 1).purpose_line == OPEN.line
    assert "divorce" not in found.model_dump_json()


@pytest.mark.parametrize(("held", "intent"), [(0, "relationship"), (1, "pitch")])
def test_consent_withdrawn_after_publication_ends_the_pitch(held: int, intent: str) -> None:
    people = (
        Attendee(id="a", needs=(Need(text="vans"),), welcomes_pitches=False),
        Attendee(id="b", offers=(Offer(text="vans"),)),
    )
    planned = schedule([["ab"]], intent="pitch", purpose_line="b presents 'vans' to a")
    found = agendas(Event(rounds=(Round(),), attendees=people), planned, held=held).of("b")
    assert only(found, 1).intent == intent
    assert "presents" not in found.model_dump_json()


def test_a_missed_meeting_stands_beside_the_one_that_took_its_place() -> None:
    block = ScheduledRound(
        round=1,
        meetings=(
            Meeting(table=1, attendees=("a", "b"), outcome="missed"),
            Meeting(table=2, attendees=("a", "c"), added=True),
        ),
    )
    (found,) = agendas(room("abc"), Schedule(rounds=(block,)), held=1).of("a").rounds
    missed, added = found.meetings
    assert (missed.outcome, missed.brief) == ("missed", None)
    assert added.brief is not None
    assert found.place == "Table 2."
    assert "This meeting did not take place." in found.text


def test_whoever_is_gone_is_told_by_id_alone() -> None:
    planned = schedule([["ab"], ["ac"], ["bc"]], ["abc"])
    room_of_two = agendas(room("ac"), planned, held=1)
    first, second, _ = room_of_two.of("a").rounds
    assert (first.meetings[0].partner.id, first.meetings[0].brief) == ("b", None)
    assert first.text == "Round 1, table 1: b"
    assert second.meetings[0].brief is not None
    assert "b" not in re.findall(r"\w+", second.text)


def test_whoever_is_kept_apart_since_is_told_by_id_alone() -> None:
    people = [a.model_copy(update={"name": f"Name{a.id}"}) for a in room("ab").attendees]
    event = room("ab").model_copy(update={"attendees": tuple(people)})
    blocked = event.model_copy(update={"pair_rules": (rule("forbid", "ab"),)})
    assert "Nameb" in agendas(event, schedule([["ab"]])).of("a").rounds[0].text
    (found,) = agendas(blocked, schedule([["ab"]])).of("a").rounds
    assert "Nameb" not in found.model_dump_json()
    assert found.text == "Round 1, table 1: b\nPlease ask the organiser about this meeting."


def test_nobody_has_the_agenda_of_a_stranger() -> None:
    with pytest.raises(KeyError):
        agendas(room("ab"), schedule([["ab"]])).of("z")


def test_documents_become_agendas_and_the_last_are_remembered() -> None:
    event, planned = room("ab").model_dump_json(), schedule([["ab"]]).model_dump_json()
    found = agendas_of(event, planned, 1)
    assert found is agendas_of(event, planned, 1)
    assert found is not agendas_of(event, planned, 0)
    assert found.of("a").rounds[0].held


# --- any room -----------------------------------------------------------------------------------


@ROOMS
@given(SEEDS)
def test_both_briefs_of_a_meeting_agree(seed: int) -> None:
    sides: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for v, block, meeting in meetings(*random_room(seed)):
        assert meeting.brief is not None
        pair = (block.round, *sorted((v, meeting.partner.id)))
        agreed = (meeting.intent, meeting.purpose_line, meeting.brief.opens, meeting.table)
        sides.setdefault(pair, []).append((*agreed, meeting.brief.shared_interest))
    for one, other in sides.values():
        assert one == other


@ROOMS
@given(SEEDS)
def test_nobody_reads_a_private_need_a_blocked_name_or_an_address(seed: int) -> None:
    event, planned = random_room(seed)
    graph = compatibility(event, Words())
    for agenda in agendas(event, planned).everybody().agendas:
        said = agenda.model_dump_json()
        assert "secret" not in said
        assert "mail" not in said
        for pair, codes in graph.forbidden.items():
            if agenda.attendee.id in pair and not STANDING.isdisjoint(codes):
                (other,) = set(pair) - {agenda.attendee.id}
                assert f"Name{other}" not in said
                assert f"Firm{other}" not in said


@ROOMS
@given(SEEDS)
def test_others_read_the_same_whatever_somebody_keeps_private(seed: int) -> None:
    event, planned = random_room(seed)
    told = agendas(event, planned).everybody()
    for attendee in event.attendees:
        silent = attendee.model_copy(
            update={"needs": tuple(n for n in attendee.needs if n.shown_to != "nobody")}
        )
        others = tuple(silent if a is attendee else a for a in event.attendees)
        changed = agendas(event.model_copy(update={"attendees": others}), planned).everybody()
        for before, after in zip(told.agendas, changed.agendas, strict=True):
            if before.attendee.id != attendee.id:
                assert _briefs(before) == _briefs(after)


def _briefs(agenda: Agenda) -> list[Any]:
    """All but the print, which repeats the published purpose and may know it no longer."""
    return [meeting for block in agenda.rounds for meeting in block.meetings]


@ROOMS
@given(SEEDS)
def test_a_brief_speaks_of_sales_only_where_a_pitch_was_agreed(seed: int) -> None:
    for _, block, meeting in meetings(*random_room(seed)):
        if meeting.intent == "relationship":
            assert not SALES.search(meeting.model_dump_json(exclude={"intent"}))
            assert not SALES.search(block.text)


@ROOMS
@given(SEEDS)
def test_introductions_are_true(seed: int) -> None:
    event, planned = random_room(seed)
    meet = {frozenset(m.attendees) for block in planned.rounds for m in block.meetings}
    known = meet | {frozenset(r.pair) for r in event.pair_rules if r.kind == "met"}
    forbidden = {
        frozenset(pair): codes for pair, codes in compatibility(event, Words()).forbidden.items()
    }
    for v, _, meeting in meetings(event, planned):
        assert meeting.brief is not None
        partner = meeting.partner.id
        ways = (meeting.brief.you_introduce, v, partner), (meeting.brief.they_introduce, partner, v)
        for introduction, introducer, other in ways:
            if introduction is None:
                continue
            here, there = ({introduction.person.id, w} for w in (introducer, other))
            assert here in known
            assert (there in known) == (introduction.kind == "triangle")
            assert here in meet or introduction.kind == "triangle"
            for side in (here, there):
                assert STANDING.isdisjoint(forbidden.get(frozenset(side), ()))


@ROOMS
@given(SEEDS)
def test_needs_are_told_to_those_only_who_meet_their_owner(seed: int) -> None:
    event, planned = random_room(seed)
    meet = {frozenset(m.attendees) for block in planned.rounds for m in block.meetings}
    named = tuple(a.model_copy(update={"name": None, "needs": _marked(a)}) for a in event.attendees)
    for agenda in (
        agendas(event.model_copy(update={"attendees": named}), planned).everybody().agendas
    ):
        v = agenda.attendee.id
        for block in agenda.rounds:
            for meeting in block.meetings:
                assert meeting.brief is not None
                for owner in re.findall(r"needof(\w+)", meeting.brief.model_dump_json()):
                    assert owner == v or frozenset((owner, v)) in meet


def _marked(attendee: Attendee) -> tuple[Any, ...]:
    """Needs that say whose they are."""
    return tuple(
        n.model_copy(update={"text": f"{n.text} needof{attendee.id}"})
        for n in attendee.needs
        if n.shown_to == "partners"
    )


@ROOMS
@given(SEEDS)
def test_nobody_opens_much_more_often_than_they_answer(seed: int) -> None:
    lead: Counter[str] = Counter()
    for v, _, meeting in meetings(*random_room(seed)):
        assert meeting.brief is not None
        lead[v] += 1 if meeting.brief.opens == v else -1
    assert all(abs(each) <= 2 for each in lead.values())


@ROOMS
@given(SEEDS)
def test_an_agenda_is_the_same_alone_as_among_all(seed: int) -> None:
    event, planned = random_room(seed)
    everybody = agendas(event, planned).everybody()
    assert everybody == agendas(event, planned).everybody()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CROWD", 0)
        alone = tuple(agendas(event, planned).of(a.attendee.id) for a in everybody.agendas)
    assert Briefs(agendas=alone) == everybody
