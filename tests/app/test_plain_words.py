"""What a value has to be, in plain words."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from app.errors import from_validation
from app.plain_words import say_options
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
