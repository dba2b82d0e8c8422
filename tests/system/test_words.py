"""Every word of ours that a person reads comes from the catalogue, in the language they read.

A language is made up whose messages stand between marks, with their places outside: what stands
outside of marks in the end must be names, numbers and quotes.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar as Parsed

from app.day.notices.announcements import publication_notice
from app.day.notices.difference import difference_between
from app.day.notices.live_view import live_view
from app.exports.calendar import Edition, calendar_of
from app.feedback.follow_ups import EventPeople, FeedbackContext, find_follow_ups
from bench.words import IDS
from schemas.agenda import Agenda, AgendaMeeting
from schemas.day import Away, DayState
from schemas.event import Event, Round
from schemas.schedule import Schedule
from schemas.words.catalogue import teller
from solver.compatibility.graph import build_graph
from solver.translate.write import words_of
from tests.app.briefs.rooms import agendas, random_room
from tests.app.day.days import NINE, event, schedule
from tests.app.feedback.test_meetings import DAY
from tests.solver.compatibility.words import HandEncoder
from tests.words import beside_marks, made_up_language, marked

ROOT = Path(__file__).parents[2]
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
NAMES = re.compile("Dutch|French|German|English|Nederlands|Frans|Duits|Engels")
"""Languages are called as the reader's language calls them, by another table."""


@pytest.fixture(scope="module", autouse=True)
def _dutch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with made_up_language("nl", tmp_path_factory.mktemp("locale"), marked):
        yield


def ours(text: str, own: set[str]) -> str:
    """What of a text is neither marked nor one of people's ``own`` words, but has letters."""
    left = NAMES.sub("", beside_marks(text))
    for word in sorted(own, key=len, reverse=True):
        left = left.replace(word, "")
    return left if re.search("[A-Za-z]", left) else ""


def own_words(of: Event) -> set[str]:
    found = {of.name} - {""}
    for a in of.attendees:
        found |= {a.id, a.name or a.id, a.organisation or a.id, *a.interests, *a.client_types}
        found |= {offer.text for offer in a.offers} | {need.text for need in a.needs}
    return found


def read_by(agenda: Agenda) -> Iterator[str]:
    """All that is told in an agenda."""
    for block in agenda.rounds:
        yield from (block.place, block.text)
        for meeting in block.meetings:
            yield from _meeting(meeting)


def _meeting(meeting: AgendaMeeting) -> Iterator[str]:
    yield from (meeting.purpose_line, meeting.purpose_text)
    if brief := meeting.brief:
        yield from (brief.question, *brief.they_can, *brief.you_can, *brief.together, *brief.ask)
        yield from (each.text for each in (brief.you_introduce, brief.they_introduce) if each)


def dutch_room(seed: int) -> tuple[Event, Schedule]:
    """A room whose rounds have times, so that there are calendars."""
    room, planned = random_room(seed, language="nl")
    rounds = tuple(
        Round(starts_at=NINE.replace(hour=9 + k), minutes=9) for k in range(len(room.rounds))
    )
    speak = tuple(a.model_copy(update={"languages": ("en", "nl")}) for a in room.attendees)
    silent = tuple(a.model_copy(update={"languages": ()}) for a in speak[1:])
    told = {"rounds": rounds, "attendees": (*_dutch_first(speak[:1]), *silent)}
    return room.model_copy(update=told), planned


