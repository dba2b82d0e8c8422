"""An event as a workbook, and read again: the same event, also from other programs."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from app.errors import Invalid, StateConflict
from app.exports.event_workbook import event_workbook_of
from app.imports.event_book import read_event_book
from app.imports.event_layout import MARKER
from app.presets.catalogue import fill_in
from app.strict_json import parse_as
from schemas import limits
from schemas.base import Wire
from schemas.benefits import Benefit
from schemas.event import Attendee, Avoided, Event, Matching, Offer, Round, Want
from tests.app.exports.office import NEEDS_OFFICE, converted, shown
from tests.app.exports.rooms import day_of
from tests.app.exports.whole_events import NASTY, whole_events

ROOT = Path(__file__).parents[3]
EVENTS = (ROOT / "app/demo/event.json", *sorted(ROOT.glob("app/demo/presets/*.json")))
CASES = sorted((ROOT / "../shared/cases").glob("*/event.json"))
SHEETS = ["People", "Rounds", "Pairs", "Benefits", "Settings", MARKER]


def assert_the_same(event: Event, raw: bytes) -> None:
    again = read_event_book(raw)
    assert again == event
    assert again.model_dump_json() == event.model_dump_json()


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(whole_events())
def test_whatever_an_event_holds_comes_back(event: Event) -> None:
    assert_the_same(event, event_workbook_of(event))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_the_events_that_ship_come_back(path: Path) -> None:
    raw = path.read_bytes()
    named = fill_in(path.stem, raw) if path.parent.name == "presets" else raw  # type: ignore[arg-type]
    event = parse_as(Event, named)
    assert_the_same(event, event_workbook_of(event))


@pytest.mark.skipif(not CASES, reason="there are no cases beside this folder")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_the_events_of_the_cases_come_back(path: Path) -> None:
    try:
        event = parse_as(Event, path.read_bytes())
    except Invalid:
        pytest.skip("no event")
    assert_the_same(event, event_workbook_of(event))


def test_texts_that_spreadsheets_would_change_come_back() -> None:
    people = [
        Attendee(id=f"p{k}", name=text, labels={"role": text, text: text}, interests=(text,))
        for k, text in enumerate(NASTY)
    ]
    event = day_of(*people, name="\u200b_x005F_x0041_")
    assert_the_same(event, event_workbook_of(event))


def test_every_field_is_tried_above() -> None:
    """A field that is new must be drawn too."""
    source = (Path(__file__).parent / "whole_events.py").read_text(encoding="utf-8")
    models: tuple[type[Wire], ...] = (Attendee, Round, Event)
    names = {name for model in models for name in model.model_fields}
    assert {
        name for name in names if f'"{name}"' not in source and f"{name}=" not in source
    } == set()


def test_what_is_too_long_for_a_cell_goes_on_beside_it_or_below() -> None:
    ids = [f"{k:064}" for k in range(1_000)]
    sentence = "\U0001f469" * 500
    event = day_of(
        Attendee(id="a", avoid=tuple(ids)),
        Attendee(id="b", avoid=(Avoided(id="a", soft=True), *ids[1:])),
        *(Attendee(id=v) for v in ids),
        matching=Matching(
            synonyms=(("x" * 100,) * 50,) * 20, confirmed=((sentence, sentence),) * 40
        ),
        name="N" * 200,
    )
    assert_the_same(event, event_workbook_of(event))


def test_people_stand_in_columns_that_somebody_can_edit() -> None:
    event = day_of(
        Attendee(
            id="007", name="=1+1", offers=(Offer(text="tea; cake"), Offer(text="jam")),
            wants=(Want(id="b", must=True),), languages=("en", "de"), labels={"role": "buyer"},
        ),
        Attendee(id="b", welcomes_pitches=False, intents=("mentor", "clients")),
    )  # fmt: skip
    book = openpyxl.load_workbook(BytesIO(event_workbook_of(event)))
    assert book.sheetnames == SHEETS
    header, first, second = ([cell.value for cell in row] for row in book["People"].iter_rows())
    one, two = (dict(zip(header, row, strict=True)) for row in (first, second))
    assert {name: value for name, value in one.items() if value is not None} == {
        "Name": "=1+1", "ID": "007", "Offers": '"tea; cake"\njam', "Wants to meet": "b must",
        "Languages": "en; de", "Label: role": "buyer",
    }  # fmt: skip
    assert (two["Goals"], two["Welcomes pitches"]) == ("find a mentor; find clients", "no")
    kinds = {cell.value: cell.data_type for cell in book["People"][2]}
    assert kinds["=1+1"] == "s"


def test_the_same_event_gives_the_same_bytes() -> None:
    assert event_workbook_of(day_of()) == event_workbook_of(day_of())


def test_lists_that_would_not_be_read_again_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_ROWS", 1)
    event = day_of(benefits=tuple(Benefit(attendee="a", partner=v, value=0.5) for v in "bc"))
    with pytest.raises(StateConflict) as refusal:
        event_workbook_of(event)
    assert refusal.value.errors[0].code == "too_many_rows"


@NEEDS_OFFICE
def test_libreoffice_saves_the_same_event(tmp_path: Path) -> None:
    people = [
        Attendee(id=f"p{k}", name=text, offers=(Offer(text=text),)) for k, text in enumerate(NASTY)
    ]
    event = day_of(*people, name="=1+1")
    content = event_workbook_of(event)
    assert_the_same(event, converted(content, "xlsx", tmp_path).read_bytes())
    assert shown(content, tmp_path)[1][0] == "=1+1"
