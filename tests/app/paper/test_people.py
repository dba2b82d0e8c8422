"""How paper names people, and in which order."""

from app.exports.schedule_rows import NamedSchedule
from app.paper.people import PaperPeople, PaperPerson
from schemas.event import Attendee
from schemas.schedule import Schedule
from tests.app.exports.rooms import day_of

TWICE = (
    Attendee(id="a", name="Zoë Kaart", organisation=" Petal "),
    Attendee(id="b", name="Zoë Kaart"),
    Attendee(id="c", languages=("en", "ja", "zh")),
)
PEOPLE = PaperPeople(NamedSchedule(day_of(*TWICE), Schedule(rounds=())))


def test_names_come_with_where_somebody_is_from() -> None:
    assert PEOPLE.person("a") == PaperPerson("Zoë Kaart", "Petal", "")
    assert PEOPLE.person("gone") == PaperPerson("gone", "", "")


def test_two_of_one_name_are_told_apart_where_they_must_be() -> None:
    assert PEOPLE.person("b").name == "Zoë Kaart"
    assert PEOPLE.distinct("b").name == "Zoë Kaart (b)"


def test_the_first_language_with_shapes_of_its_own_is_kept() -> None:
    assert PEOPLE.person("c") == PaperPerson("c", "", "ja")


def test_case_and_accents_do_not_matter_for_the_order() -> None:
    names = ("émile", "Eva", "Emil", "Жук", "Élan")
    people = (Attendee(id=f"p{k}", name=name) for k, name in enumerate(names))
    order = PaperPeople(NamedSchedule(day_of(*people), Schedule(rounds=())))
    ids = order.by_name([f"p{k}" for k in range(5)])
    assert [order.person(v).name for v in ids] == ["Élan", "Emil", "émile", "Eva", "Жук"]
