"""Links of attendees: made by the organiser, good until they are renewed, ended or of nobody."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.store import attendee_links
from app.store.tables import attendee_links as rows
from tests.api import OTHER, READER, TWO, Api
from tests.app.routes.links import Holder, holder_of, link_of
from tests.app.routes.test_schedules import publish, store

pytestmark = pytest.mark.anyio

THREE = [{"id": v, "name": v.upper()} for v in "abc"]


async def test_a_link_opens_the_page_of_one_person_and_the_secret_is_kept_nowhere(api: Api) -> None:
    url = await api.create(attendees=THREE)
    answer = await api.send("POST", f"{url}/attendees/a/link")
    link = answer.json()
    assert (answer.status_code, link["attendee"]) == (200, "a")
    assert link["path"] == f"/me#{link['secret']}"
    assert re.fullmatch("tertius_me_[A-Za-z0-9_-]{24}", link["secret"])
    end = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < end <= timedelta(days=90)
    assert (await Holder(api, link["secret"]).day())["attendee"]["name"] == "A"
    async with api.store.read() as connection:
        kept = (await connection.execute(sa.select(rows))).all()
    assert link["secret"] not in str(kept)


async def test_a_new_link_ends_the_one_before_and_that_of_nobody_else(api: Api) -> None:
    url = await api.create(attendees=THREE)
    first, other = await holder_of(api, url, "a"), await holder_of(api, url, "b")
    second = await holder_of(api, url, "a")
    assert (await first.send("GET", "")).status_code == 401
    assert (await second.day())["attendee"]["id"] == "a"
    assert (await other.day())["attendee"]["id"] == "b"


async def test_everybody_gets_a_link_at_once(api: Api) -> None:
    url = await api.create(attendees=THREE)
    first = await holder_of(api, url, "a")
    answer = await api.send("POST", f"{url}/links")
    links = answer.json()["links"]
    assert (answer.status_code, [link["attendee"] for link in links]) == (200, ["a", "b", "c"])
    assert len({link["secret"] for link in links}) == 3
    for link in links:
        assert (await Holder(api, link["secret"]).day())["attendee"]["id"] == link["attendee"]
    assert (await first.send("GET", "")).status_code == 401


async def test_a_link_is_ended_and_ending_it_again_changes_nothing(api: Api) -> None:
    url = await api.create(attendees=THREE)
    holder = await holder_of(api, url, "a")
    for _ in range(2):
        assert (await api.send("DELETE", f"{url}/attendees/a/link")).status_code == 204
    assert (await holder.send("GET", "")).status_code == 401


async def test_links_are_the_organisers_of_that_event_alone(api: Api) -> None:
    url = await api.create(attendees=THREE)
    for where in (f"{url}/attendees/a/link", f"{url}/links"):
        await api.as_(READER).refuses("POST", where, status=403)
        await api.as_(OTHER).refuses("POST", where, status=404)
    await api.as_(READER).refuses("DELETE", f"{url}/attendees/a/link", status=403)
    await api.refuses("POST", f"{url}/attendees/z/link", status=404)
    await api.refuses("DELETE", f"{url}/attendees/z/link", status=404)


@pytest.mark.parametrize("how", ["remove", "erase", "list", "event", "published", "delete"])
async def test_the_link_of_somebody_who_was_taken_off_ends_for_good(api: Api, how: str) -> None:
    url = await api.create(attendees=THREE)
    if how == "published":
        await store(api, url, [["ab"]])
        await publish(api, url, 1)
    holder, other = await holder_of(api, url, "a"), await holder_of(api, url, "b")
    tag = await api.tag(url)
    rest = THREE[1:]
    sent = {
        "remove": ("DELETE", f"{url}/attendees/a", None),
        "published": ("DELETE", f"{url}/attendees/a", None),
        "erase": ("DELETE", f"{url}/attendees/a?erase=true", None),
        "list": ("PUT", f"{url}/attendees", {"attendees": rest}),
        "event": ("PUT", url, TWO | {"attendees": rest}),
        "delete": ("DELETE", url, None),
    }
    method, where, body = sent[how]
    assert (await api.send(method, where, body, tag=tag)).status_code < 300
    if how in ("remove", "list", "event"):  # somebody else may have the id next
        again = await api.send("PUT", f"{url}/attendees/a", THREE[0], tag=await api.tag(url))
        assert again.status_code == 200
    assert (await holder.send("GET", "")).status_code == 401
    assert (await other.send("GET", "")).status_code == (401 if how == "delete" else 200)
    async with api.store.read() as connection:
        query = sa.select(rows.c.attendee).where(rows.c.event_id == url.rpartition("/")[2])
        left = set((await connection.execute(query)).scalars())
    assert left == (set() if how == "delete" else {"b"})


async def test_a_link_ends_by_itself_after_some_days(api: Api) -> None:
    url = await api.create(attendees=THREE)
    holder = await holder_of(api, url, "a")
    for days, status in ((89, 200), (91, 401)):
        async with api.store.write() as connection:
            then = datetime.now(UTC) - timedelta(days=days)
            await connection.execute(rows.update().values(created_at=then))
        assert (await holder.send("GET", "")).status_code == status


async def test_whoever_leaves_keeps_the_link_to_say_how_it_was(api: Api) -> None:
    url = await api.create(attendees=THREE)
    holder = await holder_of(api, url, "a")
    left = {"id": "1", "kind": "drop_out", "attendee": "a"}
    assert (await api.send("POST", f"{url}/incidents", {"incidents": [left]})).status_code == 200
    assert (await holder.day())["away"] == "dropped_out"


async def test_forgetting_nobody_forgets_nobody(api: Api) -> None:
    url = await api.create(attendees=THREE)
    secret = await link_of(api, url, "a")
    async with api.store.write() as connection:
        await attendee_links.forget(connection, url.rpartition("/")[2], [])
        await attendee_links.forget(connection, url.rpartition("/")[2], ["b", "z"])
    assert (await Holder(api, secret).day())["attendee"]["id"] == "a"
