"""What stands on a card, in whose language, and by what it is told from another."""

import json
from datetime import timedelta

from app.paper.cards import Card, CardWriter, marks_of
from schemas.breaks import Break
from schemas.day import DayState
from schemas.event import Attendee, Event
from schemas.schedule import Schedule, ScheduledRound
from tests.app.exports.rooms import NINE, PEOPLE, TWO_ROUNDS, day_of, meeting


def cards_of(
    event: Event, schedule: Schedule = TWO_ROUNDS, day: DayState | None = None
) -> dict[str, Card]:
    return {card.id: card for card in CardWriter(event, schedule, day or DayState()).cards()}


def told(card: Card) -> list[tuple[str, int | None, str]]:
    """Time, table and partner of each round, or the words in their place."""
    return [
        (line.time, line.table, line.partner.name if line.partner else line.words)
        for line in card.lines
    ]


def test_a_card_says_when_where_and_whom() -> None:
    cards = cards_of(day_of())
    assert told(cards["d"]) == [("09:00", 12, "c"), ("09:15", 1, "Ada")]
    assert cards["a"].person.organisation == "Ada & Co"
    assert cards["d"].lines[1].partner == cards["a"].person


def test_without_a_partner_it_says_so_in_words() -> None:
    cards = cards_of(day_of())
    assert told(cards["b"]) == [("09:00", None, "No meeting"), ("09:15", None, "No meeting")]
    assert told(cards["c"])[1] == ("09:15", None, "Not expected")
    off = DayState(cancellations={"i1": 2})
    assert told(cards_of(day_of(), day=off)["d"])[1] == ("09:15", None, "Round cancelled")


def test_a_break_is_called_one() -> None:
    people = [
        PEOPLE[0],
        PEOPLE[1].model_copy(update={"breaks": (Break.model_validate({"from": 1, "to": 2}),)}),
    ]
    met = ScheduledRound(round=1, meetings=(meeting("ab"),))
    schedule = Schedule(rounds=(met, ScheduledRound(round=2, byes=("a", "b"))))
    assert [told(card)[1][2] for card in cards_of(day_of(*people), schedule).values()] == [
        "No meeting",
        "Break",
    ]


def test_a_card_is_in_its_readers_language() -> None:
    german = PEOPLE[1].model_copy(update={"languages": ("de", "en")})
    cards = cards_of(day_of(PEOPLE[0], german, *PEOPLE[2:]))
    assert cards["b"].language == "de"
    assert told(cards["b"])[0][2] == "Kein Gespräch"
    assert cards["a"].language == "en"


def test_cards_come_by_name() -> None:
    names = {"a": "Öhler", "b": "Zoff", "c": "oak", "d": "Ähre"}
    event = day_of(*(Attendee(id=v, name=name) for v, name in names.items()))
    assert "".join(cards_of(event)) == "dcab"


def test_who_is_not_expected_any_more_needs_no_card() -> None:
    event = day_of()
    assert {*cards_of(event)} == set("abcd")
    begun = event.model_copy(update={"held_rounds": 1})  # c is absent from the second
    assert {*cards_of(begun)} == set("abd")
    over = event.model_copy(update={"held_rounds": 2})
    assert {*cards_of(over)} == set("abcd")


def test_who_is_not_in_the_schedule_has_none() -> None:
    event = day_of(*PEOPLE, Attendee(id="e", name="Eve"))
    assert {*cards_of(event)} == set("abcd")


def test_a_card_says_nothing_of_what_meetings_are_for() -> None:
    secrets = {
        "needs": [{"text": "a secret"}], "avoid": ["b"], "wants": ["d"], "email": "a@example.org",
    }  # fmt: skip
    shy = Attendee.model_validate_json(json.dumps({"id": "a", "name": "Ada"} | secrets))
    whole = str(cards_of(day_of(shy, *PEOPLE[1:])))
    for word in ("secret", "mutual", "0.572", "example.org", "avoid", "want"):
        assert word not in whole


def test_what_changes_a_card_changes_its_mark() -> None:
    before = marks_of([*cards_of(day_of()).values()])

    def changed(event: Event, schedule: Schedule = TWO_ROUNDS) -> str:
        now = marks_of([*cards_of(event, schedule).values()])
        return "".join(v for v in sorted(now) if now[v] != before[v])

    assert changed(day_of()) == ""
    bo = PEOPLE[0].model_copy(update={"name": "Bo"})
    assert changed(day_of(bo, *PEOPLE[1:])) == "ad"  # d meets a
    slots = day_of().rounds
    late = slots[1].model_copy(update={"starts_at": NINE + timedelta(minutes=20)})
    assert changed(day_of().model_copy(update={"rounds": (slots[0], late)})) == "abcd"
    moved = ScheduledRound(round=2, meetings=(meeting("ad", 2),), byes=("b",), absent=("c",))
    assert changed(day_of(), Schedule(rounds=(TWO_ROUNDS.rounds[0], moved))) == "ad"
    speaking = PEOPLE[2].model_copy(update={"languages": ("de",)})
    assert changed(day_of(*PEOPLE[:2], speaking, PEOPLE[3])) == "c"


def test_marks_have_a_part_for_each_round() -> None:
    marks = marks_of([*cards_of(day_of()).values()])
    assert {len(text.split()) for text in marks.values()} == {3}
