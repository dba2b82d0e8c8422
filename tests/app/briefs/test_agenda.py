"""Agendas round by round, and what holds for those of any room."""

import re
from collections import Counter
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.briefs import agenda as module
from app.briefs.agenda import Agendas, agendas_of
from app.briefs.places import (
    AWAY,
    BACK,
    CANCELLED,
    GONE,
    HAD_NO_TABLE,
    RESTED,
    SAT_OUT,
    UNKNOWN,
)
from app.day.notices.phrases import BREAK, NO_TABLE
from app.day.standby import PLACE
from schemas.agenda import Agenda, Briefs
from schemas.day import Away, DayState, Reason
from schemas.event import (
    SAID_OF_MEETING,
    Attendee,
    Event,
    Need,
    Offer,
    PairRule,
    Policy,
    Round,
)
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.compatibility import recent
from solver.compatibility.forbidden import STANDING
from solver.compatibility.graph import build_graph
from solver.compatibility.purpose import OPEN
from tests.app.briefs.rooms import agendas, meetings, only, random_room, rule, schedule
from tests.solver.compatibility.words import HandEncoder

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
        (2, "bye", f"No meeting in this round. {PLACE}: you are first in line."),
        (3, "absent", AWAY),
        (4, "unplanned", UNKNOWN),
    ]
    assert [r.held for r in found.rounds] == [True, False, False, False]
    assert [r.minutes for r in found.rounds] == [12, 12, 12, None]
    assert found.rounds[1].text == f"Round 2\n{found.rounds[1].place}"


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
    assert found.place == "Please go to table 2 now."
    assert "This meeting did not take place." in found.text


def test_whoever_has_a_new_partner_in_the_running_round_is_sent_there_at_once() -> None:
    added = Meeting(table=2, attendees=("a", "c"), added=True)
    missed = Meeting(table=1, attendees=("a", "b"), outcome="missed")
    planned = Schedule(rounds=(ScheduledRound(round=1, meetings=(added, missed)),))
    (found,) = agendas(room("abc"), planned, held=1).of("a").rounds
    assert found.running
    assert [m.added for m in found.meetings] == [False, True]
    assert found.text.startswith(
        "Round 1, table 1: b\nPurpose: A chance meeting: how can I help you?\n"
        "This meeting did not take place.\n"
        "Round 1, table 2: c\nPlease go to table 2 now.\nPurpose: "
    )
    (over,) = agendas(room("abc"), planned, held=1, day=DayState(finished_rounds=1)).of("a").rounds
    assert (over.running, over.place) == (False, "Table 2.")
    assert "Please go" not in over.text


def test_who_meets_after_all_whom_they_missed_reads_of_one_meeting() -> None:
    missed = Meeting(table=1, attendees=("a", "b"), outcome="missed")
    added = Meeting(table=3, attendees=("a", "b"), added=True)
    planned = Schedule(rounds=(ScheduledRound(round=1, meetings=(missed, added)),))
    for v, other in ("ab", "ba"):
        (found,) = agendas(room("abc"), planned, held=1).of(v).rounds
        assert [(m.partner.id, m.table) for m in found.meetings] == [(other, 3)]
        assert found.place == "Please go to table 3 now."
        assert "did not take place" not in found.text


def test_whoever_waits_for_a_missing_partner_is_told_where_and_whose_turn_it_is() -> None:
    missed = Meeting(table=1, attendees=("a", "b"), outcome="missed")
    block = ScheduledRound(round=1, meetings=(missed,), byes=("a", "c"))
    day = DayState(away={"b": Away(reason="no_show", until_return=True)})
    left, gone = (agendas(room("abc"), one(block), 1, day).of(v).rounds[0] for v in "ab")
    assert left.place == f"Your partner is missing. {PLACE}: you are first in line."
    assert (left.kind, left.standby) == ("meeting", 1)
    assert left.text.endswith(f"This meeting did not take place.\n{left.place}")
    assert gone.place == f"{GONE['no_show']} {BACK}"
    alone = one(block.model_copy(update={"byes": ()}))
    assert agendas(room("abc"), alone, 1).of("a").rounds[0].place == (
        f"Your partner is missing. {PLACE}."
    )


