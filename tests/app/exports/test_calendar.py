"""Calendars: what a client reads, from one publication to the next."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event as Entry
from ical.event import EventStatus
from icalendar import Calendar as Parsed

from app.day.notices.changes import changes_between
from app.errors import StateConflict
from app.exports.calendar import Edition, calendar_of, former_partners
from schemas.agenda import Agenda, AgendaMeeting, AgendaRound, Brief, Person
from schemas.schedule import Outcome, Schedule
from tests.app.briefs.rooms import schedule

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
FIRST = Edition(1, AT)
ADA = Person(id="a", name="Ada")


def meeting(partner: str, table: int = 7, outcome: Outcome = "planned") -> AgendaMeeting:
    return AgendaMeeting(
        partner=Person(id=partner),
        table=table,
        purpose="mutual",
        intent="relationship",
        purpose_line="",
        outcome=outcome,
        added=False,
    )


def with_words(name: str, purpose: str, brief: Brief | None = None) -> AgendaMeeting:
    """Meeting somebody of any name for any purpose, checked or not."""
    who = Person.model_construct(id="b", name=name, organisation="Bo & Co")
    words = {"partner": who, "purpose_text": purpose, "brief": brief}
    return meeting("b").model_copy(update=words)


def agenda(*rounds: AgendaMeeting | None, zone: str = "Europe/London", **fields: Any) -> Agenda:
    """Rounds of ten minutes from nine o'clock on, every quarter of an hour."""
    nine = datetime(2027, 3, 4, 9)
    blocks = (
        AgendaRound(
            round=k + 1,
            starts_at=nine + timedelta(minutes=15 * k),
            minutes=10,
            kind="meeting" if each else "bye",
            place="",
            meetings=(each,) if each else (),
            text="",
        )
        for k, each in enumerate(rounds)
    )
    given = {"event_id": "e1", "event": "Breakfast", "attendee": ADA, "rounds": tuple(blocks)}
    return Agenda.model_validate(given | {"timezone": zone} | fields)


def read(content: bytes) -> Calendar:
    """What a strict parser makes of a file, which another one takes as well."""
    assert Parsed.from_ical(content).errors == []
    return IcsCalendarStream.calendar_from_ics(content.decode())


def entries(
    shown: Agenda, edition: Edition = FIRST, former: Mapping[str, int] | None = None
) -> list[Entry]:
    return read(calendar_of(shown, edition, former or {}, str)).events


def only(shown: Agenda, **how: Any) -> Entry:
    (entry,) = entries(shown, **how)
    return entry


def instants(entry: Entry) -> tuple[str, ...]:
    """When an entry begins and ends, in UTC."""
    ends = (entry.dtstart, entry.dtend)
    return tuple(f"{end.astimezone(UTC):%H:%M}" for end in ends if isinstance(end, datetime))


# --- what an entry says -------------------------------------------------------------------------


def test_a_meeting_is_an_entry_with_time_and_table() -> None:
    opens = Brief(opens="b", question="How can I help you?")
    entry = only(agenda(None, with_words("Bo", "Tea; or coffee.", opens)))
    assert (entry.summary, entry.location) == ("Meet Bo", "Table 7")
    assert entry.description == 'Purpose: Tea; or coffee.\nBo opens: "How can I help you?"'
    assert instants(entry) == ("09:15", "09:25")
    assert (entry.sequence, entry.dtstamp, entry.last_modified) == (1, AT, AT)
    assert entry.status == EventStatus.CONFIRMED


def test_a_partner_without_a_name_is_told_by_id() -> None:
    entry = only(agenda(meeting("b")))
    assert (entry.summary, entry.description) == ("Meet b", None)


def test_the_file_says_whose_zone_it_is_and_how_often_to_look() -> None:
    lines = (
        calendar_of(agenda(meeting("b"), event="A; B, \\ C"), FIRST, {}, str).decode().splitlines()
    )
    for line in (
        "METHOD:PUBLISH",
        "X-WR-CALNAME:A\\; B\\, \\\\ C",
        "X-WR-TIMEZONE:Europe/London",
        "REFRESH-INTERVAL;VALUE=DURATION:PT5M",
        "X-PUBLISHED-TTL:PT5M",
        "TZID:Europe/London",
        "DTSTART;TZID=Europe/London:20270304T090000",
    ):
        assert line in lines


