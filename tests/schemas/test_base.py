"""What every document has in common: strict, frozen, three decimal places, nothing invisible."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas import limits
from schemas.base import Id, Name, Objection, Text, Thousandths, Topic, Wire, permille, refuse
from schemas.event import Policy

THOUSANDTHS: TypeAdapter[float] = TypeAdapter(Thousandths)


def valid(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refused(kind: Any, value: Any) -> bool:
    try:
        valid(kind, value)
    except ValidationError:
        return True
    return False


@given(st.integers(0, 1000))
def test_three_decimal_places_are_exact(thousandths: int) -> None:
    assert permille(THOUSANDTHS.validate_python(thousandths / 1000)) == thousandths


@pytest.mark.parametrize("value", [0.0005, 0.1234, -0.001, 1.001, math.nan, math.inf, "0.5"])
def test_what_is_not_three_decimal_places_of_one_is_refused(value: Any) -> None:
    class Row(Wire):
        value: Thousandths

    assert refused(Row, {"value": value})


def test_there_is_one_nothing() -> None:
    assert str(THOUSANDTHS.validate_python(-0.0)) == "0.0"


@pytest.mark.parametrize(
    "value", ["a", "A-1", "é", "日本", "a.b", "...a", "x" * limits.ID, "a,b", "a:b", "\U0001f600"]
)
def test_an_id_is_the_callers_own(value: str) -> None:
    assert valid(Id, value) == value


@pytest.mark.parametrize(
    "value",
    ["", ".", "..", "a b", "a/b", "a?b", "a#b", "a%b", "a\\b", "a\n", "\u00a0", "a\u200b", "\x00",
     "x" * (limits.ID + 1), 5],
)  # fmt: skip
def test_what_could_be_part_of_an_address_is_no_id(value: Any) -> None:
    assert refused(Id, value)


def test_texts_are_stripped_and_not_empty() -> None:
    assert valid(Text, "  tax returns ") == "tax returns"
    assert refused(Text, "   ")
    assert refused(Text, "x" * (limits.TEXT + 1))
    assert valid(Name, "") == ""
    assert refused(Name, "x" * (limits.NAME + 1))
    assert refused(Topic, "x" * (limits.TAG + 1))


def test_nothing_is_converted_nothing_is_unknown_and_nothing_changes() -> None:
    assert refused(Policy, {"max_changes": "5"})
    assert refused(Policy, {"max_changes": 5.0})
    assert refused(Policy, {"unknown": 1})
    policy = Policy()
    with pytest.raises(ValidationError):
        policy.idle = "leave"


def test_findings_are_told_together_with_their_places_and_without_values() -> None:
    found = [Objection(("a", 1), "odd", "not {even}"), Objection((), "all", "50 % {0}")]
    with pytest.raises(ValidationError) as raised:
        refuse("Event", found)
    told = [(row["loc"], row["type"], row["msg"]) for row in raised.value.errors()]
    assert told == [(("a", 1), "odd", "not {even}"), ((), "all", "50 % {0}")]
    assert all(row["input"] is None for row in raised.value.errors())


def test_without_findings_nothing_is_refused() -> None:
    refuse("Event", [])
