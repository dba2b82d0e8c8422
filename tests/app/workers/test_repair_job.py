"""Repairs by the process that took the incident: whatever happens to its child, they are made."""

import pytest
from pydantic_core import from_json

from app.planning.document import to_written
from app.store import events, schedules
from app.workers.messages import Failed
from app.workers.repair_job import RepairJob, Situation
from app.workers.repair_memory import RepairAnswer, RepairReply
from schemas.schedule import Schedule
from tests.api import Api
from tests.builders import event_of
from tests.stored import add_version

pytestmark = pytest.mark.anyio


async def published(api: Api) -> str:
    """An event of four with what was published for its two rounds."""
    event = event_of("abcd", 2, {})
    url = await api.create(**from_json(event.model_dump_json(include={"rounds", "attendees"})))
    rows = [
        {
            "round": r,
            "meetings": [{"table": k, "attendees": tuple(p)} for k, p in enumerate(row, 1)],
        }
        for r, row in enumerate((("ab", "cd"), ("ac", "bd")), 1)
    ]
    schedule = Schedule.model_validate({"rounds": rows}, strict=False)
    async with api.store.write() as connection:
        stored = await events.find(connection, url.rpartition("/")[2])
        assert stored is not None
        added = await add_version(connection, stored.id, to_written(schedule))
        await schedules.publish(connection, added)
    return url


def leaves(v: str) -> dict[str, object]:
    return {"incidents": [{"id": f"{v}-leaves", "kind": "drop_out", "attendee": v}]}


async def test_a_repair_outlives_its_child(api: Api) -> None:
    url = await published(api)
    first = await api.send("POST", f"{url}/incidents", leaves("a"))
    assert first.json()["status"] == "published"
    (child,) = api.app.state.repairs._children._free
    child._process.kill()
    child._process.join()
    second = await api.send("POST", f"{url}/incidents", leaves("b"))
    assert (second.status_code, second.json()["status"]) == (200, "published")
    now = await api.get(f"{url}/schedule")
    assert [block["absent"] for block in now["rounds"]] == [["a", "b"]] * 2


async def test_a_draft_is_made_where_the_organiser_publishes_by_hand(api: Api) -> None:
    url = await published(api)
    tag = await api.tag(url)
    merge = {"Content-Type": "application/merge-patch+json"}
    patch = b'{"policy": {"publish": "manual"}}'
    answer = await api.send("PATCH", url, raw=patch, tag=tag, headers=merge)
    assert answer.status_code == 200
    told = (await api.send("POST", f"{url}/incidents", leaves("a"))).json()
    assert (told["version"], told["status"]) == (2, "draft")
    assert (await api.get(f"{url}/schedule"))["version"] == 1
    again = (await api.send("POST", f"{url}/incidents", leaves("b"))).json()
    assert (again["version"], again["status"]) == (3, "draft")
    draft = await api.get(f"{url}/schedules/3")
    assert [block["absent"] for block in draft["rounds"]] == [["a", "b"]] * 2


async def test_a_repair_under_way_brings_nothing_back_of_who_is_erased_meanwhile(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await published(api)
    words = {"offers": ["lighthouse repairs"]}, {"needs": ["lighthouse repairs"]}
    for who, said in zip("ab", words, strict=True):
        await api.send("PATCH", f"{url}/attendees/{who}", said, tag="*")
    answered, answer = [], RepairJob._answer

    async def answer_and_erase(job: RepairJob, situation: Situation) -> RepairReply | Failed:
        answered.append(await answer(job, situation))
        if len(answered) == 1:
            await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
        return answered[-1]

    monkeypatch.setattr(RepairJob, "_answer", answer_and_erase)
    patient = {"Prefer": "wait=60"}
    told = await api.send("POST", f"{url}/incidents", leaves("d"), headers=patient)
    assert told.json()["status"] == "published"
    assert isinstance(answered[0], RepairAnswer)
    assert "lighthouse" in answered[0].written.document
    rows = (await api.get(f"{url}/schedules"))["schedules"]
    assert len(rows) > 1
    for row in rows:
        shown = await api.send("GET", f"{url}/schedules/{row['version']}")
        assert "lighthouse" not in shown.text
