"""`python -m bench.event_page` writes docs/event.md: every field of an event, from its description.

What is said of a field stands below it in `schemas/`; the examples are those of `event_page.json`,
in which each document has every field it can have.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from schemas.base import Wire
from schemas.benefits import Benefit
from schemas.breaks import Break
from schemas.event import (
    Attendee,
    Avoided,
    Event,
    Matching,
    Meet,
    NamedTopic,
    Need,
    Offer,
    PairRule,
    Policy,
    Round,
    RoundSeries,
    Want,
    Weights,
)

PATH = Path(__file__).parents[1] / "docs" / "event.md"
EXAMPLES: Mapping[str, Mapping[str, Any]] = json.loads(
    Path(__file__).with_suffix(".json").read_text("utf-8")
)
"""A whole example of each document, by its name."""

SMALLEST = '{"rounds": {"count": 3}, "attendees": [{"id": "ada"}, {"id": "bram"}]}'
"""The least there is to say of an event in which somebody meets."""

INTRODUCTION = f"""# The event

Every field an event can have, with an example and with what happens where it is left out. An event
is a JSON object: the body of `POST /v1/events` and of `POST /v1/solve`, and what `tertius solve`
reads. Rounds and the `id` of each attendee are all it needs:

```json
{SMALLEST}
```

Fields that are not listed here are refused. Round and table numbers start at 1; times are local in
`timezone` unless they carry an offset. Line breaks and tabs in texts become spaces; blanks and
marks of direction around them are dropped. [The service](api.md) tells how events are sent and
changed, [the model](model.md) what is made of them.

This page is written by `make event-page`: change what `schemas/` says of a field, not this.
"""

LONG_LIST = 20
"""Of so many values only the number is told."""


class Section(NamedTuple):
    """A document of the page, and what it is called there."""

    model: type[Wire]
    title: str

    @property
    def anchor(self) -> str:
        """Where links to it lead."""
        return self.title.lower().replace(" ", "-")


SECTIONS = (
    Section(Event, "Event"),
    Section(Round, "Round"),
    Section(RoundSeries, "Rounds of equal length"),
    Section(Attendee, "Attendee"),
    Section(Offer, "Offer"),
    Section(Need, "Need"),
    Section(Want, "Want"),
    Section(Avoided, "Somebody to avoid"),
    Section(Break, "Break"),
    Section(Benefit, "Benefit"),
    Section(PairRule, "Pair rule"),
    Section(Weights, "Weights"),
    Section(Policy, "Policy"),
    Section(Meet, "Who may meet whom"),
    Section(Matching, "Matching"),
    Section(NamedTopic, "Topic"),
)
LINKS = {section.model.__name__: f"[{section.title}](#{section.anchor})" for section in SECTIONS}
ELSEWHERE = {"Schedule": "[Schedule](api.md#schedules)"}


def write_page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([INTRODUCTION, *(part for row in SECTIONS for part in _section(row))])


def _section(section: Section) -> Iterator[str]:
    schema = section.model.model_json_schema()
    yield f"## {section.title}\n"
    yield "| field | takes | example | | left out |\n|---|---|---|---|---|"
    for name, said in schema["properties"].items():
        example = json.dumps(EXAMPLES[section.model.__name__][name], ensure_ascii=False)
        meaning, _, otherwise = " ".join(said["description"].split()).partition(" Left out: ")
        cells = [f"`{name}`", takes(said), f"`{example}`", meaning, otherwise or "needed"]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def takes(schema: Mapping[str, Any]) -> str:
    """What a field may hold, in words, from its JSON Schema."""
    if "$ref" in schema:
        return (LINKS | ELSEWHERE)[schema["$ref"].rpartition("/")[2]]
    if options := schema.get("anyOf", schema.get("oneOf")):
        told = (takes(option) for option in options if option.get("type") != "null")
        return " or ".join(dict.fromkeys(told))
    if values := schema.get("enum"):
        named = " ".join(f"`{value}`" for value in values)
        return f"one of {len(values)} names" if len(values) > LONG_LIST else named
    return _BY_TYPE[schema["type"]](schema)


def _takes_list(schema: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        return "two of " + takes(schema["prefixItems"][0])
    return f"list of up to {schema['maxItems']:,.0f}: {takes(schema['items'])}"


def _takes_object(schema: Mapping[str, Any]) -> str:
    values = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    return f"object with names, each with {takes(values[0])}"


def _takes_number(schema: Mapping[str, Any]) -> str:
    kind = "whole number" if schema["type"] == "integer" else "number"
    return f"{kind} {schema['minimum']:,.0f} to {schema['maximum']:,.0f}"


def _takes_text(schema: Mapping[str, Any]) -> str:
    return f"text of up to {schema['maxLength']}" if "maxLength" in schema else "time"


def _takes_truth(_: Mapping[str, Any]) -> str:
    return "`true` `false`"


_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "array": _takes_list,
    "object": _takes_object,
    "integer": _takes_number,
    "number": _takes_number,
    "string": _takes_text,
    "boolean": _takes_truth,
}


if __name__ == "__main__":
    PATH.write_text(write_page(), "utf-8")
