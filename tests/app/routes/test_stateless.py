"""The stateless solve: event in, schedule out, and nothing left behind."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from app.workers.child_pool import Child
from app.workers.messages import PlanOrder, PlanReply, Report
from tests.api import Api
from tests.processes import PATIENCE, Client, RunningService, crowd, site, until

ONE_PLACE = {"TERTIUS_STATELESS_SOLVES": "1", "TERTIUS_STATELESS_PATIENCE": "0.2"}
TWO: dict[str, Any] = {"attendees": [{"id": "a"}, {"id": "b"}], "rounds": [{}]}
SOLVE = "/v1/solve"


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[RunningService, Client]]:
    folder: Path = tmp_path_factory.mktemp("stateless")
    with site(Settings(data=folder)) as running:
        yield running.api("--workers", "0", **ONE_PLACE)


@pytest.fixture
def service(both: tuple[RunningService, Client]) -> RunningService:
    return both[0]


@pytest.fixture
def client(both: tuple[RunningService, Client]) -> Client:
    return both[1]


def test_an_event_comes_back_as_a_schedule(client: Client) -> None:
    schedule = client.post(f"{SOLVE}?work=100", crowd(8, 3)).json()
    assert (schedule["event_id"], schedule["version"], schedule["status"]) == (None, None, "draft")
    assert [block["round"] for block in schedule["rounds"]] == [1, 2, 3]
    assert client.get("/v1/events")["events"] == []


def test_a_schedule_sent_back_is_replanned(client: Client) -> None:
    event = crowd(8, 3)
    before = client.post(f"{SOLVE}?work=100", event).json()
    event["attendees"][0]["absent_rounds"] = [2, 3]
    again = event | {"published": before, "held_rounds": 1}
    after = client.post(f"{SOLVE}?work=100", again).json()
    old, new = (
        [meeting["attendees"] for meeting in schedule["rounds"][0]["meetings"]]
        for schedule in (before, after)
    )
    assert old == new
    assert "a000" in after["rounds"][1]["absent"]


WRONG = {
    "no seconds": ("seconds=0", "query:seconds"),
    "negative seconds": ("seconds=-1", "query:seconds"),
    "NaN": ("seconds=nan", "query:seconds"),
    "infinity": ("seconds=inf", "query:seconds"),
    "too many seconds": ("seconds=3000", "query:seconds"),
    "soon": ("seconds=soon", "query:seconds"),
    "half a step": ("work=1.5", "query:work"),
    "no work": ("work=0", "query:work"),
    "a gap above 1": ("gap=2", "query:gap"),
    "a negative seed": ("seed=-1", "query:seed"),
    "a large seed": (f"seed={2**31}", "query:seed"),
    "an unknown name": ("second=5", "query:second"),
}


@pytest.mark.parametrize(("query", "pointer"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_query_is_refused_by_name(client: Client, query: str, pointer: str) -> None:
    problem = client.post(f"{SOLVE}?{query}", TWO, 422).json()
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_rules_that_contradict_each_other_are_named(client: Client) -> None:
    event = {
        "attendees": [{"id": v, "min_meetings": 1} for v in "abc"],
        "rounds": [{"tables": 1}],
    }
    problem = client.post(f"{SOLVE}?seconds=10", event, 422).json()
    assert problem["conflict"]
    assert all(rule["message"] for rule in problem["conflict"])
    (shortage,), remedies = problem["advice"]["shortages"], problem["advice"]["remedies"]
    assert (shortage["kind"], shortage["needed"], shortage["available"]) == ("meetings", 2, 1)
    assert shortage["attendees"] == ["a", "b", "c"]
    assert [(one["kind"], one.get("rounds")) for one in remedies] == [
        ("add_rounds", 1), ("give_up", None),
    ]  # fmt: skip
    assert remedies[1]["lower"] == [{"attendee": "c", "min_meetings": 0}]


def test_who_finds_every_place_taken_is_told_to_come_back(client: Client) -> None:
    with ThreadPoolExecutor(2) as callers:
        answers = list(
            callers.map(
                lambda _: client.http.post(f"{SOLVE}?seconds=3", json=crowd(60, 8)), range(2)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 503]
    assert all("Retry-After" in a.headers for a in answers if a.status_code == 503)


@pytest.mark.anyio
@pytest.mark.parametrize(("deaths", "status"), [(0, 200), (1, 200), (2, 503)])
async def test_a_solve_whose_child_is_killed_begins_anew_once(
    api: Api, monkeypatch: pytest.MonkeyPatch, deaths: int, status: int
) -> None:
    plan, killed = Child.plan, list[int | None]()

    async def killed_at_first(child: Child, order: PlanOrder, report: Report) -> PlanReply:
        if len(killed) < deaths:
            killed.append(child._process.pid)
            child._process.kill()
        return await plan(child, order, report)

    monkeypatch.setattr(Child, "plan", killed_at_first)
    answer = await api.send("POST", f"{SOLVE}?work=1", TWO)
    assert answer.status_code == status
    assert len(set(killed)) == deaths
    if status == 503:
        assert answer.headers["Retry-After"]
        assert "ended too early" in answer.json()["title"]


def test_a_solve_outlives_the_server_that_children_are_forked_from(
    service: RunningService, client: Client
) -> None:
    client.post(f"{SOLVE}?work=1", TWO)
    _, *forking_and_forked = service.descendants()
    for process in forking_and_forked:
        os.kill(process, signal.SIGKILL)
    client.post(f"{SOLVE}?work=1", TWO)


def test_who_leaves_gives_up_their_place(client: Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.http.post(f"{SOLVE}?seconds=500", json=crowd(60, 8), timeout=1)
    until(lambda: client.http.post(f"{SOLVE}?work=1", json=TWO).status_code == 200, PATIENCE)


def stop_children(service: RunningService) -> None:
    """Have all that are forked sleep; the tracker and the server they are forked from do not."""
    _, _, *forked = service.descendants()
    assert forked
    for process in forked:
        with suppress(ProcessLookupError):  # one that was not needed in the end
            os.kill(process, signal.SIGSTOP)


def test_a_child_that_sleeps_is_given_up_and_its_place_is_free(tmp_path: Path) -> None:
    moment = {"TERTIUS_SOLVE_SECONDS": "0.5", "TERTIUS_LONGEST_SOLVE_SECONDS": "0.5"}
    with site(Settings(data=tmp_path)) as running:
        service, client = running.api("--workers", "0", **ONE_PLACE, **moment)
        client.post(f"{SOLVE}?work=1", TWO)
        stop_children(service)
        answer = client.post(SOLVE, TWO, 503)
        assert answer.headers["Retry-After"]
        assert "longer than one request may" in answer.json()["title"]
        client.post(f"{SOLVE}?work=1", TWO)


def test_who_waits_when_the_service_is_told_to_end_is_told_to_come_back(tmp_path: Path) -> None:
    with site(Settings(data=tmp_path)) as running, ThreadPoolExecutor(2) as callers:
        service, client = running.api("--workers", "0", **ONE_PLACE)
        client.post(f"{SOLVE}?work=1", TWO)
        stop_children(service)
        both = [callers.submit(client.post, SOLVE, TWO, 503) for _ in range(2)]
        (refused,), (waiting,) = wait(both, return_when=FIRST_COMPLETED)
        service.process.terminate()
        assert "busy" in refused.result().json()["title"]
        answer = waiting.result()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"]
    assert "closing" in answer.json()["title"]
