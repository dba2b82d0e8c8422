"""The day over HTTP: bursts, logs that can be replayed, improvements, and who is told."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import commands
from tests.databases import settings_on
from tests.processes import Client, crowd, site, until

CLIENTS = 200


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("day")
    with site(settings_on(database, folder)) as running:
        quick = {"TERTIUS_QUIET_SECONDS": "0.2", "TERTIUS_IMPROVEMENT_WORK": "200000"}
        _, client = running.api(**quick)
        until(client.ready)
        yield client


def leaves(v: str) -> dict[str, Any]:
    return {"id": f"{v}-leaves", "kind": "drop_out", "attendee": v}


def settled(client: Client, event: str) -> Any:
    """The event's solves once all have ended, an improvement among them."""

    def ended() -> Any:
        solves = client.get(f"{event}/solves")["solves"]
        open_ones = [s for s in solves if s["state"] in ("queued", "running")]
        log = client.get(f"{event}/incidents")
        improved = len(solves) > len([row for row in log["made"] if row["cause"] != "improvement"])
        return solves if improved and not open_ones else None

    return until(ended)


def test_of_two_hundred_who_report_at_once_nobody_is_forgotten(client: Client) -> None:
    event = client.event(**crowd(CLIENTS + 20, 3))
    client.published(event)
    gone = [f"a{k:03}" for k in range(CLIENTS)]
    with ThreadPoolExecutor(40) as callers:
        answers = list(callers.map(lambda v: client.report(event, leaves(v)).json(), gone))
    assert {answer["status"] for answer in answers} <= {"published", "superseded"}
    for v, answer in zip(gone, answers, strict=True):
        version = client.get(f"{event}/schedules/{answer['version']}")
        assert all(v in block["absent"] for block in version["rounds"])
    assert len(client.get(f"{event}/schedules")["schedules"]) < CLIENTS / 3


def test_the_log_of_the_day_is_replayed_to_the_same_bytes(client: Client, tmp_path: Path) -> None:
    event = client.event(**crowd(14, 4))
    client.published(event)
    before = tmp_path / "event.json"
    before.write_text(json.dumps(client.get(event)))
    client.report(event, leaves("a003"), {"id": "1", "kind": "round_started", "round": 1})
    client.report(event, {"id": "2", "kind": "no_show", "attendee": "a004"})
    client.report(event, {"id": "3", "kind": "table_closed", "table": 2})
    client.report(event, {"id": "4", "kind": "undo", "incident": "a003-leaves"})
    log = tmp_path / "log.json"
    log.write_text(json.dumps(client.get(f"{event}/incidents")))
    out = tmp_path / "again"
    told = CliRunner().invoke(commands, ["replay", str(before), str(log), "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert told.output.count("the same") == 4
    for version in (2, 3, 4, 5):
        again = json.loads((out / f"version-{version}.json").read_text())
        was = client.get(f"{event}/schedules/{version}")
        assert again["rounds"] == was["rounds"]
    log.write_text(log.read_text().replace('"a004"', '"a005"'))
    other = CliRunner().invoke(commands, ["replay", str(before), str(log)])
    assert (other.exit_code, "DIFFERENT" in other.output) == (2, True)


def test_a_strict_repair_is_compared_with_a_fresh_solve_and_bounded(client: Client) -> None:
    event = client.event(**crowd(12, 4), policy={"stability": "strict"})
    client.published(event)
    version = client.report(event, leaves("a001")).json()["version"]
    assert client.get(f"{event}/schedules/{version}")["quality"]["proof"] == "none"
    settled(client, event)
    schedule = client.get(f"{event}/schedule")
    assert schedule["version"] == version
    assert schedule["quality"]["upper_bound"] >= schedule["quality"]["objective"]
    objective = client.get(f"{event}/schedules/{version}/repair")["objective"]
    assert objective["fresh"] <= schedule["quality"]["upper_bound"]


EDITS: dict[str, dict[str, Any]] = {
    "weights": {"weights": {"fairness": 0}},
    "benefits": {"benefits": []},
    "one more": {"attendees": [*({"id": f"a{k:03}"} for k in range(12)), {"id": "late"}]},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_no_bound_is_told_of_a_version_that_was_made_for_an_earlier_event(
    client: Client, edit: dict[str, Any]
) -> None:
    """A bound on the schedules of the event as it is now says nothing of an earlier one's."""
    event = client.event(**crowd(12, 4), policy={"stability": "strict"})
    client.published(event)
    version = client.report(event, leaves("a001")).json()["version"]
    headers = {
        "If-Match": client.http.get(event).headers["ETag"],
        "Content-Type": "application/merge-patch+json",
    }
    changed = client.http.patch(event, content=json.dumps(edit), headers=headers)
    assert changed.status_code == 200, changed.text
    settled(client, event)
    quality = client.get(f"{event}/schedules/{version}")["quality"]
    assert quality["upper_bound"] is None or quality["upper_bound"] >= quality["objective"]


def test_where_changes_are_allowed_a_better_version_follows(client: Client) -> None:
    event = client.event(**crowd(16, 5), policy={"stability": "free"})
    client.published(event)
    first = client.report(event, *(leaves(f"a{k:03}") for k in range(5))).json()
    settled(client, event)
    made = {row["version"]: row["cause"] for row in client.get(f"{event}/incidents")["made"]}
    now = client.get(f"{event}/schedule")
    if now["version"] == first["version"]:
        assert set(made.values()) == {"solve", "repair"}
    else:
        assert made[now["version"]] == "improvement"
        assert now["quality"]["objective"] > first["objective"]["after"]


def test_a_burst_of_two_edits_at_once_loses_neither(client: Client) -> None:
    event = client.event(**crowd(8, 2))
    tag = client.http.get(event).headers["ETag"]

    def rename(name: str) -> int:
        headers = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
        return client.http.patch(event, json={"name": name}, headers=headers).status_code

    with ThreadPoolExecutor(2) as organisers:
        assert sorted(organisers.map(rename, ("Spring", "Autumn"))) == [200, 412]


def test_one_rule_more_on_the_evening_before_touches_few_and_says_whom(client: Client) -> None:
    """What the solve is told goes: without it, of 64 people nearly all would have been moved."""
    event = client.event(**crowd(64, 8), policy={"publish": "manual", "idle": "leave"})
    first = client.published(event)
    met = {
        frozenset(m["attendees"])
        for block in client.get(f"{event}/schedule")["rounds"]
        for m in block["meetings"]
    }
    pair = next(["a000", f"a{k:03}"] for k in range(1, 64) if {"a000", f"a{k:03}"} not in met)
    headers = {
        "If-Match": client.http.get(event).headers["ETag"],
        "Content-Type": "application/merge-patch+json",
    }
    rule = {"pair_rules": [{"kind": "require", "pair": pair}]}
    changed = client.http.patch(event, content=json.dumps(rule), headers=headers)
    assert changed.status_code == 200, changed.text
    asked = {"work": 200_000, "stability": "strict"}
    solve = client.ended(client.solve(event, **asked))
    assert solve["state"] == "done", solve
    diff = client.get(f"{event}/schedules/{solve['version']}/diff?from={first}")
    moved = {person["attendee"] for person in diff["people"]}
    assert set(pair) <= moved
    assert len(moved) <= 6
