"""The page about events is in step with the code, and its examples are taken."""

import json

import pytest

from app.strict_json import parse_as
from bench.event_page import EXAMPLES, PATH, SECTIONS, SMALLEST, Section, write_page
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