def test_those_who_sit_out_know_their_place_in_line() -> None:
    blocks = (ScheduledRound(round=1, byes=("b",)), ScheduledRound(round=2, byes=("a", "b", "c")))
    away = DayState(away={"c": Away(reason="paused", rounds=(2,))})
    people = agendas(room("abc"), Schedule(rounds=blocks), day=away)
    turns = {v: people.of(v).rounds[1] for v in "abc"}
    assert [turns[v].standby for v in "abc"] == [2, 1, None]
    assert turns["a"].place.endswith(f"{PLACE}: you are second in line.")
    assert turns["c"].place == f"{GONE['paused']} {BACK}"


def test_a_bye_because_of_a_break_is_called_a_break() -> None:
    meeting = Meeting(table=1, attendees=("a", "b"))
    blocks = (
        ScheduledRound(round=1, byes=("a", "b", "c")),
        ScheduledRound(round=2, meetings=(meeting,), byes=("c",)),
        ScheduledRound(round=3, byes=("a", "b", "c")),
    )
    event = room("abc", policy=Policy(max_in_a_row=1))
    away = DayState(away={"b": Away(reason="paused", rounds=(3,))}, finished_rounds=1)
    people = agendas(event, Schedule(rounds=blocks), held=1, day=away)
    a, b, c = (people.of(v).rounds for v in "abc")
    assert [(r.kind, r.place, r.standby) for r in a] == [
        ("break", RESTED, None), ("meeting", "Table 1.", None), ("break", BREAK, None),
    ]  # fmt: skip
    assert (b[2].kind, b[2].place) == ("bye", f"{GONE['paused']} {BACK}")
    assert [(r.kind, r.standby) for r in c] == [("bye", None), ("bye", 1), ("bye", 1)]


def test_whose_tables_are_closed_is_told_so_and_is_not_in_line() -> None:
    blocks = tuple(ScheduledRound(round=r, byes=("a", "b")) for r in (1, 2, 3))
    shut = Round(tables=2, closed_tables=(1,))
    event = room("ab").model_copy(update={"rounds": (shut, shut, Round(tables=2))})
    booth = event.attendees[0].model_copy(update={"table": 1})
    event = event.model_copy(update={"attendees": (booth, event.attendees[1])})
    over = DayState(finished_rounds=1)
    a, b = (agendas(event, Schedule(rounds=blocks), 1, over).of(v).rounds for v in "ab")
    assert [(r.kind, r.place, r.standby) for r in a[:2]] == [
        ("place_closed", HAD_NO_TABLE, None), ("place_closed", NO_TABLE, None),
    ]  # fmt: skip
    assert (a[2].kind, a[2].standby) == ("bye", 1)
    assert [r.standby for r in b] == [None, 1, 2]


def test_of_a_round_that_is_over_nobody_is_told_to_wait() -> None:
    blocks = (ScheduledRound(round=1, byes=("a",)), ScheduledRound(round=2, byes=("a",)))
    rounds = agendas(room("a"), Schedule(rounds=blocks), held=2).of("a").rounds
    assert [(r.running, r.standby) for r in rounds] == [(False, None), (True, 1)]
    assert rounds[0].place == SAT_OUT


@pytest.mark.parametrize("reason", list(GONE))
def test_whoever_is_away_is_told_how_to_come_in_again(reason: Reason) -> None:
    blocks = [ScheduledRound(round=k, absent=("a",)) for k in (1, 2, 3)]
    away = DayState(away={"a": Away(reason=reason, rounds=(1, 2))})
    found = agendas(room("a"), Schedule(rounds=tuple(blocks)), 1, away).of("a").rounds
    told = f"{GONE[reason]} {BACK}"
    assert [r.place for r in found] == [told, told, AWAY]
    over = away.model_copy(update={"finished_rounds": 1})
    found = agendas(room("a"), Schedule(rounds=tuple(blocks)), 1, over).of("a").rounds
    assert [r.place for r in found] == [AWAY, told, AWAY]


