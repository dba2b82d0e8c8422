"""Workbooks that we wrote, edited by hand: read with the edits, or told where they are broken."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.errors import Invalid
from app.exports.event_workbook import event_workbook_of
from app.imports.event_book import read_event_book
from app.imports.event_layout import MARKER
from schemas.breaks import Break
from schemas.event import Attendee, Event, Need, Offer, PairRule, Policy, Want
from tests.app.exports.rooms import day_of
from tests.app.imports.files import xlsx_of

Edit = Callable[[Any], object]

EVENT = day_of(
    Attendee(id="a", name="Ada", labels={"role": "buyer"}, avoid=("b",)),
    Attendee(id="b", name="Ben", min_meetings=1),
    Attendee(id="c", email="c@example.org"),
    policy=Policy(idle="leave"),
    pair_rules=(PairRule(kind="require", pair=("a", "c"), round=1),),
)


def edited(edit: Edit, event: Event = EVENT) -> bytes:
    """The workbook of an event after somebody has edited and saved it."""
    book = openpyxl.load_workbook(BytesIO(event_workbook_of(event)))
    edit(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def read(edit: Edit) -> Event:
    event = read_event_book(edited(edit))
    assert event is not None
    return event


def place(sheet: Any, header: str, row: int) -> Any:
    """A cell by the name of its column."""
    names = [cell.value for cell in sheet[1]]
    return sheet.cell(row, names.index(header) + 1)


def put(sheet: str, header: str, row: int, value: Any) -> Edit:
    def edit(book: Any) -> None:
        place(book[sheet], header, row).value = value

    return edit


def test_any_other_file_is_no_event() -> None:
    assert read_event_book(b"Name,Email\r\n") is None
    assert read_event_book(xlsx_of()) is None


def test_what_somebody_else_saved_is_the_same_event() -> None:
    assert read(lambda _: None) == EVENT


@pytest.mark.parametrize(
    ("header", "value", "field", "expected"),
    [
        ("Name", "Bea", "name", "Bea"),
        ("Name", None, "name", None),
        ("Name", 12, "name", "12"),
        ("Offers", "jam; tea\nhelp, and more", "offers", ("jam", "tea", "help, and more")),
        ("Goals", "learn, find clients", "intents", ("learning", "clients")),
        ("Languages", "English, German", "languages", ("en", "de")),
        ("Wants to meet", "c must, a", "wants", (Want(id="c", must=True), Want(id="a"))),
        ("Absent rounds", "2", "absent_rounds", (2,)),
        ("Absent rounds", "1-2", "absent_rounds", (1, 2)),
        ("Table", 3, "table", 3),
        ("Table", "3; 5", "table", (3, 5)),
        ("Breaks", "1-2", "breaks", (Break.model_validate({"from": 1, "to": 2}),)),
        ("Max meetings", 4, "max_meetings", 4),
        ("Priority", "150", "priority", 150),
        ("Known share", 0.25, "known_share", 0.25),
        ("Restricted", "no", "restricted", False),
        ("Welcomes pitches", "yes", "welcomes_pitches", True),
        ("Welcomes pitches", "printing; insurance", "welcomes_pitches", ("printing", "insurance")),
        ("Needs", 'json:[{"text": "x", "weight": 0.5}]', "needs", (Need(text="x", weight=0.5),)),
    ],
)
def test_a_cell_is_read_as_somebody_writes_it(
    header: str, value: Any, field: str, expected: Any
) -> None:
    attendee = read(put("People", header, 3, value)).attendees[1]
    if field == "offers":
        expected = tuple(Offer(text=text) for text in expected)
    assert getattr(attendee, field) == expected
    others = {name for name in Attendee.model_fields if name != field}
    assert {getattr(attendee, name) == getattr(EVENT.attendees[1], name) for name in others} == {
        True
    }


def test_rows_may_be_moved_deleted_and_added_without_an_id() -> None:
    def edit(book: Any) -> None:
        people = book["People"]
        people.delete_rows(3)
        place(people, "Does not want to meet", 2).value = None
        place(people, "Name", 4).value = "Dea"
        place(people, "Label: role", 4).value = "seller"

    found = read(edit)
    assert [(v.id, v.name) for v in found.attendees][:2] == [("a", "Ada"), ("c", None)]
    dea = found.attendees[2]
    assert (dea.id[:2], dea.name, dea.labels) == ("p-", "Dea", {"role": "seller"})


def test_a_new_column_is_a_label() -> None:
    def edit(book: Any) -> None:
        sheet = book["People"]
        place = sheet.max_column + 1
        sheet.cell(1, place, "Table colour")
        sheet.cell(2, place, "red")

    assert read(edit).attendees[0].labels == {"role": "buyer", "Table colour": "red"}


def test_rounds_rules_and_settings_can_be_edited() -> None:
    def edit(book: Any) -> None:
        place(book["Rounds"], "Minutes", 2).value = 12
        place(book["Rounds"], "Starts at", 3).value = datetime(2027, 3, 4, 11, 30)
        place(book["Pairs"], "Rule", 2).value = "forbid"
        settings = book["Settings"]
        for row in settings.iter_rows(min_row=2):
            if row[0].value == "policy/idle":
                row[1].value = "fill"
        settings.append(["policy/min_benefit", 0.1])
        settings.append(["language", "German"])

    found = read(edit)
    assert [one.minutes for one in found.rounds] == [12, 10]
    assert found.rounds[1].starts_at == datetime(2027, 3, 4, 11, 30)
    assert found.pair_rules[0].kind == "forbid"
    assert (found.policy.idle, found.policy.min_benefit, found.language) == ("fill", 0.1, "de")


def without(title: str) -> Edit:
    return lambda book: book.remove(book[title])


def twice(book: Any) -> None:
    sheet = book["People"]
    sheet.cell(1, sheet.max_column + 1, "Email")


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            put("People", "Max meetings", 3, "many"),
            "sheet “People”, row 3, column “Max meetings”: a number is needed",
        ),
        (
            put("People", "Min meetings", 3, 999),
            "sheet “People”, row 3, column “Min meetings”: ",
        ),
        (
            put("People", "Goals", 2, "world peace"),
            "sheet “People”, row 2, column “Goals”: goals are: find clients, suppliers",
        ),
        (
            put("People", "Absent rounds", 2, "the first"),
            "sheet “People”, row 2, column “Absent rounds”: numbers are needed, such as 1, 3-5",
        ),
        (
            put("People", "Absent rounds", 2, "1-999999999"),
            "sheet “People”, row 2, column “Absent rounds”: these are too many numbers",
        ),
        (
            put("People", "Does not want to meet", 2, "zoe"),
            "sheet “People”, row 2, column “Does not want to meet”: no attendee",
        ),
        (put("People", "ID", 3, "b b"), "sheet “People”, row 3, column “ID”: "),
        (
            put("People", "Labels", 2, "red"),
            "sheet “People”, row 2, column “Labels”: an object in JSON is needed",
        ),
        (
            put("People", "Name", 2, "json:{"),
            "sheet “People”, row 2, column “Name”: what stands after json: is no JSON",
        ),
        (
            put("Rounds", "Starts at", 2, "nine"),
            "sheet “Rounds”, row 2, column “Starts at”: ",
        ),
        (put("Rounds", "Minutes", 1, "Length"), "sheet “Rounds”, row 1, column “Length”: columns"),
        (
            put("Pairs", "Rule", 2, "maybe"),
            "sheet “Pairs”, row 2, column “Rule”: one of these is needed: forbid, require, met",
        ),
        (put("Pairs", "In round", 2, 7), "sheet “Pairs”, row 2, column “In round”: there are 2"),
        (
            lambda book: book["Settings"].append(["policy/idle", "perhaps"]),
            "sheet “Settings”, row 5: ",
        ),
        (
            lambda book: book["Settings"].append(["name/first", "x"]),
            "sheet “Settings”, row 5: there is no place for this setting in the event",
        ),
        (
            lambda book: book["Settings"].append(["colour", "red"]),
            "sheet “Settings”, row 5: ",
        ),
        (without("Rounds"), "sheet “Rounds”: is missing, or has no names of columns"),
        (without("Settings"), "sheet “Settings”: is missing, or has no names of columns"),
        (twice, "sheet “People”, row 1, column “Email”: another column is called so too"),
    ],
)
def test_a_broken_edit_is_told_where_it_stands(edit: Edit, told: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(edit)
    (error,) = refusal.value.errors
    assert error.message.startswith(told), error.message
    assert error.pointer == ""


@pytest.mark.parametrize(
    "value", ['json:"\\ud800"', "json:1e999", "json:NaN", "json:" + "[" * 5_000, "json:"]
)
def test_json_that_no_event_could_hold_is_told(value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(put("People", "Name", 2, value))
    assert "what stands after json: is no JSON" in refusal.value.errors[0].message


@pytest.mark.parametrize("value", ["1e999", "Infinity", "[" * 5_000, '"\\ud800"', "{" * 900])
def test_a_setting_of_no_sense_is_a_text_of_no_sense(value: str) -> None:
    with pytest.raises(Invalid, match="not valid"):
        read(lambda book: book["Settings"].append(["seed", value]))


def test_several_broken_edits_are_told_at_once() -> None:
    def edit(book: Any) -> None:
        place(book["People"], "Priority", 2).value = "high"
        place(book["Pairs"], "At table", 2).value = "window"

    with pytest.raises(Invalid) as refusal:
        read(edit)
    assert len(refusal.value.errors) == 2


def test_hidden_columns_and_rows_count_as_others_do() -> None:
    def edit(book: Any) -> None:
        book["People"].column_dimensions["A"].hidden = True
        book["People"].row_dimensions[3].hidden = True
        book[MARKER].sheet_state = "hidden"

    assert read(edit) == EVENT
