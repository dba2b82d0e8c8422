"""What presets rest on is counted right, and still so where that is quick to see."""

from bench.presets import _circle_row, circle_by_method, talks_by_price
from schemas.schedule import Meeting, Schedule, ScheduledRound, Share


def week(pairs: str, *byes: str) -> Schedule:
    meetings = tuple(
        Meeting(table=k, attendees=(two[0], two[1])) for k, two in enumerate(pairs.split(), start=1)
    )
    people = (
        Share(id=v, meetings=1, byes=0, benefit=0.0, best=0.0, satisfaction=None) for v in "abc"
    )
    block = ScheduledRound(round=1, meetings=meetings, byes=byes)
    return Schedule(rounds=(block,), attendees=tuple(people))


def test_weeks_are_counted_until_all_have_met() -> None:
    weeks = [week("ab", "c"), week("ab", "c"), week("bc", "a"), week("ca", "b"), week("ab", "c")]
    assert _circle_row("equal", 0, "weekly", weeks) == ("weekly", "equal", "0", "4", "3", "3")
    assert _circle_row("equal", 0, "weekly", weeks[:3]) == ("weekly", "equal", "0", "-", "2", "2")


def test_a_season_as_one_event_sees_everybody_in_the_fewest_weeks() -> None:
    assert next(iter(circle_by_method())) == ("one event", "demo", "0", "9", "36", "1")


def test_a_price_of_byes_spreads_talks() -> None:
    rows = {byes: sorted(map(int, talks.split())) for byes, talks in talks_by_price()}
    assert rows["20"][-1] - rows["20"][0] <= 1
    assert rows["0"][-1] - rows["0"][0] > 1
