"""What the organiser reads on the screen."""

from datetime import datetime

from rich.console import Console, RenderableType

from app.terminal.summary import agenda, bands, replan_summary, round_sheet, schedule_summary
from schemas.event import Attendee, Event, Round
from schemas.schedule import (
    Broken,
    InsteadOfOpen,
    Meeting,
    Note,
    Quality,
    Schedule,
    ScheduledRound,
    Share,
    Triangle,
    Wishes,
)
from schemas.solve import Waiver

QUALITY = Quality(
    objective=3.2,
    mutual=2.0,
    triangles=0.5,
    fairness=1.7,
    byes_cost=1.0,
    byes=2,
    upper_bound=4.0,
    gap=0.2,
    proof="bounded",
    seconds=1.25,
    work=10,
    stopped_by="time",
    broken=Broken(forced=2, chosen=1),
)


def text(shown: RenderableType) -> str:
    console = Console(width=100, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()


def line(shown: RenderableType, start: str) -> str:
    return next(row.rstrip() for row in text(shown).splitlines() if row.startswith(start))


def share(v: str, satisfaction: float | None) -> Share:
    return Share(id=v, meetings=1, byes=0, benefit=1, best=1, satisfaction=satisfaction)


def named(letters: str, **names: str) -> Event:
    people = tuple(Attendee(id=v, name=names.get(v)) for v in letters)
    return Event(rounds=(Round(), Round()), attendees=people)


def day(*rounds: str, quality: Quality | None = QUALITY, **fields: object) -> Schedule:
    """``day("ab1 cd2", "ac1")``: a and b at table 1, c and d at table 2; then a and c."""
    blocks = tuple(
        ScheduledRound(
            round=number,
            meetings=tuple(
                Meeting(
                    attendees=(m[0], m[1]), table=int(m[2]), purpose="mutual", why=("both gain",)
                )
                for m in row.split()
            ),
        )
        for number, row in enumerate(rounds, start=1)
    )
    document = Schedule(rounds=blocks, quality=quality)
    return document.model_copy(update=fields)


def test_the_head_tells_size_points_and_proof() -> None:
    shown = text(schedule_summary(named("abcd"), day("ab1 cd2", "ac1")))
    assert "4 attendees, 2 rounds, 3 meetings" in shown
    assert "objective 3.20000" in shown
    assert "= mutual 2.00 + triangles 0.50 + fairness 1.70 - byes 1.00" in shown
    assert "no schedule passes 4.00000: gap 20.00 %; 1.2 s, its time was up" in shown


def test_rounds_on_several_days_tell_the_day() -> None:
    schedule = day("ab1", "ac1")
    shown = {}
    for last in (1, 8):
        starts = (datetime(2027, 3, 1, 9), datetime(2027, 3, last, 10))
        rounds = (
            block.model_copy(update={"starts_at": start})
            for block, start in zip(schedule.rounds, starts, strict=True)
        )
        timed = schedule.model_copy(update={"rounds": tuple(rounds)})
        shown[last] = text(schedule_summary(named("abc"), timed))
    assert "10:00" in shown[1]
    assert "01.03." not in shown[1]
    assert "08.03. 10:00" in shown[8]


def test_a_round_is_shown_table_by_table_with_what_each_meeting_is_for() -> None:
    schedule = day("ab1 cd2", "ac1")
    block = schedule.rounds[1]
    meeting = block.meetings[0].model_copy(update={"purpose_line": "a can help c"})
    second = block.model_copy(update={"meetings": (meeting,)})
    told = schedule.model_copy(update={"rounds": (schedule.rounds[0], second)})
    row = line(round_sheet(named("abcd", a="Ada"), told, 2), "     1")
    assert row.split("   ")[-1].strip() == "a can help c"
    assert "Ada and c" in row


def test_every_fifth_of_satisfaction_counts_its_people_and_the_last_the_fully_satisfied() -> None:
    rated = [0.0, 0.199, 0.2, 0.599, 0.8, 1.0, None]
    shares = [share(f"a{k}", value) for k, value in enumerate(rated)]
    assert [band.people for band in bands(shares)] == [2, 1, 1, 0, 2]


def test_the_lowest_are_named_lowest_first() -> None:
    shares = (share("a", 0.9), share("b", 0.25), share("c", None), share("d", 0.5), share("e", 1.0))
    schedule = day("ab1", attendees=shares)
    shown = line(schedule_summary(named("abcde", b="Bo"), schedule), "lowest")
    assert shown.endswith(" Bo 25 %, d 50 %, a 90 %")


def test_the_best_triangles_are_told() -> None:
    found = tuple(
        Triangle(attendees=trio, value=value, round_closed=2)
        for trio, value in ((("a", "b", "c"), 0.1), (("a", "b", "d"), 0.6), (("b", "c", "d"), 0.2))
    )
    shown = text(schedule_summary(named("abcd", a="Ada"), day("ab1", triangles=found)))
    assert "3 closed, worth 0.900" in shown
    assert shown.index("0.600  Ada, b, d (round 2)") < shown.index("0.200  b, c, d")


def test_a_schedule_without_figures_shows_its_rounds() -> None:
    shown = text(schedule_summary(named("abcd"), day("ab1 cd2", quality=None)))
    assert "4 attendees, 1 round, 2 meetings" in shown
    assert "objective" not in shown


def test_a_replan_tells_changes_in_words_and_whom_to_tell() -> None:
    event = named("abcd", a="Ada", c="Cy")
    gone = event.attendees[3].model_copy(update={"absent_rounds": (2,)})
    asked = event.model_copy(
        update={
            "attendees": (*event.attendees[:3], gone),
            "published": day("ab1 cd2", "ad1 bc2"),
            "held_rounds": 1,
        }
    )
    waived = (Waiver(pair=("a", "d"), reason="d is absent"),)
    shown = replan_summary(asked, day("ab1 cd2", "bc3", waived=waived))
    assert "2 forced, 1 chosen" in line(shown, "broken")
    assert line(shown, "changed").endswith(" Ada: round 2 d → nobody")
    assert line(shown, "new table").endswith(" b (round 2), Cy (round 2)")
    assert line(shown, "tell").endswith(" Ada, b, Cy")
    assert line(shown, "waived").endswith(" Ada and d: d is absent")


def test_an_agenda_is_one_persons_day_with_reasons() -> None:
    rows = text(agenda(named("abc", b="Bo"), day("ab1", "bc2", "ac3"), "a")).splitlines()
    assert [row.split() for row in rows[4:6]] == [
        ["1", "1", "Bo", "both", "gain"],
        ["3", "3", "c", "both", "gain"],
    ]


def test_a_missed_meeting_is_neither_counted_nor_listed() -> None:
    schedule = day("ab1 ab2")
    missed, added = schedule.rounds[0].meetings
    missed = missed.model_copy(update={"outcome": "missed"})
    block = schedule.rounds[0].model_copy(update={"meetings": (missed, added)})
    told, event = schedule.model_copy(update={"rounds": (block,)}), named("ab")
    assert "1 meeting " in text(schedule_summary(event, told))
    for shown in (agenda(event, told, "a"), round_sheet(event, told, 1)):
        assert len([row for row in text(shown).splitlines() if row.strip()[:1].isdigit()]) == 1


def test_wishes_are_told_with_the_most_that_any_schedule_keeps() -> None:
    wishes = Wishes(asked=31, met=22, mutual=10, mutual_met=9, empty_handed=1)
    quality = QUALITY.model_copy(update={"wishes": wishes, "mutual_wishes_at_most": 10})
    shown = text(schedule_summary(named("ab"), day("ab1", quality=quality)))
    assert "22 of 31 met" in shown
    assert "mutual wishes met: 9; no schedule keeps more than 10" in shown
    assert "wished for: 1" in shown
    assert "wish" not in text(schedule_summary(named("ab"), day("ab1")))


def test_who_has_no_open_table_is_listed_and_told() -> None:
    rows = (("a", 1), ("a", 2), ("b", 1))
    notes = tuple(Note(code="place_closed", attendee=v, round=r) for v, r in rows)
    event, shut = named("abcd", a="Ada"), day("cd2", "cd2", notes=notes)
    told = " Ada (round 1, 2), b (round 1)"
    assert line(schedule_summary(event, shut), "no open table").endswith(told)
    asked = event.model_copy(update={"published": day("cd2", "cd2", notes=notes[:2])})
    shown = replan_summary(asked, shut)
    assert line(shown, "no open table").endswith(told)
    assert line(shown, "tell").endswith(" b")
    assert "no open table" not in text(schedule_summary(event, day("cd2")))


def test_whose_minimum_is_filled_is_listed_with_the_price_and_they_are_not_told() -> None:
    price = InsteadOfOpen(partner="b", round=2, points=0.8)
    notes = (
        Note(code="minimum_filled", attendee="a", meetings=2, price=price),
        Note(code="minimum_filled", attendee="c", meetings=1),
    )
    event, filled = named("abcd", a="Ada"), day("cd2", "cd2", notes=notes)
    shown = text(schedule_summary(event, filled))
    assert "Ada: open conversations fill 2 of it; b in round 2 instead costs at most" in shown
    assert "c: open conversations fill 1 of it" in shown
    assert "no open table" not in shown
    asked = event.model_copy(update={"published": day("cd2", "cd2")})
    assert "tell" not in text(replan_summary(asked, filled))
    assert "minimum" not in text(schedule_summary(event, day("cd2")))
