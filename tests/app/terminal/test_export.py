"""What the options of an export ask for."""

from pathlib import Path

import pytest

from app.exports.schedule_file import FileRequest
from app.terminal.export import exported_file, file_request, template_format
from app.terminal.failure import Failure
from schemas.event import Attendee
from schemas.schedule import ScheduledRound
from tests.app.exports.rooms import TWO_ROUNDS, day_of, meeting


@pytest.mark.parametrize(
    ("name", "wanted", "request_"),
    [
        ("day.xlsx", None, FileRequest("xlsx")),
        ("day.ICS", None, FileRequest("ics")),
        ("day.txt", "csv", FileRequest("csv")),
        ("day.pdf", None, FileRequest("pdf")),
        ("-", "json", FileRequest("json")),
    ],
)
def test_the_format_is_that_of_the_ending_unless_one_is_named(
    name: str, wanted: str | None, request_: FileRequest
) -> None:
    assert file_request(wanted, Path(name)) == request_


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((None, Path("day.txt"), None, None, None), "--format: say which; txt tells none"),
        ((None, Path("-"), None, None, None), "a name without an ending tells none"),
        (("doc", Path("-"), None, None, None), "json, csv, xlsx, ics, zoom and pdf there are"),
        (("csv", Path("-"), "tables", None, None), "--rows: there are none of this name"),
        (("xlsx", Path("-"), "people", None, None), "--rows: only a csv"),
        (("zoom", Path("-"), None, None, None), "--round: Zoom has one list"),
        (("csv", Path("-"), None, None, Path("old.json")), "--from: only an xlsx"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    options: tuple[str | None, Path, str | None, int | None, Path | None], told: str
) -> None:
    wanted, out, rows, number, earlier = options
    with pytest.raises(Failure, match=told):
        file_request(wanted, out, rows, number, earlier=earlier)


def test_what_a_schedule_lacks_is_told() -> None:
    with pytest.raises(Failure, match="d has no e-mail address"):
        exported_file(day_of(), TWO_ROUNDS, FileRequest("zoom", round=1), None)


def test_a_template_has_the_format_of_its_ending() -> None:
    assert template_format(Path("people.XLSX")) == "xlsx"
    with pytest.raises(Failure, match="--out: say which by its ending: xlsx and csv there are"):
        template_format(Path("-"))


def test_what_is_not_on_paper_is_refused_in_words() -> None:
    with pytest.raises(Failure, match="--paper: none has this name: badges, cards, tents"):
        file_request("pdf", Path("-"), paper="posters")
    with pytest.raises(Failure, match="--link: an http or https address"):
        file_request("pdf", Path("-"), link="example.org/{id}")
    with pytest.raises(Failure, match="--from: only an xlsx, badges and cards"):
        file_request("pdf", Path("-"), paper="grid", earlier=Path("old.json"))


def test_an_earlier_schedule_asks_for_the_cards_that_differ() -> None:
    asked = file_request(None, Path("new.pdf"), paper="cards", earlier=Path("old.json"))
    assert asked == FileRequest("pdf", paper="cards", only="changed")


def test_how_many_cards_differ_is_told() -> None:
    other = ScheduledRound(round=2, meetings=(meeting("ab"),), byes=("d",), absent=("c",))
    now = TWO_ROUNDS.model_copy(update={"rounds": (TWO_ROUNDS.rounds[0], other)})
    made = exported_file(day_of(), now, FileRequest("pdf", only="changed"), TWO_ROUNDS)
    assert made.content.startswith(b"%PDF")
    assert made.told == ["3 of 4 cards"]  # c is away as before
    with pytest.raises(Failure, match="no card differs"):
        exported_file(day_of(), now, FileRequest("pdf", only="changed"), now)


def test_whose_name_cannot_be_printed_is_told_by_id() -> None:
    event = day_of(Attendee(id="a", name="\ue000da"), Attendee(id="d"))
    made = exported_file(event, TWO_ROUNDS, FileRequest("pdf", paper="grid"), None)
    assert made.told == ["a: no font has U+E000"]
