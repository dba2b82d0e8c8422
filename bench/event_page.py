"""`python -m bench.event_page` writes docs/event.md: every field of an event, from its description.

What is said of a field stands below it in `schemas/`; the examples are those of `event_page.json`,
in which each document has every field it can have.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.http.schema_kinds import kind_of
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
        cells = [f"`{name}`", kind_of(said, _link), f"`{example}`", meaning, otherwise or "needed"]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _link(name: str) -> str:
    return (LINKS | ELSEWHERE)[name]


if __name__ == "__main__":
    PATH.write_text(write_page(), "utf-8")