def test_whoever_has_no_meeting_has_an_empty_calendar() -> None:
    assert entries(agenda(None, None)) == []


@pytest.mark.parametrize(
    ("starts_at", "zone", "expected"),
    [
        ("2027-03-04T09:00:00+00:00", "Asia/Tokyo", ("09:00", "09:10")),
        ("2027-03-28T00:55:00", "Europe/London", ("00:55", "01:05")),
        ("2027-10-31T01:55:00+01:00", "Europe/London", ("00:55", "01:05")),
        ("2027-10-31T01:30:00+00:00", "Europe/London", ("01:30", "01:40")),
    ],
)
def test_times_are_instants_whatever_clocks_do(
    starts_at: str, zone: str, expected: tuple[str, str]
) -> None:
    shown = agenda(meeting("b"), zone=zone)
    block = shown.rounds[0].model_copy(update={"starts_at": datetime.fromisoformat(starts_at)})
    entry = only(shown.model_copy(update={"rounds": (block,)}))
    assert instants(entry) == expected


def test_without_times_there_is_no_calendar() -> None:
    shown = agenda(meeting("b"), None)
    block = shown.rounds[1].model_copy(update={"starts_at": None})
    with pytest.raises(StateConflict) as refusal:
        calendar_of(shown.model_copy(update={"rounds": (shown.rounds[0], block)}), FIRST, {}, str)
    (error,) = refusal.value.errors
    assert error.code == "no_times"
    assert "round 2 has no time" in error.message


@pytest.mark.parametrize(
    "name",
    [
        "Bo\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x",
        "Bo\nATTENDEE:mailto:x@example.org",
        "B;o,\\n\\;",
        '"Bo":=^',
        "\N{CAT FACE}" * 60,
        "e\N{COMBINING ACUTE ACCENT}" * 90,
        "Bo\u2028BEGIN:VEVENT",
        " ",
    ],
)
def test_no_name_breaks_out_of_its_line(name: str) -> None:
    """Names of the wire have no line ends; a calendar does not rely on it."""
    shown = with_words(name, name)
    content = calendar_of(agenda(shown).model_copy(update={"event": name}), FIRST, {}, str)
    for line in content.decode().split("\r\n"):
        assert len(line.encode()) <= 75
        assert "\n" not in line
    entry = only(agenda(shown))
    assert entry.summary == " ".join(f"Meet {name}".split())
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == content.count(b"\r\nUID:") - 1 == 1


# --- from one publication to the next -----------------------------------------------------------


def test_a_meeting_keeps_its_uid_whichever_round_and_table_it_has() -> None:
    uids = {
        only(agenda(*rounds)).uid
        for rounds in ((meeting("b"), None), (None, meeting("b")), (meeting("b", table=2), None))
    }
    assert len(uids) == 1


def test_uids_differ_by_event_person_and_partner() -> None:
    bo = Person(id="b")
    shown = (
        agenda(meeting("b")),
        agenda(meeting("c")),
        agenda(meeting("a"), attendee=bo),
        agenda(meeting("c"), attendee=bo),
        agenda(meeting("b"), event_id="e2"),
    )
    assert len({only(each).uid for each in shown}) == len(shown)


def test_what_was_published_once_stays_cancelled_until_it_comes_back() -> None:
    moments = [
        only(agenda(meeting("b"), None)),
        only(agenda(None, None), edition=Edition(4, AT), former={"b": 1}),
        only(agenda(None, meeting("b")), edition=Edition(6, AT), former={"b": 1}),
    ]
    assert len({entry.uid for entry in moments}) == 1
    assert [entry.sequence for entry in moments] == [1, 4, 6]
    assert [entry.status for entry in moments] == [
        EventStatus.CONFIRMED,
        EventStatus.CANCELLED,
        EventStatus.CONFIRMED,
    ]
    gone = moments[1]
    assert (gone.summary, gone.location, gone.description) == ("Meeting cancelled", None, None)
    assert gone.dtstart == moments[0].dtstart


