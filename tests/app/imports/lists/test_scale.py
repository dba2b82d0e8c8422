"""Scores: no scale is guessed, and what is said of one holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.imports.lists.scale import Scale, Score, choose_scale, read_scale, read_score


def scores(*cells: str) -> list[Score]:
    return [score for cell in cells if (score := read_score(cell))]


def test_numbers_are_read_with_a_point_or_a_comma() -> None:
    assert [s.number for s in scores("0.25", "0,25", "+1", "-2", "2e-1")] == [
        0.25,
        0.25,
        1,
        -2,
        0.2,
    ]
    assert read_score("45 %") == Score(45.0, is_percent=True)
    for cell in ("", "x", "1.2.3", "1 2", "0x1", "nan", "inf", "1e999", "٣,"):
        assert read_score(cell) is None


def test_what_lies_between_0_and_1_is_a_benefit_as_it_is() -> None:
    assert choose_scale(scores("0", "1", "0.123")) == Scale(0, 1)


def test_percent_signs_tell_percents() -> None:
    assert choose_scale(scores("0 %", "100%", "7,5 %")) == Scale(0, 100)


@pytest.mark.parametrize("cells", [("1", "5"), ("0.2", "100"), ("-1", "1"), ("50 %", "0.5")])
def test_everything_else_is_no_guess(cells: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        choose_scale(scores(*cells))
    assert refusal.value.errors[0].pointer == "query:scale"


def test_a_scale_is_said_from_worst_to_best() -> None:
    assert read_scale("1..5").permille_of(4) == 750
    assert read_scale(" 6..1 ").permille_of(1) == 1000
    assert read_scale("-1 .. 1").permille_of(0) == 500
    assert read_scale("0..100").permille_of(101) is None
    assert read_scale("0..100").permille_of(-1) is None
    assert str(read_scale("1..5.5")) == "1..5.5"
    for text in ("", "5", "1-5", "5..5", "a..b", "1..5..9", "1e9..2"):
        with pytest.raises(Invalid):
            read_scale(text)


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0, 1))
def test_every_score_between_the_ends_is_worth_what_lies_between(
    worst: float, best: float, share: float
) -> None:
    if abs(best - worst) > 1e-3:
        number = worst + share * (best - worst)
        worth = Scale(worst, best).permille_of(number)
        assert worth is None or abs(worth - 1000 * share) <= 1
