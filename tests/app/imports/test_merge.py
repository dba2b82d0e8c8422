"""A file among the people of an event: nothing is taken from anybody."""

from app.imports.mapping import propose_mapping
from app.imports.merge import merge_people, report_import
from app.imports.people import read_people
from schemas.event import Attendee
from tests.app.imports.guests import columns_of

ADA = Attendee(id="1", name="Ada", email="ada@a.example", priority=150, labels={"hat": "red"})
BELA = Attendee(id="2", name="Béla")


def told(**fields: object) -> Attendee:
    return Attendee.model_validate({"id": "1", **fields})


def test_fields_that_the_file_has_not_stay() -> None:
    (ada,), counts = merge_people([ADA], [told(name="Ada Ahorn", labels={"shoe": "blue"})])
    assert (ada.name, ada.priority, ada.email) == ("Ada Ahorn", 150, "ada@a.example")
    assert ada.labels == {"hat": "red", "shoe": "blue"}
    assert (counts.created, counts.updated, counts.unchanged) == (0, 1, 0)


def test_who_is_unchanged_is_the_same_to_the_byte() -> None:
    (ada,), counts = merge_people([ADA], [told(name="Ada", labels={"hat": "red"})])
    assert ada is ADA
    assert (counts.created, counts.updated, counts.unchanged) == (0, 0, 1)


def test_people_who_are_not_in_the_file_stay_and_are_listed() -> None:
    merged, counts = merge_people([ADA, BELA], [told(name="Ada"), Attendee(id="3")])
    assert [one.id for one in merged] == ["1", "2", "3"]
    assert counts.not_in_file == ("2",)
    assert counts.created == 1


def test_a_report_tells_of_people_under_another_id() -> None:
    table = columns_of({"ID": ["x9"], "Name": ["ADA"], "E-Mail": ["Ada@a.example"]})
    mapping = propose_mapping(table)
    people = read_people(table, mapping)
    _, counts = merge_people([ADA], people.attendees)
    report = report_import(people, mapping, [ADA], counts, ["semicolons"])
    assert [problem.code for problem in report.problems] == ["listed_already"]
    assert report.notes == ("semicolons",)
    assert (report.rows, report.created, report.not_in_file) == (1, 1, ("1",))
