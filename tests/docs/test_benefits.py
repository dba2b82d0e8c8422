"""The worked example of docs/benefits.md is what its rules give, and what the code gives."""

import re
from fractions import Fraction
from itertools import pairwise
from math import floor, isqrt, prod
from pathlib import Path

import pytest

from schemas.event import Event
from solver.compatibility.networkx_graph import DiGraph
from tests.solver.compatibility.words import built

PAGE = (Path(__file__).parents[2] / "docs" / "benefits.md").read_text()
KINDS = ("served", "client", "referral", "interest")
SAME = 3
"""Permille by which another processor's arithmetic may move what rests on an embedding."""


def table() -> dict[tuple[str, str], list[int]]:
    """The rows of the example: the four reasons and the benefit, in permille."""
    rows = re.findall(r"^\| (a\d) from (a\d) \|(.*)\|$", PAGE, re.MULTILINE)
    return {(i, j): [permille(cell) for cell in cells.split("|")] for i, j, cells in rows}


def permille(cell: str) -> int:
    return int(Fraction(cell.strip()) * 1000)


@pytest.fixture(scope="module")
def graph() -> DiGraph:
    (document,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return built(Event.model_validate_json(document))


def curve(similarity: Fraction) -> Fraction:
    """The page's own curve."""
    alike, worth = re.findall(r"^\| (?:similarity|worth) \|(.*)\|$", PAGE, re.MULTILINE)
    points = [
        (Fraction(re.findall(r"[\d.]+", x)[0]), Fraction(y.strip()))
        for x, y in zip(alike.split("|"), worth.split("|"), strict=True)
    ]
    for (x, y), (next_x, next_y) in pairwise(points):
        if x <= similarity < next_x:
            return y + (similarity - x) / (next_x - x) * (next_y - y)
    raise AssertionError(similarity)


def thousandths(value: Fraction) -> Fraction:
    return Fraction(floor(value * 1000), 1000)


def test_the_rules_give_the_figures_of_the_page() -> None:
    website, bookkeeping = map(Fraction, re.findall(r"texts are ([\d.]+) alike", PAGE))
    served = {
        "a1": thousandths(curve(website)),
        "a2": thousandths(thousandths(curve(bookkeeping)) * Fraction("0.8")),
    }
    referral, interest = Fraction("0.2"), Fraction("0.06")
    for (i, j), row in table().items():
        client = thousandths(served[j] * Fraction("0.6"))
        values = [served[i], client, referral, interest]
        benefit = thousandths(1 - prod((1 - value for value in values), start=Fraction(1)))
        assert [value * 1000 for value in (*values, benefit)] == row
    assert "0.854" in PAGE
    assert isqrt(prod(row[-1] for row in table().values())) == 854


def test_the_code_gives_the_figures_of_the_page(graph: DiGraph) -> None:
    rows = table()
    assert set(rows) == set(graph.edges)
    for direction, row in rows.items():
        facts = graph.edges[direction]
        values = {why["kind"]: why["value"] for why in facts["reasons"]}
        assert [values[kind] for kind in KINDS] == pytest.approx(row[:4], abs=SAME)
        assert facts["benefit"] == pytest.approx(row[4], abs=SAME)
