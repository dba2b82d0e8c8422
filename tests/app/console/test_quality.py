"""The figures of a version as pictures draw them."""

from typing import Any

import pytest

from app.console.quality import (
    least_satisfied,
    network_of,
    people_by_byes,
    satisfaction_bins,
)
from tests.api import Api
from tests.app.console.reader import PageReader
from tests.app.console.stored import planned_event

pytestmark = pytest.mark.anyio


def share(who: str, satisfaction: float | None, byes: int = 0) -> dict[str, Any]:
    return {"id": who, "satisfaction": satisfaction, "byes": byes}


def test_a_bin_holds_its_lower_end_and_the_last_one_both() -> None:
    shares = [share("a", 0.0), share("b", 0.3), share("c", 0.999), share("d", 1.0)]
    assert satisfaction_bins(shares) == [1, 0, 0, 1, 0, 0, 0, 0, 0, 2]


def test_whom_nobody_can_serve_has_no_satisfaction_to_count() -> None:
    shares = [share("a", None), share("b", 0.5), share("c", 0.2)]
    assert sum(satisfaction_bins(shares)) == 2
    assert [who["id"] for who in least_satisfied(shares)] == ["c", "b"]


def test_byes_are_counted_by_people() -> None:
    assert people_by_byes([share("a", 1, 0), share("b", 1, 2), share("c", 1, 2)]) == [1, 0, 2]


def test_a_pair_of_two_triangles_is_linked_once() -> None:
    triangles = [{"attendees": ["a", "b", "c"]}, {"attendees": ["d", "b", "a"]}]
    found = network_of(triangles, {"a": "Anna"})
    assert found["links"] == [["a", "b"], ["a", "c"], ["a", "d"], ["b", "c"], ["b", "d"]]
    assert [(node["name"], node["count"]) for node in found["nodes"]] == [
        ("Anna", 2),
        ("b", 2),
        ("c", 1),
        ("d", 1),
    ]


async def test_every_picture_has_its_figures_as_a_table(api: Api, signed_in: PageReader) -> None:
    event = await planned_event(api)
    text = await signed_in.page(f"/events/{event}/schedules/1/quality")
    assert text.count('data-picture="bars"') == text.count("The same as a table") == 3
    assert "Everybody has as many meetings as they could have." in text


async def test_names_in_numbers_for_scripts_cannot_end_them(
    api: Api, signed_in: PageReader
) -> None:
    evil = "</script><b>"
    labels = {"role": evil}
    event = await planned_event(api, {"name": evil, "labels": labels})
    text = await signed_in.page(f"/events/{event}/schedules/1/quality")
    assert evil not in text
    assert r"\u003c/script\u003e\u003cb\u003e" in text
