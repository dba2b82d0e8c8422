"""Presets as they ship: a file for each, every field of the event beside the reason for it."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any, get_args

from pydantic_core import to_json

from app.strict_json import adapter_of, apply_merge_patch, parse_any_json, to_lenient_json
from schemas.preset import Choice, Preset, PresetList, PresetName

NAMES: tuple[PresetName, ...] = get_args(PresetName)


def list_presets() -> PresetList:
    """Every preset, by name."""
    return PresetList(presets=tuple(map(read_preset, NAMES)))


def read_preset(name: PresetName) -> Preset:
    """What a preset fills in, and why."""
    told = _file(name)
    choices = tuple(Choice(field=row["field"], why=row["why"]) for row in told["choices"])
    shown = {key: told[key] for key in ("title", "about", "people")}
    whole = shown | {"name": name, "event": preset_document(name), "choices": choices}
    return adapter_of(Preset).validate_json(to_json(whole))


def preset_document(name: PresetName) -> dict[str, Any]:
    """The event of a preset as JSON, with what it fills in and nothing else."""
    document: dict[str, Any] = {}
    for choice in _file(name)["choices"]:
        *path, last = choice["field"][1:].split("/")
        place = document
        for key in path:
            place = place.setdefault(key, {})
        place[last] = choice["value"]
    return document


def fill_in(name: PresetName, raw: bytes) -> bytes:
    """A sent event with what the preset has and it does not say; a null is the usual value.

    Raises Invalid if it is no JSON.
    """
    return to_lenient_json(apply_merge_patch(preset_document(name), parse_any_json(raw)))


@cache
def _file(name: PresetName) -> dict[str, Any]:
    file = resources.files("app.presets") / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
