"""What an event surely does not mean, on rooms small enough to count by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from schemas.diagnosis import Finding
from schemas.event import Attendee, Event, Meet, Policy, Round
from solver.diagnosis.oversights import find_oversights
from solver.translate.prepare import instance_of
from tests.solver.compatibility.words import person


def found(people: Sequence[Attendee], rounds: int = 1, **fields: Any) -> dict[str, Finding]:
    event = Event(rounds=(Round(tables=9),) * rounds, attendees=tuple(people), **fields)
    return {finding.code: finding for finding in find_oversights(event, instance_of(event, ()))}


def roles(*values: str | None) -> list[Attendee]:
    """People p0, p1, … of these roles."""
    labels = ({"role": value} if value else {} for value in values)
    return [person(f"p{k}", labels=label) for k, label in enumerate(labels)]


def by_role(*pairs: tuple[str, str], **fields: Any) -> Policy:
    return Policy(meet=Meet(label="role", pairs=pairs, **fields))


BUYERS = by_role(("buyer", "supplier"))


def test_an_event_without_slips_is_told_nothing() -> None:
    people = [person("a", email="a@x.org", table=1), person("b", email="b@x.org")]
    assert found(people) == {}
    assert found(roles("buyer", "Supplier ", None), policy=BUYERS) == {}


def test_entries_with_one_address_are_named_without_it() -> None:
    addresses = ("One@x.org", "two@x.org", " ", None, "one@X.org", "three@x.org", "Two@x.org")
    people = [person(f"p{k}", email=(x or "").strip() or None) for k, x in enumerate(addresses)]
    told = found(people)["registered_twice"]
    assert told.attendees == ("p0", "p1", "p4", "p6")
    assert told.message.startswith("4 entries share an e-mail address")
    assert "x.org" not in told.model_dump_json()


def test_who_never_comes_is_not_registered_twice() -> None:
    people = [person("a", email="a@x.org"), person("b", email="a@x.org", absent_rounds=[1])]
    assert found(people) == {}


def test_a_role_that_no_pair_names_is_told_as_it_was_written() -> None:
    told = found(roles("buyer", "supplier", " Suplier", "suplier"), policy=BUYERS)
    assert told.keys() == {"unknown_group"}
    assert told["unknown_group"].attendees == ("p2", "p3")
    assert "('Suplier'), and may meet nobody" in told["unknown_group"].message
    mixed = found(roles("buyer", "supplier", "suplier", None), policy=BUYERS)["unknown_group"]
    assert "and may meet only those without 'role'" in mixed.message


def test_who_has_no_role_is_told_where_they_meet_nobody() -> None:
    strict = by_role(("buyer", "supplier"), unlabelled="nobody")
    told = found(roles("buyer", "supplier", None), policy=strict)["unknown_group"]
    assert told.attendees == ("p2",)
    assert told.message.startswith("1 person has no 'role', and so may meet nobody.")


def test_a_label_that_nobody_has_keeps_nobody_apart() -> None:
    people = [
        person("a", labels={"roles": "buyer"}),
        person("b", labels={"roles": "x", "day": "1"}),
    ]
    told = found(people, policy=BUYERS)
    assert told.keys() == {"unknown_label"}
    message = told["unknown_label"].message
    assert message.startswith("Nobody has the label 'role' that policy.meet goes by")
    assert message.endswith("There are 'day', 'roles'.")
    bare = found([person("a"), person("b")], policy=BUYERS)["unknown_label"].message
    assert bare.endswith("Nobody has any label.")


@pytest.mark.parametrize(
    ("values", "pairs", "alone", "severity"),
    [
        (("buyer", "buyer"), [("buyer", "supplier")], ("p0", "p1"), "warning"),
        (("buyer", "buyer", None), [("buyer", "supplier")], ("p0", "p1"), "ok"),
        (("buyer", "supplier"), [("buyer", "supplier")], (), None),
        (("founder",), [("founder", "founder")], ("p0",), "warning"),
        (("founder", "founder"), [("founder", "founder")], (), None),
        (("a", "b", "c"), [("a", "b"), ("c", "d")], ("p2",), "warning"),
    ],
)
def test_a_group_whose_partners_do_not_come(
    values: tuple[str | None, ...],
    pairs: list[tuple[str, str]],
    alone: tuple[str, ...],
    severity: str | None,
) -> None:
    told = found(roles(*values), policy=by_role(*pairs)).get("group_without_partners")
    assert (told.attendees if told else ()) == alone
    assert (told.severity if told else None) == severity


def test_two_people_who_need_the_same_table_for_three_rounds() -> None:
    """Six meetings are asked for; three fit, and one of them may be of the two with each other."""
    people = [person("a", table=1), person("b", table=1), person("c"), person("d")]
    told = found(people, 3)["crowded_places"]
    assert told.attendees == ("a", "b")
    assert (
        "table 1 (2 people have to sit there and could have 6 meetings, at most 3 take place)"
    ) in told.message


def test_two_people_bound_to_one_table_may_meet_each_other_there() -> None:
    people = [person("a", table=1), person("b", table=1), person("c")]
    assert found(people, 1) == {}
    colleagues = [v.model_copy(update={"organisation": "North"}) for v in people]
    assert found(colleagues, 1)["crowded_places"].attendees == ("a", "b")


def test_limits_and_absence_ask_for_less() -> None:
    people = [
        person("a", table=1, max_meetings=1),
        person("b", table=1, absent_rounds=[1]),
        person("c"),
    ]
    assert found(people, 2) == {}
    more = [person(v, table=1, max_meetings=1) for v in "def"]
    assert found([*people, *more[:2]], 2) == {}  # two of the four meet each other, in each round
    assert "crowded_places" in found([*people, *more], 2)


def test_a_table_that_is_closed_seats_nobody() -> None:
    event = Event(
        rounds=(Round(tables=2), Round(tables=2, closed_tables=(1,))),
        attendees=(person("a", table=1), person("b"), person("c")),
    )
    (told,) = find_oversights(event, instance_of(event, ()))
    assert "1 person has to sit there and could have 2 meetings, at most 1 take" in told.message


def test_a_crowd_at_one_table_does_not_crowd_the_tables_around_it() -> None:
    """Two are bound to table 1 and one to tables 1 to 3: table 1 alone is too small."""
    people = [person("a", table=1), person("b", table=1), person("c", table=[1, 2, 3])]
    people += [person(v) for v in "de"]
    message = found(people, 3)["crowded_places"].message
    assert "table 1 (2" in message
    assert "tables 1" not in message
    full = [person(f"p{k}", table=[1, 2]) for k in range(5)]
    told = found([*people[:2], *full, *people[3:]], 4)["crowded_places"]
    assert "tables 1, 2 (7 people have to sit there" in told.message
