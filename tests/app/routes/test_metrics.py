"""/metrics: for organisers and the key of its own, figures of all, names of nobody."""

import re
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from app.routes import metrics
from app.settings import Settings
from tests.api import OTHER, READER, Api, problem_in, running
from tests.databases import settings_on

pytestmark = pytest.mark.anyio

CANARY = "Zanzibar"
OF_ITS_OWN = "for-the-metrics-alone"


async def figures(api: Api, **headers: str) -> dict[str, float]:
    """Every line of the answer, by what it is of."""
    answer = await api.send("GET", "/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    rows = [line.rsplit(" ", 1) for line in answer.text.splitlines() if line[0] != "#"]
    return {name: float(value) for name, value in rows}


async def test_requests_problems_and_the_database_are_told(api: Api) -> None:
    before = await figures(api)
    event = await api.create(name="A day")
    await api.refuses("GET", f"{event}/attendees/{CANARY}", status=404)
    await api.refuses("POST", "/v1/events", {"rounds": -1}, status=422)
    await api.send("POST", f"{event}/solves", {"work": 1})
    after = await figures(api)

    def grew(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grew('tertius_requests_total{operation="create_event",status="2xx"}') == 1
    assert grew('tertius_requests_total{operation="create_event",status="4xx"}') == 1
    assert grew('tertius_problems_total{code="",kind="NotFound"}') == 1
    assert grew('tertius_solves{kind="solve",state="queued"}') == 1
    assert after['tertius_queue_age_seconds{kind="solve"}'] < 60
    assert after["tertius_database_up"] == 1
    assert after["tertius_watchers"] == 0
    assert [name for name in after if name.startswith("tertius_process{pid=")]
    assert after["tertius_process_resident_memory_bytes"] > 2**20


async def test_nothing_names_an_event_a_person_or_an_organisation(api: Api) -> None:
    person = {"id": CANARY, "name": CANARY, "needs": [CANARY]}
    event = await api.create(name=CANARY, attendees=[person, {"id": "b"}])
    for url in (f"{event}/attendees/{CANARY}", f"{event}/{CANARY}", f"/v1/{CANARY}?{CANARY}=1"):
        await api.send("GET", url)
    await api.refuses("POST", "/v1/events", {CANARY: CANARY}, status=422)
    await api.send(CANARY.upper(), "/v1/events")
    answer = await api.send("GET", "/metrics")
    said = answer.text.casefold()
    assert CANARY.casefold() not in said
    assert "acme" not in said
    assert not re.search(r"[0-9a-f]{32}", said)


async def test_it_is_not_for_readers_nor_for_strangers(api: Api) -> None:
    answer = await api.as_(READER).send("GET", "/metrics")
    assert (answer.status_code, problem_in(answer)["title"]) == (403, "this is for the organiser")
    for headers in ({"Authorization": "Bearer no-key-of-anybody"}, {"Authorization": "Basic x"}):
        answer = await api.send("GET", "/metrics", headers=headers)
        assert answer.status_code == 401
    assert (await api.as_(OTHER).send("GET", "/metrics")).status_code == 200


async def test_without_keys_it_is_for_this_machine(tmp_path: Any) -> None:
    async with running(Settings(data=tmp_path)) as api:
        nobody = {"Authorization": ""}
        assert await figures(api, **nobody)
        for headers in ({"Host": "tertius.example.org"}, {"Origin": "https://example.org"}):
            answer = await api.send("GET", "/metrics", headers=nobody | headers)
            assert answer.status_code == 403


async def test_a_key_of_its_own_lets_in_there_and_nowhere_else(tmp_path: Any) -> None:
    keys = "organiser:acme:acme-organiser-key"
    settings = Settings(data=tmp_path, keys=keys, metrics_key=OF_ITS_OWN)  # type: ignore[arg-type]
    async with running(settings) as api:
        scraper = api.as_(OF_ITS_OWN)
        assert await figures(scraper)
        assert (await scraper.send("GET", "/v1/events")).status_code == 401
        assert await figures(api)


async def test_a_repair_and_its_gap_are_told(database: str, tmp_path: Any) -> None:
    keys = "organiser:acme:acme-organiser-key"
    async with running(settings_on(database, tmp_path, keys=keys)) as api:
        assert "tertius_published_gap_mean" not in await figures(api)
        api.app.state.metrics.repair_seconds.observe(0.2)
        found = await figures(api)
    assert found['tertius_repair_seconds_bucket{le="0.25"}'] == 1
    assert found["tertius_published_gaps"] == 0


async def test_without_the_database_the_process_still_tells(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise SQLAlchemyError

    monkeypatch.setattr(metrics, "read_figures", fail)
    found = await figures(api)
    assert found["tertius_database_up"] == 0
    assert 'tertius_queue_age_seconds{kind="solve"}' not in found
