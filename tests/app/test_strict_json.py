"""JSON without guesses: no key twice, nothing converted, and patches as RFC 7396 has them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import from_json

from app.errors import Invalid
from app.strict_json import apply_merge_patch, parse_any_json, parse_document, to_lenient_json
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
