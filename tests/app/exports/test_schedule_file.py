"""Which file is asked for, and what does not fit it."""

import pytest

from app.exports.schedule_file import KINDS, FileRequest, misplaced_choice, schedule_file
from schemas.day import DayState
from schemas.event import Attendee
from schemas.schedule import Schedule
from tests.app.exports.rooms import PEOPLE, TWO_ROUNDS, day_of

BEGINNINGS = {
    FileRequest(): b"{",
    FileRequest("csv"): b"\xef\xbb\xbfround,",
    FileRequest("csv", "meetings"): b"\xef\xbb\xbfround,",
    FileRequest("csv", "people"): b"\xef\xbb\xbfid,",
    FileRequest("xlsx"): b"PK",
    FileRequest("ics"): b"BEGIN:VCALENDAR",
    FileRequest("zoom", round=2): b"Pre-assign Room Name,Email Address\r\nRoom 01,ada@",
}


@pytest.mark.parametrize(("request_", "beginning"), BEGINNINGS.items())
def test_each_request_has_its_file(request_: FileRequest, beginning: bytes) -> None:
    assert misplaced_choice(request_) is None
    event = day_of(*PEOPLE[:3], Attendee(id="d", email="d@example.org"))
    made = schedule_file(event, TWO_ROUNDS, request_, None, DayState())
    assert made.startswith(beginning)


def test_json_is_the_document() -> None:
    made = schedule_file(day_of(), TWO_ROUNDS, FileRequest(), None, DayState())
    assert Schedule.model_validate_json(made) == TWO_ROUNDS


def test_every_format_is_a_kind_of_file() -> None:
    assert {request.format for request in BEGINNINGS} == KINDS.keys() - {"pdf"}
    with pytest.raises(ValueError, match="paper is made by"):
        schedule_file(day_of(), TWO_ROUNDS, FileRequest("pdf"), None, DayState())


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (FileRequest("xlsx", "people"), "rows"),
        (FileRequest("json", "meetings"), "rows"),
        (FileRequest("csv", round=1), "round"),
        (FileRequest("zoom"), "round"),
        (FileRequest("xlsx", paper="cards"), "paper"),
        (FileRequest(link="https://example.org/{id}"), "link"),
        (FileRequest("csv", only="changed"), "only"),
        (FileRequest("pdf", rows="people"), "rows"),
        (FileRequest("pdf", paper="tents", link="https://example.org/{id}"), "link"),
        (FileRequest("pdf", paper="plan", only="changed"), "only"),
        (FileRequest("pdf", link="https://example.org/"), "link"),
        (FileRequest("pdf", link="javascript:{id}"), "link"),
        (FileRequest("pdf", link="https:///{id}"), "link"),
        (FileRequest("pdf", link="https://example.org/a b/{id}"), "link"),
        (FileRequest("pdf", link="https://example.org/{id}\n"), "link"),
    ],
)
def test_choices_of_another_format_are_told(request_: FileRequest, field: str) -> None:
    misplaced = misplaced_choice(request_)
    assert misplaced is not None
    assert misplaced[0] == field


@pytest.mark.parametrize(
    "request_",
    [
        FileRequest("pdf"),
        FileRequest("pdf", paper="boards-a3"),
        FileRequest("pdf", paper="cards", link="HTTPS://example.org/day?who={id}", only="changed"),
        FileRequest("pdf", link="http://localhost:8000/{id}"),
    ],
)
def test_paper_takes_what_fits_it(request_: FileRequest) -> None:
    assert misplaced_choice(request_) is None


def test_a_file_is_called_by_its_paper() -> None:
    assert FileRequest("pdf").title == "badges"
    assert FileRequest("pdf", paper="cards", only="changed").title == "changed cards"
