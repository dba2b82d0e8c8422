"""What the options of an export ask for."""

from pathlib import Path

import pytest

from app.exports.schedule_file import FileRequest
from app.terminal.export import exported_file, file_request, template_format
from app.terminal.failure import Failure
from tests.app.exports.rooms import TWO_ROUNDS, day_of


@pytest.mark.parametrize(
    ("name", "wanted", "request_"),
    [
        ("day.xlsx", None, FileRequest("xlsx")),
        ("day.ICS", None, FileRequest("ics")),
        ("day.txt", "csv", FileRequest("csv")),
        ("-", "json", FileRequest("json")),
    ],
)
def test_the_format_is_that_of_the_ending_unless_one_is_named(
    name: str, wanted: str | None, request_: FileRequest
) -> None:
    assert file_request(wanted, Path(name), None, None, None) == request_


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((None, Path("day.txt"), None, None, None), "--format: say which; txt tells none"),
        ((None, Path("-"), None, None, None), "a name without an ending tells none"),
        (("pdf", Path("-"), None, None, None), "json, csv, xlsx, ics and zoom there are"),
        (("csv", Path("-"), "tables", None, None), "--rows: there are none of this name"),
        (("xlsx", Path("-"), "people", None, None), "--rows: only a csv"),
        (("zoom", Path("-"), None, None, None), "--round: Zoom has one list"),
        (("csv", Path("-"), None, None, Path("old.json")), "--from: only an xlsx"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    options: tuple[str | None, Path, str | None, int | None, Path | None], told: str
) -> None:
    with pytest.raises(Failure, match=told):
        file_request(*options)


def test_what_a_schedule_lacks_is_told() -> None:
    with pytest.raises(Failure, match="d has no e-mail address"):
        exported_file(day_of(), TWO_ROUNDS, FileRequest("zoom", round=1), None)


def test_a_template_has_the_format_of_its_ending() -> None:
    assert template_format(Path("people.XLSX")) == "xlsx"
    with pytest.raises(Failure, match="--out: say which by its ending: xlsx and csv there are"):
        template_format(Path("-"))
