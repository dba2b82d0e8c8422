"""Presets: events of usual kinds, filled in as far as the kind goes, each choice explained."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Sentence, Wire
from schemas.event import Event
from schemas.schedule import Pointer

PresetName = Literal[
    "hosted-buyers",
    "investor-day",
    "mentoring",
    "referral-circle",
    "speed-dating",
    "speed-networking",
]


class Choice(Wire):
    """A field that a preset fills in, and why so."""

    field: Annotated[Pointer, Field(description="Where in `event`, as a JSON Pointer.")]
    why: Annotated[Sentence, Field(description="What the choice does, and what speaks for it.")]


class Preset(Wire):
    """A kind of event: what it is, what its people should say, and what is chosen for it."""

    name: Annotated[PresetName, Field(description="What `?preset=` is given.")]
    title: Sentence
    """What it is called."""
    about: Annotated[Sentence, Field(description="What kind of event it is for.")]
    people: Annotated[Sentence, Field(description="What each attendee should bring.")]
    event: Annotated[Event, Field(description="The event without anybody, to be filled in.")]
    choices: Annotated[
        tuple[Choice, ...], Field(description="Every field that is chosen; the rest is as usual.")
    ]


class PresetList(Wire):
    """All there are, by name."""

    presets: tuple[Preset, ...]
    """Each kind of event."""
