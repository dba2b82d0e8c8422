"""Presets: whole events but for their people, each field with its reason; what is said wins."""

import json
from importlib import resources
from typing import Any

import pytest

from app.errors import Invalid
from app.planning.document import take_event
from app.presets.catalogue import NAMES, fill_in, list_presets, preset_document, read_preset
from schemas.event import Event
from schemas.preset import PresetName


def filled(name: PresetName, /, **said: Any) -> Event:
    """An event that says this and leaves the rest to a preset."""
    return take_event(lambda event: event, fill_in(name, json.dumps(said).encode()))


def leaves(document: dict[str, Any]) -> set[str]:
    """Pointers to the fields of a document, and to those of policy, weights and the like."""
    inner = {"policy", "weights", "matching"}
    return {
        f"/{name}/{key}" if name in inner else f"/{name}"
        for name, value in document.items()
        for key in (value if name in inner else [""])
    }


def test_every_name_has_a_file_and_every_file_a_name() -> None:
    files = {file.name for file in resources.files("app.presets").iterdir()}
    assert {name for name in files if name.endswith(".toml")} == {f"{n}.toml" for n in NAMES}
    assert [preset.name for preset in list_presets().presets] == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_preset_fills_in_is_explained(name: PresetName) -> None:
    preset, document = read_preset(name), preset_document(name)
    assert leaves(document) == {choice.field for choice in preset.choices}
    assert {"/rounds", "/policy/idle", "/policy/rematch", "/policy/min_benefit"} <= leaves(document)
    assert all(len(choice.why) > 20 for choice in preset.choices)
    assert (preset.event.attendees, preset.event.rounds[0].starts_at) == ((), None)
    assert preset.event == filled(name)


def test_what_the_body_says_wins_inside_objects_too() -> None:
    event = filled("hosted-buyers", name="Fair", policy={"idle": "fill"}, rounds={"count": 3})
    assert (event.name, event.policy.idle, event.policy.per_organisation) == (
        "Fair", "fill", "one_each",
    )  # fmt: skip
    assert [block.minutes for block in event.rounds] == [15, 15, 15]


def test_a_null_is_the_usual_value_and_a_list_replaces() -> None:
    event = filled("hosted-buyers", policy={"meet": None}, rounds=[{}, {"minutes": 7}])
    assert event.policy.meet is None
    assert [block.minutes for block in event.rounds] == [10, 7]


def test_one_preset_leaves_the_next_as_it_is() -> None:
    before = json.dumps(preset_document("mentoring"))
    filled("mentoring", policy={"meet": {"unlabelled": "anyone"}}, rounds={"count": 1})
    assert json.dumps(preset_document("mentoring")) == before


@pytest.mark.parametrize("raw", [b"{", b"[]", b'{"name": "a", "name": "b"}', b'{"rounds": 1}'])
def test_what_is_no_event_is_none_with_a_preset_either(raw: bytes) -> None:
    with pytest.raises(Invalid):
        take_event(lambda event: event, fill_in("mentoring", raw))
