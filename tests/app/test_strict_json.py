"""JSON without guesses: no key twice, nothing converted, and patches as RFC 7396 has them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import from_json

from app.errors import Invalid
from app.strict_json import (
    FEW_VALUES,
    MOST_KEYS,
    apply_merge_patch,
    parse_any_json,
    parse_document,
    to_lenient_json,
)
from schemas.event import Event
from schemas.series import NewSeries

SERIES = TypeAdapter(NewSeries)
ANY: TypeAdapter[Any] = TypeAdapter(Any)


def refusal(raw: str, adapter: TypeAdapter[Any] = ANY) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        parse_document(adapter, raw.encode())
    (error,) = refused.value.errors
    return error.pointer, error.code


def test_a_document_is_read_as_it_is_written() -> None:
    assert parse_document(SERIES, b'{"name": "Breakfasts"}') == NewSeries(name="Breakfasts")


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ('{"a": 1, "a": 1}', "/a"),
        ('{"b": [1, {"a": 1, "c": 2, "a": 3}]}', "/b/1/a"),
        ('[{"a": {"x": 1}}, {"a": {"x": 1, "x": 2}}]', "/1/a/x"),
        ('{"a/b~": {"": 1, "": 2}}', "/a~1b~0/"),
        ('{"a": [[1, 1], {"x": 1}], "a": 2}', "/a"),
    ],
)
def test_a_key_given_twice_is_shown_where_it_comes_again(raw: str, where: str) -> None:
    assert refusal(raw) == (where, "repeated_key")
    with pytest.raises(Invalid) as refused:
        parse_any_json(bytearray(raw.encode()))
    assert refused.value.errors[0].pointer == where


def test_the_same_key_in_two_objects_is_no_repetition() -> None:
    raw = b'[{"a": 1}, {"a": {"a": 1}}, 1, 1]'
    assert parse_any_json(bytearray(raw)) == json.loads(raw)


@pytest.mark.parametrize(
    ("raw", "where"), [('{"name": 5}', "/name"), ('{"nome": "x", "name": "y"}', "/nome"), ("{", "")]
)
def test_what_is_wrong_is_pointed_at_without_the_value(raw: str, where: str) -> None:
    assert refusal(raw, SERIES)[0] == where


EVENT = TypeAdapter(Event)


def errors(raw: str) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        parse_document(EVENT, raw.encode())
    return [(error.pointer, error.code) for error in refused.value.errors]


def event(**lists: str) -> str:
    return '{"rounds":[{}],' + ",".join(f'"{name}":[{rows}]' for name, rows in lists.items()) + "}"


def test_a_usual_document_has_every_kind_of_error_of_each_attendee() -> None:
    people = [f'{{"id":"p{k}"}}' for k in range(1000)]
    people[3] = people[700] = '{"id":"","absent_rounds":["x","y"]}'
    assert errors(event(attendees=",".join(people))) == [
        (f"/attendees/{k}/{field}", code)
        for k in (3, 700)
        for field, code in (
            ("id", "string_too_short"),
            ("absent_rounds/0", "int_type"),
        )
    ]


MANY = FEW_VALUES * 2


@pytest.mark.parametrize(
    ("lists", "where"),
    [
        ({"benefits": "{}"}, "/benefits/0"),
        ({"attendees": "{}"}, "/attendees/0"),
        ({"pair_rules": "[]"}, "/pair_rules/0"),
        ({"rounds": "{}"}, "/rounds"),
    ],
)
def test_of_very_many_errors_the_first_of_a_list_is_told(lists: dict[str, str], where: str) -> None:
    (name, row), *_ = lists.items()
    found = errors(event(**{name: ",".join([row] * MANY)}))
    assert {pointer for pointer, _ in found} <= {where, *(f"{where}/{f}" for f in FIELDS)}
    assert found


FIELDS = ("id", "attendee", "partner", "value", "kind", "pair")


def test_a_list_within_a_list_is_left_at_its_first_error_too() -> None:
    avoided = ",".join(["0"] * MANY)
    raw = event(attendees='{"id":"a"},{"id":"b","avoid":[' + avoided + '],"table":0}')
    assert errors(raw) == [
        ("/attendees/1/table", "greater_than_equal"),
        ("/attendees/1/avoid/0", "string_type"),
    ]


def test_what_is_right_is_taken_however_long_it_is() -> None:
    people = ",".join(f'{{"id":"p{k}"}}' for k in range(MANY))
    assert len(parse_document(EVENT, event(attendees=people).encode()).attendees) == MANY


def test_an_object_of_too_many_fields_is_refused_by_their_number() -> None:
    fields = ",".join(f'"u{k}":0' for k in range(MOST_KEYS + 1))
    for raw, where in ((f"{{{fields}}}", ""), (f'{{"a":[0,{{"b":{{{fields}}}}}]}}', "/a/1/b")):
        assert refusal(raw) == (where, "too_many_keys")
        with pytest.raises(Invalid) as refused:
            parse_any_json(bytearray(raw.encode()))
        assert str(MOST_KEYS + 1) in refused.value.errors[0].message


def test_what_is_no_json_is_refused() -> None:
    for raw in (b"", b"{", b"[1,]", b"{'a': 1}", b"\xff"):
        with pytest.raises(Invalid) as refused:
            parse_any_json(bytearray(raw))
        assert refused.value.errors[0].code == "json_invalid"


def test_numbers_that_are_none_stay_for_the_model_to_refuse() -> None:
    document = parse_any_json(bytearray(b'{"a": NaN, "b": -Infinity, "c": 1.5}'))
    assert to_lenient_json(document) == b'{"a":NaN,"b":-Infinity,"c":1.5}'


PATCHES: list[tuple[Any, Any, Any]] = [  # of the appendix of RFC 7396
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("document", "patch", "result"), PATCHES)
def test_a_patch_does_what_the_standard_says(document: Any, patch: Any, result: Any) -> None:
    before = json.dumps(document)
    assert apply_merge_patch(document, patch) == result
    assert json.dumps(document) == before


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(TREES)
@settings(max_examples=30)
def test_what_was_written_is_read_again(tree: Any) -> None:
    assert parse_any_json(bytearray(to_lenient_json(tree))) == tree
    assert from_json(to_lenient_json(tree)) == tree