def test_a_cancelled_round_says_so_and_nothing_else() -> None:
    day = DayState(cancellations={"c-1": 1})
    (found,) = agendas(room("ab"), schedule([["ab"]]), 1, day).of("a").rounds
    assert (found.kind, found.place, found.running) == ("cancelled", CANCELLED, False)
    assert found.text == f"Round 1\n{CANCELLED}"


def test_times_are_told_by_the_clocks_of_the_event() -> None:
    noon = datetime.fromisoformat("2027-03-04T12:00:00+00:00")
    block = ScheduledRound(round=1, starts_at=noon, byes=("a",))
    (found,) = agendas(room("a", timezone="Asia/Tokyo"), one(block)).of("a").rounds
    assert found.text.startswith("Round 1, 21:00\n")


def test_a_delay_shows_although_the_schedule_was_made_before() -> None:
    nine, later = datetime(2027, 3, 4, 9), datetime(2027, 3, 4, 9, 5)
    event = Event(rounds=(Round(starts_at=later),), attendees=(Attendee(id="a"),))
    block = ScheduledRound(round=1, starts_at=nine, byes=("a",))
    (found,) = agendas(event, one(block)).of("a").rounds
    assert found.starts_at == later
    assert found.text.startswith("Round 1, 09:05\n")


def one(block: ScheduledRound) -> Schedule:
    return Schedule(rounds=(block,))


def test_the_words_of_a_day_rest_on_one_graph_until_a_profile_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []

    def counted(event: Event, **how: Any) -> Any:
        made.append(event)
        return build_graph(event, HandEncoder(), **how)

    monkeypatch.setattr(recent, "build_graph", counted)
    monkeypatch.setattr(module, "RECENT", recent.Recent())
    event = Event(rounds=(Round(),), attendees=(Attendee(id="a", interests=("chess",)), *PLAIN))
    absent = _with(event, absent_rounds=(1,))
    for now, graphs in ((event, 1), (absent, 1), (_with(absent, interests=("rowing",)), 2)):
        Agendas(now, schedule([["ab"]])).of("a")
        assert len(made) == graphs


PLAIN = (Attendee(id="b", interests=("chess",)), Attendee(id="c", interests=("rowing",)))


def _with(event: Event, **changed: Any) -> Event:
    first = event.attendees[0].model_copy(update=changed)
    return event.model_copy(update={"attendees": (first, *event.attendees[1:])})


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
    found = agendas_of(event, planned, 1, "{}")
    assert found is agendas_of(event, planned, 1, "{}")
    assert found is not agendas_of(event, planned, 0, "{}")
    assert found is not agendas_of(event, planned, 1, '{"finished_rounds":1}')
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
    graph = build_graph(event, HandEncoder())
    for agenda in agendas(event, planned).everybody().agendas:
        said = agenda.model_dump_json()
        assert "secret" not in said
        assert "mail" not in said
        for pair, codes in graph.listed.items():
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


@ROOMS
@given(SEEDS, st.sampled_from((None, "valuable", "not_valuable", "would_refer")))
def test_nobody_reads_what_a_partner_alone_has_said_of_an_earlier_meeting(
    seed: int, mine: str | None
) -> None:
    """The reader knows what they said themselves, and a good word of both is told to both."""
    alone = (
        (None, "not_valuable") if mine in ("valuable", "would_refer") else (None, *SAID_OF_MEETING)
    )
    policy = Policy(rematch="allow")
    for i, j in permutations(sorted(a.id for a in random_room(seed)[0].attendees)[:3], 2):
        told = set()
        for theirs in alone:
            words = ((i, mine), (j, theirs))
            said: dict[str, Any] = {
                name: tuple(v for v, word in words if word == name) for name in SAID_OF_MEETING
            }
            rules = (PairRule(kind="met", pair=(i, j), **said),)
            event, planned = random_room(seed, pair_rules=rules, policy=policy)
            told.add(agendas(event, planned).of(i).model_dump_json())
        assert len(told) == 1


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
        frozenset(pair): codes for pair, codes in build_graph(event, HandEncoder()).listed.items()
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
