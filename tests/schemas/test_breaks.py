"""Breaks in words."""

import pytest

from schemas.breaks import Break, describe_breaks
from schemas.event import Attendee, Policy

LAST, BOTH = ({"from": first, "to": 2} for first in (2, 1))


@pytest.mark.parametrize(
    ("own", "policy", "told"),
    [
        ({}, {}, ""),
        ({"breaks": [BOTH]}, {}, "a break in rounds 1 to 2"),
        (
            {"max_in_a_row": 1},
            {"breaks": [LAST]},
            "at most 1 meeting in a row and a break in round 2",
        ),
        ({}, {"max_in_a_row": 3}, "at most 3 meetings in a row"),
        ({"breaks": [LAST]}, {"breaks": [BOTH]}, "a break in round 2"),
    ],
)
def test_what_somebody_has_is_their_own_or_the_policys(
    own: dict[str, object], policy: dict[str, object], told: str
) -> None:
    for said in (own, policy):
        if "breaks" in said:
            said["breaks"] = tuple(Break.model_validate(row) for row in said["breaks"])  # type: ignore[attr-defined]
    attendee = Attendee.model_validate({"id": "a", **own})
    assert describe_breaks(attendee, Policy.model_validate(policy)) == told
