"""Whatever a request has a child do, too much of it is refused in words, as documented."""

from math import isfinite
from typing import Any

import pytest

from app.errors import OutOfMemory, OutOfTime, Refused
from app.store import events
from app.workers import child_pool, tasks
from app.workers.child_pool import Child, ChildPool
from tests.api import TWO, Api
from tests.app.routes.test_schedules import event, publish, store
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

DEMANDING = TWO | {"pair_rules": [{"kind": "require", "pair": ["a", "b"]}]}

TASKS: dict[str, tuple[str, str, Any]] = {
    "a stateless solve": ("POST", "/v1/solve?work=1", TWO),
    "contradictions": ("POST", "/v1/events", DEMANDING),
    "the graph": ("GET", "{url}/graph", None),
    "the diagnosis": ("GET", "{url}/diagnosis", None),
    "an explanation": ("GET", "{url}/schedules/1/explain?pair=a,b", None),
    "an agenda": ("GET", "{url}/attendees/a/agenda", None),
    "a calendar": ("GET", "{url}/attendees/a/agenda.ics", None),
    "everybody's briefs": ("GET", "{url}/schedules/1/briefs", None),
    "a file of a version": ("GET", "{url}/schedules/1?format=xlsx", None),
    "a file of the schedule": ("GET", "{url}/schedule?format=csv", None),
    "follow-ups": ("GET", "{url}/attendees/a/follow-ups", None),
    "introductions": ("GET", "{url}/introductions", None),
    "the live view": ("GET", "{url}/live", None),
    "differences": ("GET", "{url}/schedules/2/diff?from=1", None),
}

REFUSALS: list[tuple[type[Refused], int]] = [(OutOfTime, 503), (OutOfMemory, 422)]


@pytest.fixture
async def url(api: Api) -> str:
    """An event with two versions, the first of them published."""
    url = await event(api, 1)
    await store(api, url, [["ab", "cd"]], [["ac", "bd"]])
    await publish(api, url, 1)
    return url


@pytest.mark.parametrize(("refusal", "status"), REFUSALS)
@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
async def test_what_takes_too_much_is_refused_in_words(
    api: Api,
    url: str,
    task: tuple[str, str, Any],
    refusal: type[Refused],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_pool: ChildPool, _child: Child, end: float) -> None:
        if isfinite(end):  # a repair, which begins meanwhile, is no task
            raise refusal

    monkeypatch.setattr(child_pool, "SECONDS_BETWEEN_CHECKS", 0)
    monkeypatch.setattr(ChildPool, "_check", refuse)
    verb, place, body = task
    problem = await api.refuses(verb, place.format(url=url), body, status=status)
    assert problem["title"] == refusal.title


NOT_ADMITTED = {"a stateless solve", "contradictions", "the live view", "differences"}


@pytest.mark.parametrize("name", [name for name in TASKS if name not in NOT_ADMITTED])
async def test_nothing_is_read_for_who_waits_for_a_turn(
    api: Api, url: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(*_: object, **__: object) -> None:
        raise AssertionError("an event was read")

    monkeypatch.setattr(tasks, "MOST_AT_HAND", 0)
    monkeypatch.setattr(tasks, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(events, "find", read)
    for kind in ("graph_tasks", "agenda_tasks", "file_tasks"):
        monkeypatch.setattr(getattr(api.app.state, kind), "_at_hand", {})
    verb, place, _ = TASKS[name]
    answer = await api.send(verb, place.format(url=url))
    assert answer.status_code == 503
    assert "busy" in answer.json()["title"]
