"""The page on presets says what they say."""

from pathlib import Path

import pytest

from app.presets.catalogue import NAMES, read_preset
from schemas.preset import PresetName

PAGE = Path("docs/presets.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_stands_in_the_page_with_its_reason(name: PresetName) -> None:
    preset = read_preset(name)
    assert f"## {preset.title}\n\n`{name}`. {preset.about}" in PAGE
    for choice in preset.choices:
        field = choice.field[1:].replace("/", ".")
        assert any(
            line.startswith(f"| `{field}` |") and line.endswith(f"| {choice.why} |")
            for line in PAGE.splitlines()
        )
