"""The worked example of docs/benefits.md is what its rules give, and what the code gives."""

import re
from fractions import Fraction
from itertools import pairwise
from math import floor, isqrt, prod
from pathlib import Path

import pytest

from schemas.event import Event, PairRule
from solver.compatibility.networkx_graph import DiGraph
from solver.compatibility.stages import histories_of
from solver.meaning.likeness import BIAS, WEIGHTS
from tests.solver.compatibility.words import benefit, built

PAGE = (Path(__file__).parents[2] / "docs" / "benefits.md").read_text()
KINDS = ("served", "client", "referral", "interest")
PRINTED = [round(float(weight), 2) for weight in WEIGHTS]
SAME = 3
"""Permille by which another processor's arithmetic may move what rests on an embedding."""


def table() -> dict[tuple[str, str], list[int]]:
    """The rows of the example: the four reasons and the benefit, in permille."""
    rows = re.findall(r"^\| (a\d) from (a\d) \|(.*)\|$", PAGE, re.MULTILINE)
    return {(i, j): [permille(cell) for cell in cells.split("|")] for i, j, cells in rows}


def permille(cell: str) -> int:
    return int(Fraction(cell.strip()) * 1000)


def earlier() -> list[tuple[PairRule, list[int]]]:
    """What the two said of an earlier meeting, and the figures beside it, in permille."""
    word = "nothing|valuable|not_valuable|would_refer"
    rows = re.findall(rf"^\| ({word}) \| ({word}) \|(.*)\|$", PAGE, re.MULTILINE)
    return [(met(*said), [permille(cell) for cell in cells.split("|")]) for *said, cells in rows]


def met(one: str, other: str) -> PairRule:
    told = {name: [v for v, word in (("a1", one), ("a2", other)) if word == name]
            for name in ("valuable", "not_valuable", "would_refer")}  # fmt: skip
    return PairRule.model_validate({"kind": "met", "pair": ["a1", "a2"], **told}, strict=False)


@pytest.fixture(scope="module")
def event() -> Event:
    (document,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return Event.model_validate_json(document)


@pytest.fixture(scope="module")
def graph(event: Event) -> DiGraph:
    return built(event)


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


def test_the_page_prints_the_weights_of_likeness() -> None:
    told = re.search(r"\| view \|.*?\n\n", PAGE, re.DOTALL)
    assert told
    printed = re.findall(r"\| (\u2212?\d\.\d\d) \|\n", told[0])
    assert [float(weight.replace("\u2212", "-")) for weight in printed] == pytest.approx(PRINTED)
    assert f"less {-BIAS:.2f} is the log-odds" in PAGE


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
    assert "0.926" in PAGE
    assert isqrt(prod(row[-1] for row in table().values())) == 926


def test_the_code_gives_the_figures_of_the_page(graph: DiGraph) -> None:
    rows = table()
    assert set(rows) == set(graph.edges)
    for direction, row in rows.items():
        facts = graph.edges[direction]
        values = {why["kind"]: why["value"] for why in facts["reasons"]}
        assert [values[kind] for kind in KINDS] == pytest.approx(row[:4], abs=SAME)
        assert facts["benefit"] == pytest.approx(row[4], abs=SAME)


def test_the_rules_give_what_the_page_says_of_an_earlier_meeting() -> None:
    values = {direction: row[:4] for direction, row in table().items()}
    for rule, (known, left, *gains) in earlier():
        assert histories_of([rule])["a1", "a2"][1:] == (known, left)
        for direction, gain in zip((("a1", "a2"), ("a2", "a1")), gains, strict=True):
            parts = (Fraction(value, 1000) for value in (*values[direction], known))
            whole = thousandths(1 - prod((1 - part for part in parts), start=Fraction(1)))
            assert thousandths(whole * left / 1000) * 1000 == gain


def test_the_code_gives_what_the_page_says_of_an_earlier_meeting(event: Event) -> None:
    assert len(earlier()) == 8
    for rule, (*_, mine, yours) in earlier():
        graph = built(event.model_copy(update={"pair_rules": (rule,)}))
        found = [benefit(graph, "a1", "a2"), benefit(graph, "a2", "a1")]
        assert found == pytest.approx([mine, yours], abs=SAME)
