"""The page about events is in step with the code, and its examples are taken."""

import json

import pytest

from app.strict_json import parse_as
from bench.event_page import EXAMPLES, PATH, SECTIONS, SMALLEST, Section, takes, write_page
from schemas.event import Event


def test_the_page_is_what_is_written() -> None:
    assert PATH.read_text("utf-8") == write_page(), "write it anew: make event-page"


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_an_example_has_every_field_and_each_is_taken(section: Section) -> None:
    example = EXAMPLES[section.model.__name__]
    aliases = [field.alias or name for name, field in section.model.model_fields.items()]
    assert list(example) == aliases
    parse_as(section.model, json.dumps(example).encode())


def test_the_smallest_event_is_one() -> None:
    assert len(parse_as(Event, SMALLEST.encode()).rounds) == 3


def test_what_a_field_takes_is_told_in_words() -> None:
    whole = {"type": "integer", "minimum": 1, "maximum": 1440}
    assert takes(whole) == "whole number 1 to 1,440"
    assert takes({"anyOf": [whole, {"type": "null"}]}) == "whole number 1 to 1,440"
    assert takes({"type": "array", "items": {"type": "boolean"}, "maxItems": 50}) == (
        "list of up to 50: `true` `false`"
    )
    assert takes({"type": "array", "prefixItems": [whole, whole]}) == (
        "two of whole number 1 to 1,440"
    )
    assert takes({"enum": ["fill", "leave"]}) == "`fill` `leave`"
    assert takes({"$ref": "#/$defs/Round"}) == "[Round](#round)"
