"""Two versions side by side: which cells changed, and what that costs."""

from typing import Any

import pytest

from app.console.changes import compared_rows, cost_of
from tests.api import Api
from tests.app.console.reader import PageReader
from tests.app.console.stored import planned_event

pytestmark = pytest.mark.anyio


def schedule(*rounds: dict[int, str]) -> dict[str, Any]:
    """Rounds as table -> the two who sit there."""
    return {
        "rounds": [
            {
                "meetings": [
                    {"table": table, "attendees": list(pair), "outcome": "planned"}
                    for table, pair in seats.items()
                ]
            }
            for seats in rounds
        ]
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[list[bool]]:
    return [[cell["changed"] for cell in row["cells"]] for row in compared_rows(before, after)]


def test_a_cell_is_marked_where_others_sit() -> None:
    before, after = schedule({1: "ab", 2: "cd"}), schedule({1: "ab", 2: "ce"})
    assert changed(before, after) == [[False], [True]]


def test_who_is_named_first_is_no_change() -> None:
    assert changed(schedule({1: "ab"}), schedule({1: "ba"})) == [[False]]


def test_a_round_or_a_table_that_one_of_them_lacks_is_empty_there() -> None:
    rows = compared_rows(schedule({1: "ab"}), schedule({1: "ab"}, {3: "cd"}))
    assert [row["table"] for row in rows] == [1, 3]
    assert rows[1]["cells"][1] == {"from": (), "to": ("c", "d"), "changed": True}


def test_the_cost_is_told_where_both_were_reckoned() -> None:
    worth = [{"quality": {"objective": value}} for value in (3.0, 2.5)]
    assert cost_of(*worth) == 0.5
    assert cost_of(worth[0], {"quality": None}) is None


async def test_an_edit_leads_to_what_it_changed(api: Api, signed_in: PageReader) -> None:
    event = await planned_event(api)
    place = f"/events/{event}/schedules/1"
    meetings = (await api.get(f"/v1{place}"))["rounds"][0]["meetings"]
    (a, _), (c, _) = (meeting["attendees"] for meeting in meetings)
    asked = {"kind": "swap", "a": a, "b": c.upper(), "round": "1"}
    priced = await signed_in.submit(f"{place}/price", **asked)
    assert "This costs nothing." in priced.text
    assert len((await api.get(f"/v1/events/{event}/schedules"))["schedules"]) == 1
    answer = await signed_in.submit(f"{place}/edit", **asked)
    assert answer.headers["Location"] == f"/events/{event}/schedules/2/changes?from=1"
    text = await signed_in.page(answer.headers["Location"])
    assert "4 people have to be told something." in text
    assert text.count('class="changed"') == 2
    back = await signed_in.page(f"/events/{event}/schedules/1/changes?from=1")
    assert "Nobody has to be told anything." in back
