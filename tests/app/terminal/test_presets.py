"""Presets in the terminal: every field with its value and why, and JSON that is an event."""

from io import StringIO

import pytest
from rich.console import Console, RenderableType

from app.presets.catalogue import NAMES, read_preset
from app.terminal.failure import Failure
from app.terminal.presets import event_text, preset_named, preset_report, presets_report
from schemas.event import Event
from schemas.preset import PresetName


def shown(*told: RenderableType) -> str:
    """What a wide terminal shows."""
    file = StringIO()
    Console(file=file, width=400).print(*told)
    return file.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_the_event_and_what_is_told_is_why(name: PresetName) -> None:
    assert Event.model_validate_json(event_text(name)) == read_preset(name).event
    told = shown(preset_report(name), presets_report())
    assert all(choice.why in told for choice in read_preset(name).choices)
    assert "policy.idle" in told


def test_a_group_is_told_pair_by_pair() -> None:
    assert "pairs woman for man - man for woman" in shown(preset_report("speed-dating"))


def test_who_asks_for_another_is_told_what_there_is() -> None:
    with pytest.raises(Failure, match="speed-dating") as failure:
        preset_named("wedding")
    assert "wedding" not in str(failure.value)
