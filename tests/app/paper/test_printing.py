"""Every kind of paper as PDF: how many sheets, what stands on them, and always the same."""

import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from typing import get_args

import pypdf
import pytest

from app.errors import StateConflict
from app.exports.schedule_file import FileRequest, PaperKind
from app.paper.printing import card_stock, print_paper
from bench.exports import event_with, schedule_with
from schemas.day import DayState
from schemas.event import Attendee, Event
from schemas.schedule import Schedule
from tests.app.exports.rooms import PEOPLE, TWO_ROUNDS, day_of

KINDS: Sequence[PaperKind] = get_args(PaperKind)
A4, A3, LANDSCAPE = (595, 842), (842, 1191), (842, 595)


def printed(
    kind: PaperKind, event: Event | None = None, schedule: Schedule = TWO_ROUNDS
) -> pypdf.PdfReader:
    """The paper of a schedule, by default of the small day."""
    request = FileRequest("pdf", paper=kind)
    made = print_paper(event or day_of(), schedule, DayState(), request)
    return pypdf.PdfReader(BytesIO(made.content))


def words_on(reader: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("kind", KINDS)
def test_equal_days_give_equal_bytes(kind: PaperKind) -> None:
    first, second = (
        print_paper(day_of(), TWO_ROUNDS, DayState(), FileRequest("pdf", paper=kind))
        for _ in range(2)
    )
    assert first == second
    assert b"CreationDate" not in first.content


@pytest.mark.parametrize("kind", KINDS)
def test_sheets_are_of_their_size(kind: PaperKind) -> None:
    size = {"boards-a3": A3, "grid": LANDSCAPE}.get(kind, A4)
    for page in printed(kind).pages:
        assert tuple(map(round, page.mediabox[2:])) == size


@pytest.mark.parametrize(
    ("kind", "pages"),
    [
        ("badges", 3),  # of ten
        ("cards", 6),  # of four
        ("tents", 11),  # a table
        ("boards-a4", 3),  # a round
        ("boards-a3", 3),
        ("grid", 1),
        ("plan", 1),
    ],
)
def test_it_takes_as_many_sheets_as_it_takes(kind: PaperKind, pages: int) -> None:
    event = event_with(22, 3)
    assert len(printed(kind, event, schedule_with(event)).pages) == pages


def test_more_people_than_fit_on_a_board_have_another_sheet() -> None:
    event = event_with(60, 1)
    board = printed("boards-a4", event, schedule_with(event))
    assert len(board.pages) == 2
    assert [page.extract_text().count("Person Number") for page in board.pages] == [48, 12]
    assert "2/2" in board.pages[1].extract_text()


def test_more_rounds_than_fit_on_a_badge_have_another_one() -> None:
    event = event_with(4, 14)
    whole = words_on(printed("badges", event, schedule_with(event, 1)))
    assert whole.count("You meet") == 8
    assert whole.count("1/2") == 4


def test_a_card_says_its_rounds_in_its_language() -> None:
    german = PEOPLE[3].model_copy(update={"languages": ("de",)})
    whole = words_on(printed("badges", day_of(*PEOPLE[:3], german)))
    for words in ("You meet", "Sie treffen", "No meeting", "09:15", "=1+1", "Ada & Co"):
        assert words in whole


def test_without_times_rounds_are_told_by_number() -> None:
    event = event_with(4, 1).model_copy(update={"rounds": (day_of().rounds[0],)})
    untimed = event.rounds[0].model_copy(update={"starts_at": None})
    bare = event.model_copy(update={"rounds": (untimed,)})
    whole = words_on(printed("badges", bare, schedule_with(bare)))
    assert "Round Table You meet" in whole
    assert "Time" not in whole


def test_a_tent_says_its_table_on_both_sides() -> None:
    text = printed("tents").pages[0].extract_text()
    assert text.count("Table") == 2
    assert text.count("Ada") == 2


def test_the_grid_has_a_box_for_each_pair() -> None:
    text = words_on(printed("grid"))
    assert "Tick a pair that sits at its table." in text
    assert "Round 2, 09:15" in text


def test_the_plan_says_whom_to_ask() -> None:
    assert "ask in this order: 李小龍." in words_on(printed("plan"))


def test_a_long_plan_goes_on_rather_than_being_cut() -> None:
    event = event_with(4, 90)
    plan = printed("plan", event, schedule_with(event))
    assert len(plan.pages) > 1
    assert "Round 90" in words_on(plan)


def test_only_cards_that_differ_are_printed() -> None:
    before = card_stock(day_of(), TWO_ROUNDS, DayState()).marks
    renamed = day_of(PEOPLE[0].model_copy(update={"name": "Bo"}), *PEOPLE[1:])
    request = FileRequest("pdf", only="changed")
    paper = print_paper(renamed, TWO_ROUNDS, DayState(), request, before)
    assert (len(paper.printed), paper.cards) == (2, 4)
    with pytest.raises(StateConflict) as refusal:
        print_paper(day_of(), TWO_ROUNDS, DayState(), request, before)
    assert "no card differs" in refusal.value.errors[0].message


def test_where_nobody_is_expected_there_is_nothing_to_print() -> None:
    with pytest.raises(StateConflict) as refusal:
        printed("cards", day_of(Attendee(id="new")))
    assert "expects nobody" in refusal.value.errors[0].message


@pytest.mark.parametrize("kind", KINDS)
def test_what_no_font_has_is_told_on_a_page_of_its_own(kind: PaperKind) -> None:
    odd = PEOPLE[0].model_copy(update={"name": "A\ue000da"})
    paper = printed(kind, day_of(odd, *PEOPLE[1:]))
    *before, last = (page.extract_text() for page in paper.pages)
    assert "a: U+E000" in last
    assert "For the organiser" in last
    assert not any("For the organiser: no font" in text for text in before)


def test_neither_the_api_nor_a_solve_loads_what_sets_type() -> None:
    script = "import sys, app.main, app.planning.plan; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not {"typst", "segno", "app.paper.typesetting", "app.paper.cards"} & {
        *loaded.stdout.split()
    }
