"""Solves that are asked for: within the limits, and none twice."""

from typing import Any

import pytest

from app.errors import Invalid, TooMany
from app.service.solves import find_or_add_solve, with_limits
from app.settings import Settings
from app.store import solves
from app.store.engine import Store
from schemas.solve import SolveRequest
from tests.app.service.stored import event_in

pytestmark = pytest.mark.anyio

LIMITS = Settings(longest_solve_seconds=60, solve_seconds=20)
MANY, TWO = Settings(open_solves=9), Settings(open_solves=2)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({}, {"seconds": 20}),
        ({"gap": 0.1}, {"seconds": 20, "gap": 0.1}),
        ({"work": 5}, {"work": 5}),
        ({"seconds": 60}, {"seconds": 60}),
        ({"seconds": 1, "work": 5}, {"seconds": 1, "work": 5}),
    ],
)
def test_a_request_without_a_budget_is_given_one(
    asked: dict[str, Any], given: dict[str, Any]
) -> None:
    assert with_limits(SolveRequest(**asked), LIMITS) == SolveRequest(**given)


def test_nobody_is_given_more_than_the_most_by_default() -> None:
    short = Settings(longest_solve_seconds=5, solve_seconds=20)
    assert with_limits(SolveRequest(), short) == SolveRequest(seconds=5)


def test_more_time_than_one_may_have_is_refused_where_it_was_asked_for() -> None:
    for pointer in ("/seconds", "query:seconds"):
        with pytest.raises(Invalid) as refused:
            with_limits(SolveRequest(seconds=60.5), LIMITS, pointer)
        assert refused.value.errors[0].pointer == pointer


async def test_an_equal_solve_that_is_unfinished_is_found(store: Store) -> None:
    request = SolveRequest(work=5)
    async with store.write() as connection:
        stored = await event_in(connection)
        first = await find_or_add_solve(connection, stored, request, MANY)
        assert await find_or_add_solve(connection, stored, request, MANY) == first
        other = await find_or_add_solve(connection, stored, SolveRequest(work=6), MANY)
    assert other.id != first.id
    assert (first.kind, first.revision) == ("solve", stored.revision)


@pytest.mark.parametrize("change", [{"state": "done"}, {"stop": True}, {"revision": 0}])
async def test_a_solve_that_ended_was_stopped_or_is_of_another_revision_is_not_it(
    store: Store, change: dict[str, Any]
) -> None:
    request = SolveRequest(work=5)
    async with store.write() as connection:
        stored = await event_in(connection)
        first = await find_or_add_solve(connection, stored, request, MANY)
        await solves.update(connection, first.id, **change)
        assert (await find_or_add_solve(connection, stored, request, MANY)).id != first.id


async def test_only_so_many_are_unfinished_at_once(store: Store) -> None:
    async with store.write() as connection:
        stored = await event_in(connection)
        await solves.add(connection, stored.id, "repair", SolveRequest(), 1)
        made = [
            await find_or_add_solve(connection, stored, SolveRequest(work=k), TWO) for k in (1, 2)
        ]
        with pytest.raises(TooMany):
            await find_or_add_solve(connection, stored, SolveRequest(work=3), TWO)
        assert await find_or_add_solve(connection, stored, SolveRequest(work=2), TWO) == made[1]
        await solves.update(connection, made[0].id, state="done")
        await find_or_add_solve(connection, stored, SolveRequest(work=3), TWO)


async def test_only_so_many_of_an_organisation_are_unfinished_at_once(store: Store) -> None:
    settings = Settings(open_solves=9, organisation_solves=2)
    async with store.write() as connection:
        ours = [await event_in(connection, organisation="crowded") for _ in range(3)]
        for stored in ours[:2]:
            await find_or_add_solve(connection, stored, SolveRequest(work=1), settings)
        with pytest.raises(TooMany, match="organisation"):
            await find_or_add_solve(connection, ours[2], SolveRequest(work=1), settings)
        await find_or_add_solve(connection, ours[1], SolveRequest(work=1), settings)
        other = await event_in(connection, organisation="elsewhere")
        await find_or_add_solve(connection, other, SolveRequest(work=1), settings)