def _dutch_first(people: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(a.model_copy(update={"languages": ("fr", "nl", "en")}) for a in people)


@given(st.integers(0, 400), st.integers(0, 2))
@settings(deadline=None)
def test_an_agenda_is_in_its_readers_language(seed: int, held: int) -> None:
    room, planned = dutch_room(seed)
    own = own_words(room)
    day = _day(room)
    for agenda in agendas(room, planned, held, day).everybody().agendas:
        assert [text for told in read_by(agenda) if (text := ours(told, own))] == []


def _day(room: Event) -> DayState:
    """Everything that may keep people away, and a round that falls out."""
    reasons: tuple[Any, ...] = (
        "not_here", "dropped_out", "left_early", "no_show", "paused", "late",
    )  # fmt: skip
    away = zip((a.id for a in room.attendees), reasons, strict=False)
    everywhere = tuple(range(1, len(room.rounds) + 1))
    return DayState(
        away={v: Away(reason=why, rounds=everywhere) for v, why in away},
        cancellations={"i": len(room.rounds)},
    )


@given(st.integers(0, 400))
@settings(deadline=None)
def test_a_calendar_is_in_its_readers_language(seed: int) -> None:
    room, planned = dutch_room(seed)
    own, found = own_words(room), agendas(room, planned)
    for attendee in room.attendees:
        say = teller(found.language_of(attendee.id))
        content = calendar_of(found.of(attendee.id), Edition(1, AT), {"gone": 1}, say)
        entries = Parsed.from_ical(content).walk("VEVENT")
        told = [str(e.get(k, "")) for e in entries for k in ("SUMMARY", "LOCATION", "DESCRIPTION")]
        assert [text for line in told if (text := ours(line, own))] == []


@given(st.integers(0, 400))
@settings(deadline=None)
def test_why_and_follow_ups_are_in_the_language_of_event_and_reader(seed: int) -> None:
    room, planned = dutch_room(seed)
    own, graph = own_words(room), build_graph(room, HandEncoder())
    pairs = [m.attendees for block in planned.rounds for m in block.meetings]
    told = [text for two in pairs for words in [words_of(graph, *two)] for text in words[2]]
    assert [text for line in told if (text := ours(line, own))] == []
    published = room.model_copy(update={"published": planned, "held_rounds": len(planned.rounds)})
    people = EventPeople(published, DAY, graph)
    for agenda in agendas(room, planned, len(planned.rounds)).everybody().agendas:
        listed = find_follow_ups(people, agenda, FeedbackContext({}))
        asked = [each.text for each in listed.introductions]
        asked += [text for each in listed.meetings for text in (*each.they_can, *each.you_can)]
        assert [text for line in asked if (text := ours(line, own))] == []


ROWS = ("ab1 cd2", "ab2 cd1", "ac1 bd2", "de1 -a", "ab1! ae1+", "-a -b", "")
DAYS = [[ROWS[k], ROWS[j]] for k in range(len(ROWS)) for j in range(len(ROWS))]


@pytest.mark.parametrize("held", [0, 1, 2])
def test_notices_are_in_their_readers_language(held: int) -> None:
    on = event(2, held, timed=True, language="nl")
    own = own_words(on)
    day = DayState(cancellations={"i": 2}, away={"a": Away(reason="late", rounds=(1,))})
    for before, after in pairwise([*DAYS, *DAYS[::-1]]):
        for state in (day, DayState()):
            old = schedule(*before, starts=event(2, timed=True))
            new = schedule(*after, version=2, starts=on)
            whole = difference_between(on, state, old, new)
            news = publication_notice(7, AT, new, whole, "nl")
            told = [word for person in whole.people for word in person.words]
            told += [news.text, *(row.words for row in whole.tables)]
            told += [row.place or "" for row in _idle(on, state, new)]
            assert [text for line in told if (text := ours(line, own))] == []


def _idle(on: Event, day: DayState, of: Schedule) -> Iterator[Any]:
    shown = live_view(on, day, of, AT)
    for block in (shown.running, shown.next):
        yield from block.idle if block else ()


def test_each_person_hears_of_a_change_in_their_language() -> None:
    on = event(1, language="en")
    first = on.attendees[0].model_copy(update={"languages": ("tlh", "nl")})
    on = on.model_copy(update={"attendees": (first, *on.attendees[1:])})
    whole = difference_between(on, DayState(), schedule("ab1 cd2"), schedule("ba3 cd2"))
    words = {person.attendee: person.words for person in whole.people}
    assert words["b"] == ("Round 1: you meet Ada at table 3 instead of table 1.",)
    assert beside_marks(words["a"][0]) == "1Ben31"
    assert whole.tables[0].words == "Table 1, round 1: empty (was: Ada and Ben)."


WRITERS = sorted(
    path
    for place in (
        "app/briefs/*.py", "app/day/notices/*.py", "app/day/standby.py", "app/exports/*calendar.py",
        "app/exports/workbook_sheets.py", "app/feedback/follow_ups.py",
        "solver/compatibility/evidence.py", "solver/compatibility/purpose.py",
    )
    for path in ROOT.glob(place)
)  # fmt: skip
NO_SENTENCES = {"round ", " has no time: give it starts_at", "-//Tertius//Event day//EN"}
"""An error, which stays English, and the name of the product."""


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.stem)
def test_no_sentence_is_written_but_as_a_message(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    spared = {id(part) for node in ast.walk(tree) if _is_spared(node) for part in ast.walk(node)}
    written = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared
    )
    loose = {text for text in written if re.search("[A-Za-z] |[A-Z][a-z]+ ", text)}
    assert loose <= NO_SENTENCES


def _is_spared(node: ast.AST) -> bool:
    """Docstrings, what messages are called, annotations."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IDS
    return docstring or called
