"""Who sits together in a round, as people are told it."""

import pytest

from app.day.seats import meetings_as_told
from tests.app.day.days import schedule


@pytest.mark.parametrize(
    ("round_1", "told"),
    [
        ("ab1 cd2", ["ab1", "cd2"]),
        ("ab1! ac1+", ["ab1", "ac1"]),
        ("ab1! ab3+ cd2", ["ab3", "cd2"]),
        ("ab1! ab3+! cd2", ["ab3", "cd2"]),
        ("ab1 ab3+! cd2", ["ab1", "cd2"]),
    ],
)
def test_of_two_who_were_seated_anew_the_last_meeting_is_told(
    round_1: str, told: list[str]
) -> None:
    block = schedule(round_1).rounds[0]
    assert ["".join(m.attendees) + str(m.table) for m in meetings_as_told(block)] == told
