"""Incidents over HTTP: held rounds stay, the rest is mended, everybody is told what changed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.databases import settings_on
from tests.processes import Client, crowd, site, until


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder: Path = tmp_path_factory.mktemp("incidents")
    with site(settings_on(database, folder)) as running:
        _, client = running.api()
        until(client.ready)
        yield client


def drop_out(attendee: str, **fields: Any) -> dict[str, Any]:
    return {"id": f"{attendee}-leaves", "kind": "drop_out", "attendee": attendee} | fields


def started(number: int) -> dict[str, Any]:
    return {"id": f"round-{number}", "kind": "round_started", "round": number}


def pairs(block: dict[str, Any]) -> set[tuple[str, ...]]:
    return {tuple(sorted(meeting["attendees"])) for meeting in block["meetings"]}


def test_a_drop_out_is_answered_with_the_repaired_schedule(client: Client) -> None:
    event = client.event(**crowd(12, 4))
    client.published(event)
    before = client.get(f"{event}/schedule")
    answer = client.report(event, drop_out("a003")).json()
    after = client.get(f"{event}/schedule")
    assert (answer["version"], answer["status"]) == (2, "published")
    assert (after["version"], after["status"]) == (2, "published")
    assert client.get(f"{event}/schedules/1")["status"] == "superseded"
    gone = {(c["round"], c["from"]) for c in answer["changes"] if c["attendee"] == "a003"}
    assert gone == {
        (block["round"], next(v for v in pair if v != "a003"))
        for block in before["rounds"]
        for pair in pairs(block)
        if "a003" in pair
    }
    assert all("a003" in block["absent"] for block in after["rounds"])


def test_held_rounds_stay_as_they_were(client: Client) -> None:
    event = client.event(**crowd(12, 4))
    client.published(event)
    before = client.get(f"{event}/schedule")
    answer = client.report(event, started(1), started(2), drop_out("a000")).json()
    after = client.get(f"{event}/schedule")
    assert after["version"] == answer["version"] == 2
    for old, new in zip(before["rounds"][:2], after["rounds"][:2], strict=True):
        for name in ("attendees", "table", "benefits", "purpose"):
            assert [m[name] for m in new["meetings"]] == [m[name] for m in old["meetings"]]
        assert new["byes"] == old["byes"]
    assert {change["round"] for change in answer["changes"]} <= {3, 4}
    assert client.get(event)["held_rounds"] == 2
    assert client.get(f"{event}/attendees/a000")["absent_rounds"] == [3, 4]


def test_a_round_that_starts_needs_no_repair(client: Client) -> None:
    event = client.event(**crowd(6, 3))
    version = client.published(event)
    for incident in (started(1), {"id": "end-1", "kind": "round_finished", "round": 1}):
        answer = client.report(event, incident)
        assert answer.status_code == 200
        told = answer.json()
        assert (told["version"], told["status"]) == (version, "published")
        assert told["changes"] == told["touched"] == told["standby"] == []
    assert client.get(event)["held_rounds"] == 1


def test_after_the_last_round_nothing_is_repaired(client: Client) -> None:
    event = client.event(**crowd(6, 1))
    version = client.published(event)
    client.report(event, started(1))
    assert client.report(event, drop_out("a001")).json()["version"] == version
    assert len(client.get(f"{event}/solves")["solves"]) == 1


def test_incidents_sent_again_change_nothing_and_are_answered_as_before(client: Client) -> None:
    event = client.event(**crowd(10, 3))
    client.published(event)
    first = client.report(event, drop_out("a001"))
    client.report(event, drop_out("a002"))
    again = client.report(event, drop_out("a001"))
    assert again.json() == first.json()
    assert client.get(f"{event}/schedule")["version"] == 3
    assert len(client.get(f"{event}/incidents")["incidents"]) == 2


def test_leaving_twice_is_leaving_once(client: Client) -> None:
    event = client.event(**crowd(10, 3))
    client.published(event)
    first = client.report(event, drop_out("a001"))
    again = client.report(event, drop_out("a001", id="said-twice"))
    assert again.json() == first.json()


def test_a_walk_in_is_seated(client: Client) -> None:
    event = client.event(**crowd(7, 3))
    client.published(event)
    profile = {"id": "new", "offers": ["soap"], "needs": ["boxes"]}
    arrival = {"id": "w", "kind": "late_arrival", "attendee": "new", "profile": profile}
    assert client.report(event, arrival).json()["status"] == "published"
    schedule = client.get(f"{event}/schedule")
    assert "new" in {share["id"] for share in schedule["attendees"]}


def test_a_burst_costs_few_repairs_and_loses_nobody(client: Client) -> None:
    event = client.event(**crowd(60, 4))
    client.published(event)
    leavers = [f"a{k:03}" for k in range(0, 60, 3)]
    with ThreadPoolExecutor(len(leavers)) as callers:
        answers = list(callers.map(lambda who: client.report(event, drop_out(who)), leavers))
    assert {answer.status_code for answer in answers} == {200}
    schedule = client.get(f"{event}/schedule")
    assert schedule["status"] == "published"
    met = {v for block in schedule["rounds"] for pair in pairs(block) for v in pair}
    assert met.isdisjoint(leavers)
    assert schedule["version"] <= 1 + len(leavers) // 2
    assert len(client.get(f"{event}/incidents")["incidents"]) == len(leavers)


def test_who_does_not_wait_is_told_later(client: Client) -> None:
    event = client.event(**crowd(12, 4))
    client.published(event)
    answer = client.report(event, drop_out("a001"), Prefer="wait=0")
    assert answer.status_code == 202
    assert (answer.json()["version"], answer.json()["status"]) == (None, "pending")
    solve = client.ended(answer.headers["Location"])
    assert client.report(event, drop_out("a001")).json()["version"] == solve["version"] == 2


def test_with_manual_publishing_a_repair_is_a_draft(client: Client) -> None:
    event = client.event(**crowd(8, 3, policy={"publish": "manual"}))
    version = client.published(event)
    answer = client.report(event, drop_out("a001")).json()
    assert (answer["version"], answer["status"]) == (2, "draft")
    assert client.get(f"{event}/schedule")["version"] == version


def test_an_answer_is_kept_under_its_key(client: Client) -> None:
    event = client.event(**crowd(8, 3))
    client.published(event)
    answers = [
        client.report(event, drop_out("a001"), **{"Idempotency-Key": "k-1"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].status_code == answers[1].status_code == 200


def test_a_solve_after_held_rounds_keeps_them(client: Client) -> None:
    event = client.event(**crowd(10, 4))
    client.published(event)
    before = client.get(f"{event}/schedule")
    client.report(event, started(1))
    solve = client.ended(client.solve(event, work=10))
    draft = client.get(f"{event}/schedules/{solve['version']}")
    assert draft["status"] == "draft"
    assert pairs(draft["rounds"][0]) == pairs(before["rounds"][0])
    assert client.get(f"{event}/schedule")["version"] == before["version"]


def test_consent_that_is_revoked_ends_the_pitch_and_not_the_meeting(client: Client) -> None:
    people = [
        {"id": "buyer", "needs": ["public liability insurance"], "interests": ["golf"]},
        {"id": "seller", "offers": ["public liability insurance"], "interests": ["golf"]},
    ]
    event = client.event(rounds=[{}, {}], attendees=people)
    client.published(event)
    (pitch,) = (m for block in client.get(f"{event}/schedule")["rounds"] for m in block["meetings"])
    assert pitch["intent"] == "pitch"
    revoked = {"id": "no-more", "kind": "consent_revoked", "attendee": "buyer"}
    assert client.report(event, revoked).json()["status"] == "published"
    (kept,) = (m for block in client.get(f"{event}/schedule")["rounds"] for m in block["meetings"])
    assert kept["intent"] == "relationship"
    assert "presents" not in kept["purpose_line"]


def test_a_wish_of_the_day_counts_from_the_next_round_on(client: Client) -> None:
    people = [{"id": v, "interests": ["golf"]} for v in "abcd"]
    event = client.event(rounds=[{}, {}, {}], attendees=people)
    client.published(event)
    before = client.get(f"{event}/schedule")
    first, *later = before["rounds"]
    met = next(m["attendees"] for m in first["meetings"] if "a" in m["attendees"])
    ahead = next(m["attendees"] for m in later[0]["meetings"] if "a" in m["attendees"])
    client.report(event, started(1))
    wishes = [
        {"id": f"wish-{k}", "kind": "wish", "pair": sorted(two, key=lambda v: v != "a")}
        for k, two in enumerate((met, ahead))
    ]
    for wish in wishes:
        assert client.report(event, wish).status_code == 200
    now = client.get(f"{event}/schedule")
    assert now["rounds"][0] == first
    worth = {tuple(m["attendees"]): m["benefits"]["a"] for b in now["rounds"] for m in b["meetings"]
             if "a" in m["attendees"]}  # fmt: skip
    assert worth[tuple(met)] == 0.06
    assert worth[tuple(ahead)] > 0.9
    assert now["quality"]["wishes"] == {
        "asked": 2, "met": 2, "mutual": 0, "mutual_met": 0, "empty_handed": 0,
    }  # fmt: skip
    undone = {"id": "no", "kind": "undo", "incident": "wish-1"}
    assert client.report(event, undone).status_code == 200
    assert client.get(f"{event}/schedule")["quality"]["wishes"]["asked"] == 1
