"""Presets for the organiser's own terminal: an event to begin with, and why it is as it is."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.plain_words import say_options
from app.presets.catalogue import NAMES, list_presets, preset_document, read_preset
from app.terminal.failure import Failure
from schemas.preset import PresetName


def preset_named(name: str) -> PresetName:
    """The name of a preset, if it is one."""
    try:
        return TypeAdapter[PresetName](PresetName).validate_python(name)
    except ValidationError:
        raise Failure(f"no preset is called so: {say_options([*NAMES], name)}") from None


def presets_report() -> RenderableType:
    """What presets there are."""
    table = Table.grid(padding=(0, 2))
    for preset in list_presets().presets:
        table.add_row(Text(preset.name, style="bold"), Text(preset.about))
    return Group(table, Text("Next: tertius new PRESET --out my-event.json"))


def event_text(name: PresetName) -> str:
    """The event of a preset as JSON, without anybody yet."""
    return json.dumps(preset_document(name) | {"attendees": []}, indent=2) + "\n"


def preset_report(name: PresetName) -> RenderableType:
    """What a preset is for, what its people should bring, and why each field is as it is."""
    preset, document = read_preset(name), preset_document(name)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("field", no_wrap=True)
    table.add_column("why")
    for choice in preset.choices:
        value = "\n".join(_shown(_value_at(document, choice.field)))
        field = Text.assemble((choice.field[1:].replace("/", "."), "bold"), "\n", value)
        table.add_row(field, Text(choice.why))
    head = Text.assemble((preset.title, "bold"), f": {preset.about}")
    return Group(head, table, Text(f"attendees: {preset.people}"))


def _value_at(document: Any, pointer: str) -> Any:
    for key in pointer[1:].split("/"):
        document = document[key]
    return document


def _shown(value: Any) -> Iterator[str]:
    """A value in short lines, one for each part of it."""
    if not isinstance(value, dict):
        yield str(value)
        return
    for name, part in value.items():
        rows = part if isinstance(part, list) else [part]
        for row in rows:
            yield f"{name} " + (" - ".join(row) if isinstance(row, list) else str(row))
