"""Which characters can be printed."""

import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from app.errors import StateConflict
from app.paper import fonts
from app.paper.fonts import characters, characters_of, check_fonts, printable, unprintable_people
from schemas.event import Attendee
from tests.app.exports.rooms import day_of
from tests.app.paper.invented_names import PARTS, invented_names

COPIED = {*json.loads((fonts.FOLDER.parent / "package.json").read_text())["copy"].values()}
NAMED = {name for name in COPIED if name.endswith(".ttf")}


def test_every_font_that_is_named_is_there_and_no_other() -> None:
    assert {f"fonts/{path.name}" for path in fonts.FOLDER.glob("*.ttf")} == NAMED


def test_their_licence_is_beside_them() -> None:
    texts = [(fonts.FOLDER.parent / name).read_text("utf-8") for name in COPIED - NAMED]
    assert len(texts) == 3
    assert all("SIL OPEN FONT LICENSE Version 1.1" in text for text in texts)


@pytest.mark.parametrize("name", sorted(NAMED))
def test_characters_are_read_as_others_read_them(name: str) -> None:
    path = fonts.FOLDER.parent / name
    with TTFont(path, lazy=True) as font:
        assert characters_of(path) == font.getBestCmap().keys()


def test_all_characters_of_all_scripts_are_there() -> None:
    for script in PARTS:
        for name in invented_names(script):
            assert printable(name) == name
    for block in ((0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0x3041, 0x3096), (0x20, 0x7E)):
        assert {*range(block[0], block[1] + 1)} <= characters()


def test_what_has_no_picture_is_not_missed() -> None:
    joined = "क्\u200dष\u200b\u2066a\u2069\u034f葛\U000e0100❤\ufe0f"
    assert printable(joined) == joined


def test_what_no_font_has_is_replaced_and_told_by_id() -> None:
    people = (
        Attendee(id="b", name="Bo\ue001\ue000\ue001"),
        Attendee(id="a", organisation="\U0001f9ff\ue000"),
        Attendee(id="c", name="Cy"),
    )
    assert printable("Bo\ue001 x") == "Bo\ufffd x"
    assert unprintable_people(day_of(*people)) == {
        "a": "U+E000",
        "b": "U+E000, U+E001",
    }


def test_without_fonts_it_is_said_how_to_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    with pytest.raises(StateConflict) as refusal:
        check_fonts()
    assert "build the package" in refusal.value.errors[0].message
