"""Webhooks of a running service: every kind arrives, and no kill of a worker loses a message."""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.databases import settings_on
from tests.processes import Client, RunningService, Site, site, until
from tests.receiver import HookPost, Receiver, receiver

LOCAL = {"TERTIUS_WEBHOOKS_LOCAL": "1"}
SIX = [{"id": v} for v in "abcdef"]
KILLS = 200 if os.environ.get("TERTIUS_SOAK") else 6


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as other:
        yield other


@pytest.fixture
def place(database: str, tmp_path: Path) -> Iterator[Site]:
    with site(settings_on(database, tmp_path)) as place:
        yield place


def subscribe(client: Client, other: Receiver) -> Any:
    return client.post("/v1/webhooks", {"url": other.url}, 201).json()


def kinds_of(other: Receiver, event: str, secret: str) -> list[str]:
    told = other.of_event(event.rpartition("/")[2], secret)
    return [message["type"] for message in told]


def test_each_kind_arrives_verified(place: Site, other: Receiver) -> None:
    _, client = place.api(**LOCAL)
    webhook = subscribe(client, other)
    event = client.event(attendees=SIX, rounds={"count": 2})
    version = client.published(event)
    client.report(event, {"id": "1", "kind": "round_started", "round": 1})
    client.report(event, {"id": "2", "kind": "drop_out", "attendee": "a"}, Prefer="wait=30")
    feedback = [
        {"id": f"f{k}", "attendee": who, "partner": partner, "held": False}
        for k, (who, partner) in enumerate(_first_round(client, event, version))
    ]
    client.post(f"{event}/feedback", {"feedback": feedback})
    lonely = client.event(attendees=[{"id": "a"}], rounds={"count": 1})
    assert client.get(f"{lonely}/diagnosis")["findings"]
    client.post(f"/v1/webhooks/{webhook['id']}/test", None, 202)

    def kinds() -> set[str]:
        messages = [arrival.message(webhook["secret"]) for arrival in list(other.arrivals)]
        return {message["type"] for message in messages}

    wanted = {"solve.finished", "schedule.published", "repair.published", "webhook.test"}
    wanted |= {"diagnosis.critical", "feedback.alarm"}
    until(lambda: kinds() >= wanted)
    assert kinds_of(other, event, webhook["secret"])[:4] == [
        "solve.finished", "schedule.published", "repair.published", "solve.finished",
    ]  # fmt: skip
    published = other.of_event(event.rpartition("/")[2], webhook["secret"])[2]["data"]
    assert "a" in published["changed"]
    until(lambda: client.get(f"/v1/webhooks/{webhook['id']}")["waiting"] == 0)


def _first_round(client: Client, event: str, version: int) -> list[tuple[str, str]]:
    meetings = client.get(f"{event}/schedules/{version}")["rounds"][0]["meetings"]
    return [(one, other) for one, other in (meeting["attendees"] for meeting in meetings)]


def worker_of(api: RunningService) -> psutil.Process:
    """The worker that the service keeps running."""
    children = psutil.Process(api.process.pid).children()
    return next(child for child in children if "app.workers.worker" in " ".join(child.cmdline()))


def test_a_worker_killed_at_any_moment_loses_no_message(place: Site, other: Receiver) -> None:
    """Some are killed between a send and its mark: the receiver pulls the trigger itself."""
    api, client = place.api(**LOCAL)
    webhook = subscribe(client, other)
    secret, chance = webhook["secret"], random.Random(7)
    events = [client.event(attendees=SIX, rounds={"count": 2}) for _ in range(3)]
    for event in events:
        client.published(event)
    killed: list[str] = []

    def kill(arrival: HookPost) -> int:
        """Kill the worker that waits for this answer."""
        with suppress(psutil.Error, StopIteration):
            os.kill(worker_of(api).pid, signal.SIGKILL)
            killed.append(arrival.id)
        return 204

    for number in range(KILLS):
        for event in events:
            client.report(event, {"id": f"d{number}", "kind": "pause", "attendee": "a", "round": 2})
            client.report(event, {"id": f"u{number}", "kind": "undo", "incident": f"d{number}"})
        other.answer, before = kill, len(killed)
        client.post(f"/v1/webhooks/{webhook['id']}/test", None, 202)
        until(partial(_is_longer, killed, before))
        other.answer = lambda _: 204
        time.sleep(chance.random() * 0.2)
    until(lambda: client.get(f"/v1/webhooks/{webhook['id']}")["waiting"] == 0, 120)
    assert len(killed) >= KILLS
    times = other.times()
    assert all(times[message] >= 2 for message in killed)  # sent again, under the same id
    for event in events:
        told = other.of_event(event.rpartition("/")[2], secret)
        versions_told = [row["data"]["version"] for row in told if "published" in row["type"]]
        versions_there = [row["version"] for row in client.get(f"{event}/schedules")["schedules"]]
        assert versions_told == sorted(versions_there)  # in order, and none is missing


def _is_longer(rows: list[str], before: int) -> bool:
    return len(rows) > before