@pytest.mark.parametrize(("outcome", "kind"), [("missed", "meeting"), ("planned", "cancelled")])
def test_a_meeting_that_does_not_take_place_is_cancelled(outcome: Outcome, kind: str) -> None:
    shown = agenda(meeting("b", outcome=outcome))
    block = shown.rounds[0].model_copy(update={"kind": kind})
    entry = only(shown.model_copy(update={"rounds": (block,)}))
    assert entry.status == EventStatus.CANCELLED


def test_a_missed_meeting_that_is_held_later_is_on() -> None:
    entry = only(agenda(meeting("b", outcome="missed"), meeting("b")), former={"b": 1})
    assert entry.status == EventStatus.CONFIRMED
    assert instants(entry) == ("09:15", "09:25")


def test_a_cancelled_round_that_was_taken_back_leaves_its_entries() -> None:
    assert only(agenda(None), former={"b": 2}).status == EventStatus.CANCELLED


def test_former_partners_are_those_of_any_publication() -> None:
    first, second, third = schedule([["ab"], []]), schedule([["ac"], ["ab"]]), schedule([[], []])
    told = tuple(_json(*pair) for pair in ((first, second), (second, third)))
    former = former_partners(told)
    assert former == {"a": {"b": 2, "c": 1}, "b": {"a": 2}, "c": {"a": 1}}
    assert former_partners(()) == {}


def _json(before: Schedule, after: Schedule) -> str:
    rows = (row.model_dump_json(by_alias=True) for row in changes_between(before, after))
    return f"[{','.join(rows)}]"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000))
def test_a_client_that_follows_every_publication_has_what_is_published(seed: int) -> None:
    """Repairs, and old versions published again, as the calendar of ``a`` shows them."""
    rng = Random(seed)
    versions: list[Schedule] = []
    told: dict[int, str] = {}
    before: dict[str, int] = {}
    ever = set[str]()
    now = schedule([[], [], [], []])
    for number in range(1, 9):
        if not versions or rng.random() < 0.75:
            versions.append(rng.choice((_anything(rng), _missed(now))))
        version = rng.randrange(len(versions)) if rng.random() < 0.2 else len(versions) - 1
        told.setdefault(version, _json(now, versions[version]))
        now = versions[version]
        former = former_partners(tuple(told[k] for k in sorted(told))).get("a", {})
        found = entries(_agenda_of(now), Edition(number, AT), former)
        shown = {entry.uid or "": entry.sequence or 0 for entry in found}
        assert len(shown) == len(found)
        assert all(shown[uid] > sequence for uid, sequence in before.items())
        before = shown
        partners = _partners(now)
        ever |= partners
        assert sum(entry.status == EventStatus.CONFIRMED for entry in found) == len(partners)
        assert len(shown) == len(ever)


def _anything(rng: Random) -> Schedule:
    """Four rounds in which ``a`` meets some of six people, each at most once."""
    partners = [*rng.sample("bcdefg", rng.randint(0, 4)), "", "", "", ""][:4]
    return schedule([[f"a{v}"] if v else [] for v in rng.sample(partners, 4)])


def _missed(planned: Schedule) -> Schedule:
    """The same, but that the meetings of the first round did not take place."""
    first, *rest = planned.rounds
    missed = [m.model_copy(update={"outcome": "missed"}) for m in first.meetings]
    first = first.model_copy(update={"meetings": tuple(missed)})
    return planned.model_copy(update={"rounds": (first, *rest)})


def _partners(planned: Schedule) -> set[str]:
    meetings = [m for block in planned.rounds for m in block.meetings]
    return {m.attendees[1] for m in meetings if m.outcome != "missed"}


def _agenda_of(planned: Schedule) -> Agenda:
    return agenda(
        *(
            meeting(m.attendees[1], m.table, m.outcome) if m else None
            for m in (next(iter(block.meetings), None) for block in planned.rounds)
        )
    )
