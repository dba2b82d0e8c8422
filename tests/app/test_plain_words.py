"""What a value has to be, in plain words."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from app.errors import Invalid, from_validation
from app.plain_words import say_options
from app.strict_json import parse_any_json, parse_as
from schemas.event import Event

WHOLE = "a whole number is needed, such as 3 (no quotes, no fraction)"
FLAG = "true or false is needed (no quotes)"


def told(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ValidationError) as found:
        Event.model_validate_json(json.dumps(document))
    return {row.pointer: row.message for row in from_validation(found.value, document).errors}


def of_person(**fields: Any) -> dict[str, str]:
    return told({"rounds": [{}], "attendees": [{"id": "a", **fields}]})


@pytest.mark.parametrize(
    ("fields", "where", "message"),
    [
        ({"name": 5}, "name", 'a text is needed, in quotes: "…"'),
        ({"min_meetings": "2"}, "min_meetings", WHOLE),
        ({"min_meetings": 2.5}, "min_meetings", WHOLE),
        ({"known_share": "x"}, "known_share", "a number is needed, such as 0.5 (no quotes)"),
        ({"known_share": 2}, "known_share", "this has to be 1 or less"),
        ({"max_meetings": -1}, "max_meetings", "this has to be 0 or more"),
        ({"offers": "cake"}, "offers", "a list is needed: [ … ]"),
        ({"labels": []}, "labels", "an object is needed: { … }"),
        (
            {"wants": [{"id": "b", "must": "yes"}]},
            "wants/0/must",
            "true or false is needed (no quotes)",
        ),
        ({"offers": [""]}, "offers/0", "a text is needed, and this one is empty"),
        ({"name": "x" * 201}, "name", "a text of 200 characters at most is taken"),
        ({"offers": [5]}, "offers/0", "a text is needed, in quotes, or an object with one"),
        ({"avoid": [5]}, "avoid/0", "an id is needed, in quotes, or an object with one"),
        (
            {"table": "A3"},
            "table",
            "the number of a table is needed, or a list (no quotes)",
        ),
        ({"wants": [{"must": True}]}, "wants/0/id", "this has to be there"),
    ],
    ids=str,
)
def test_what_is_needed_is_said_in_plain_words(
    fields: dict[str, Any], where: str, message: str
) -> None:
    assert of_person(**fields) == {f"/attendees/0/{where}": message}


def test_a_pair_of_one_lacks_another() -> None:
    rule = {"kind": "forbid", "pair": ["a"]}
    document = {"rounds": [{}], "attendees": [{"id": "a"}], "pair_rules": [rule]}
    assert told(document) == {"/pair_rules/0/pair/1": "one more is needed here"}


def test_a_word_that_is_one_of_a_few_is_told_with_the_one_that_was_meant() -> None:
    rule = {"kind": "Requires", "pair": ["a", "b"]}
    document = {"rounds": [{}], "attendees": [{"id": "a"}, {"id": "b"}], "pair_rules": [rule]}
    message = "one of forbid, require, met is needed: did you mean require?"
    assert told(document) == {"/pair_rules/0/kind": message}
    rule["kind"] = "Zoe Quell"
    assert told(document) == {"/pair_rules/0/kind": "one of forbid, require, met is needed"}


def test_what_was_meant_may_be_written_with_other_marks_between_words() -> None:
    assert say_options(["hosted-buyers", "mentoring"], "Hosted Buyers").endswith("hosted-buyers?")
    assert say_options(["fill"], 5) == "one of fill is needed"


def test_rounds_are_a_list_or_their_number() -> None:
    message = 'a list of rounds is needed, or an object with their number: {"count": 8}'
    assert told({"rounds": 8}) == {"/rounds": message}


def test_a_field_like_no_other_is_told_with_those_there_are() -> None:
    found = told({"rounds": [{}], "policy": {"breaks": [{"start": 4, "to": 5, "from": 4}]}})
    message = "there is no such field; there are from, to"
    assert found == {"/policy/breaks/0/start": message}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "this is not JSON: there is nothing in it"),
        (b'{"a": 1,}', " at line 1, character 9: after the last of a list or an object comes no"),
        (b"{'a': 1}", " at line 1, character 2: the name of a field is needed, in straight quotes"),
        (b'{"a": 1\n"b": 2}', " at line 2, character 1: a comma is missing, or the }"),
        (b"[1 2]", " at line 1, character 4: a comma is missing, or the ]"),
        (b'{"a" 1}', ": a colon is missing after the name of a field"),
        (b'{"a": eight}', ": a value is missing"),
        (b'{"a": True}', ": a value is missing"),
        (b'{"a": nul}', ": true, false or null is written otherwise"),
        (b'{"a": "b', ": it ends too early: a quote or a bracket is not closed"),
        (b'{"a": "b\tc"}', ": a line break or tab within a text is written"),
        (b'{"a": "\xfc"}', ": a character is not in UTF-8"),
        (b"{} {}", " at line 1, character 4: something comes after its end"),
        (b'{"a": 08}', ": a number is written like 7 or 0.25"),
        (b'{"a": "\\d"}', ": before a character that stands for itself comes no \\"),
        (b"[" * 1_000, ": lists or objects are within each other too often"),
    ],
)
@pytest.mark.parametrize("read", [parse_any_json, partial(parse_as, Event)])
def test_what_keeps_a_text_from_being_json_is_said_in_plain_words(
    read: Callable[[bytes], Any], text: bytes, message: str
) -> None:
    with pytest.raises(Invalid) as found:
        read(text)
    (error,) = found.value.errors
    assert (error.pointer, error.code) == ("", "json_invalid")
    assert error.message.startswith("this is not JSON")
    assert message in error.message
