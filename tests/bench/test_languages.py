"""The table of languages that ships is the one that is made."""

import json

from bench.languages import PATH, make_table


def test_what_ships_is_what_is_made() -> None:
    assert json.loads(PATH.read_text(encoding="utf-8")) == make_table()
