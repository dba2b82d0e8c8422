"""What an attendee may ask and say by their link: all of their own, nothing of anybody else's."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from app.http.attendee_access import digest_of_secret
from app.http.wrong_keys import WrongKeys
from app.main import WATCHERS_OF_ONE
from app.store.attendee_links import LinkHolder, find_holder
from tests.api import ORGANISER, READER, Api, problem_in
from tests.app.routes.links import OWN_PAGE, Holder, holder_of, link_of
from tests.app.routes.test_schedules import Rounds, hold, publish, store
from tests.documented import Operation, operations

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def database() -> str:
    """What a link lets in to does not depend on it."""
    return "sqlite"


ROUNDS = [{"starts_at": f"2027-03-04T{hour}:00:00"} for hour in ("09", "10", "11")]
PEOPLE: list[dict[str, Any]] = [
    {"id": "a", "name": "Ada Berg", "languages": ["fr", "German"], "wants": ["c"], "avoid": ["d"]},
    {"id": "b", "name": "Bo Lind", "organisation": "Bo & Co"},
    {"id": "c", "name": "Cid Holm"},
    {"id": "d", "name": "Déa Ode"},
    {"id": "e", "name": "Bo Lind", "organisation": "Elsewhere"},
    {"id": "f"},
]


async def event(api: Api, *versions: Rounds, **fields: Any) -> str:
    """An event whose first version is published."""
    url = await api.create(**{"rounds": ROUNDS, "attendees": PEOPLE, **fields})
    await store(api, url, *versions)
    if versions:
        await publish(api, url, 1)
    return url


# Coming in


async def test_a_secret_is_exchanged_for_a_cookie_that_no_script_reads(api: Api) -> None:
    secret = await link_of(api, await event(api), "a")
    answer = await api.client.post("/v1/me", json={"secret": secret}, headers=OWN_PAGE)
    assert answer.status_code == 200
    assert secret not in answer.text
    cookie, *parts = answer.headers["Set-Cookie"].split("; ")
    assert cookie == f"tertius_me={secret}"
    assert set(parts) == {"HttpOnly", "Max-Age=7776000", "Path=/v1/me", "SameSite=strict"}
    answer = await api.client.delete("/v1/me", headers=OWN_PAGE)
    assert answer.status_code == 204
    assert "Max-Age=0; Path=/v1/me" in answer.headers["Set-Cookie"]
    api.client.cookies.clear()


@pytest.mark.parametrize("secret", ["", "tertius_me_", ORGANISER, "tertius_me_" + "A" * 24])
async def test_what_is_no_secret_of_a_link_lets_nobody_in(api: Api, secret: str) -> None:
    answer = await api.client.post("/v1/me", json={"secret": secret}, headers=OWN_PAGE)
    assert answer.status_code in (401, 429)
    assert not secret or secret not in str(problem_in(answer))
    assert "Set-Cookie" not in answer.headers
    assert (await Holder(api, secret).send("GET", "")).status_code in (401, 429)


async def test_pages_of_others_have_no_use_of_the_cookie(api: Api) -> None:
    holder = await holder_of(api, await event(api, [["ab"], [], []]), "a")
    strange = {"Sec-Fetch-Site": "cross-site"}
    for method, path in (("GET", ""), ("GET", "agenda.ics"), ("POST", "incidents")):
        assert (await holder.send(method, path, **strange)).status_code == 403
    answer = await api.client.post("/v1/me", json={"secret": holder.secret}, headers=strange)
    assert answer.status_code == 403


async def test_a_key_is_no_link_and_a_link_no_key(api: Api) -> None:
    url = await event(api, [["ab"], [], []])
    for key in (ORGANISER, READER):
        assert (await api.as_(key).send("GET", "/v1/me")).status_code == 401
    secret = await link_of(api, url, "a")
    assert (await api.as_(secret).send("GET", url)).status_code in (401, 429)


# Reading


async def test_a_page_tells_the_day_of_its_reader_by_what_is_published(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []], [["ad"], [], []])
    day = await (await holder_of(api, url, "a")).day()
    assert day["attendee"] == {"id": "a", "name": "Ada Berg", "organisation": None}
    assert (day["language"], day["event_language"]) == ("de", "en")
    assert day["agenda"] == await api.get(f"{url}/attendees/a/agenda?version=1")
    assert (day["away"], day["away_rounds"], day["may_wish"]) == (None, [], False)


async def test_before_anything_is_published_no_draft_is_shown(api: Api) -> None:
    url = await event(api)
    await store(api, url, [["ab"], [], []])
    day = await (await holder_of(api, url, "b")).day()
    assert (day["agenda"], day["may_wish"], day["language"]) == (None, True, None)


async def test_a_page_is_cached_until_something_of_it_changes(api: Api) -> None:
    url = await event(api, [["ab"], [], []])
    holder, other = await holder_of(api, url, "a"), await holder_of(api, url, "b")
    await hold(api, url, 1)
    tags = set()
    for change in (None, "wish", "feedback"):
        if change == "feedback":
            assert (await holder.say("b", "1", valuable=True)).status_code == 200
        if change == "wish":
            await api.send("PATCH", f"{url}/attendees/c", {"name": "X"}, tag=await api.tag(url))
        tag = (await holder.send("GET", "")).headers["ETag"]
        same = await holder.send("GET", "", **{"If-None-Match": tag})
        assert (same.status_code, same.content) == (304, b"")
        tags.add(tag)
    assert len(tags) == 3
    assert (await other.send("GET", "")).headers["ETag"] not in tags


async def test_a_page_that_is_watched_takes_one_of_few_places(api: Api) -> None:
    ada = await holder_of(api, await event(api), "a")
    watchers = api.app.state.watchers_of_one
    (holder,) = await _holders(api, ada)
    stream = {"Accept": "text/event-stream"}
    with ExitStack() as places:
        for _ in range(WATCHERS_OF_ONE):
            places.enter_context(watchers.take(holder))
        answer = await ada.send("GET", "", **stream)
        assert answer.status_code == 429
        assert (await ada.day())["attendee"]["id"] == "a"


async def _holders(api: Api, *links: Holder) -> list[LinkHolder]:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    async with api.app.state.store.read() as connection:
        found = [
            await find_holder(connection, digest_of_secret(link.secret), long_ago) for link in links
        ]
    return [holder for holder in found if holder]


async def test_a_calendar_and_follow_ups_are_those_of_the_organiser(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    holder = await holder_of(api, url, "a")
    await hold(api, url, 1)
    for path in ("agenda.ics", "follow-ups"):
        answer = await holder.send("GET", path)
        theirs = await api.send("GET", f"{url}/attendees/a/{path}")
        assert (answer.status_code, answer.text) == (200, theirs.text)
    bare = await holder_of(api, await event(api), "a")
    for path in ("agenda.ics", "follow-ups"):
        assert (await bare.send("GET", path)).status_code == 404


# Reporting


async def test_a_round_is_skipped_and_the_organiser_sees_who(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    holder = await holder_of(api, url, "a")
    for _ in range(2):
        assert (await holder.report("pause", 2, "tap-1")).json() == {"accepted": 1}
    (told,) = (await api.get(f"{url}/incidents"))["incidents"]
    assert (told["kind"], told["attendee"], told["round"]) == ("pause", "a", 2)
    day = await holder.day()
    assert (day["away"], day["away_rounds"]) == ("paused", [2])
    assert (await holder.report("return", None, "tap-2")).status_code == 200
    assert (await holder.day())["away_rounds"] == []


async def test_who_is_late_is_there_from_a_round_on(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    holder = await holder_of(api, url, "a")
    assert (await holder.report("late_arrival", 3, "1")).status_code == 200
    day = await holder.day()
    assert (day["away"], day["away_rounds"]) == ("late", [1, 2])


async def test_what_was_skipped_is_over_with_its_round(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    holder = await holder_of(api, url, "c")
    await holder.report("pause", 1, "1")
    await hold(api, url, 1)
    day = await holder.day()
    assert (day["away"], day["away_rounds"]) == (None, [])


async def test_nothing_is_reported_of_rounds_that_have_begun_or_are_none(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    holder = await holder_of(api, url, "a")
    await hold(api, url, 1)
    for kind, number, status in (
        ("pause", 1, 409),
        ("late_arrival", 1, 409),
        ("pause", 4, 422),
        ("pause", None, 422),
        ("return", 2, 422),
        ("drop_out", 2, 422),
        ("no_show", 2, 422),
    ):
        answer = await holder.report(kind, number, "1")
        assert answer.status_code == status, (kind, number, answer.text)
        problem_in(answer)
    assert (await api.get(f"{url}/incidents"))["incidents"] == []


async def test_whoever_was_sent_away_comes_back_by_the_organiser_alone(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    holder = await holder_of(api, url, "a")
    out = {"id": "1", "kind": "drop_out", "attendee": "a"}
    await api.send("POST", f"{url}/incidents", {"incidents": [out]})
    for kind, number in (("return", None), ("late_arrival", 3)):
        assert (await holder.report(kind, number, kind)).status_code == 409
    assert (await holder.day())["away"] == "dropped_out"


async def test_ids_of_others_are_not_in_the_way_and_not_found_out(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    one, other = await holder_of(api, url, "a"), await holder_of(api, url, "b")
    theirs = {"id": "x", "kind": "pause", "attendee": "c", "round": 2}
    await api.send("POST", f"{url}/incidents", {"incidents": [theirs]})
    for holder in (one, other):
        assert (await holder.report("pause", 3, "x")).status_code == 200
    assert (await one.report("pause", 2, "x")).status_code == 409  # their own, said otherwise


async def test_one_person_reports_so_often_and_others_go_on(api: Api) -> None:
    url = await event(api, [["ab"], ["ac"], []])
    holder, other = await holder_of(api, url, "a"), await holder_of(api, url, "b")
    for part in range(3):
        rows = [{"id": f"{part}.{k}", "kind": "return"} for k in range(20)]
        assert (await holder.send("POST", "incidents", {"incidents": rows})).status_code == 200
    assert (await holder.report("return", None, "one-more")).status_code == 409
    assert (await holder.report("return", None, "0.0")).status_code == 200
    assert (await other.report("return", None, "1")).status_code == 200


# Feedback


async def test_feedback_is_the_readers_own_and_shows_on_their_page_alone(api: Api) -> None:
    url = await event(api, [["ab", "cd"], ["ac"], []])
    holder, other = await holder_of(api, url, "a"), await holder_of(api, url, "b")
    await hold(api, url, 1)
    for _ in range(2):
        assert (await holder.say("b", "1", valuable=True, would_refer=True)).status_code == 200
    (told,) = (await holder.day())["feedback"]
    assert (told["partner"], told["round"], told["valuable"]) == ("b", 1, True)
    assert (await other.day())["feedback"] == []
    (counts,) = (await api.get(f"{url}/feedback"))["attendees"]
    assert (counts["attendee"], counts["would_refer"]) == ("b", 1)
    await holder.say("b", "2", valuable=False)
    (told,) = (await holder.day())["feedback"]
    assert told["valuable"] is False


async def test_a_report_of_a_pitch_shows_on_no_page(api: Api) -> None:
    url = await event(api, [["ab"], [], []])
    holder = await holder_of(api, url, "a")
    await hold(api, url, 1)
    assert (await holder.say("b", "1", undisclosed_pitch=True)).status_code == 200
    assert "pitch" not in str((await holder.day())["feedback"])


async def test_nothing_is_said_of_whom_one_did_not_meet_whoever_it_is(api: Api) -> None:
    url = await event(api, [["ab", "cd"], ["ac"], []])
    holder = await holder_of(api, url, "a")
    await hold(api, url, 1)
    answers = [await holder.say(v, v) for v in ("a", "d", "nobody")]
    assert {answer.status_code for answer in answers} == {409}
    assert len({answer.text for answer in answers}) == 1
    assert (await holder.say("b", "1", held=False, valuable=True)).status_code == 422
    twice = [{"id": "1", "partner": "b"}, {"id": "2", "partner": "b"}]
    assert (await holder.send("POST", "feedback", {"feedback": twice})).status_code == 422


# Wishes


def names(rows: Any) -> list[str]:
    return [row["name"] or row["id"] for row in rows]


async def test_wishes_are_told_by_name_and_taken_back(api: Api) -> None:
    url = await event(api)
    holder = await holder_of(api, url, "a")
    assert (await holder.wish("meet", "ode, DEA")).status_code == 200
    wishes = (await holder.day())["wishes"]
    assert (names(wishes["wants"]), wishes["avoid"]) == (["Cid Holm", "Déa Ode"], [])
    assert (await holder.wish("avoid", "cid holm")).status_code == 200
    assert (await holder.wish("neither", "Déa Ode")).status_code == 200
    row = await api.get(f"{url}/attendees/a")
    assert (row["wants"], row["avoid"]) == ([], ["c"])


async def test_of_several_of_a_name_the_organisation_tells(api: Api) -> None:
    url = await event(api)
    holder = await holder_of(api, url, "a")
    answer = await holder.wish("meet", "Bo Lind")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "several")
    assert "Elsewhere" not in answer.text
    assert (await holder.wish("meet", "Bo Lind", organisation="elsewhere")).status_code == 200
    assert (await api.get(f"{url}/attendees/a"))["wants"][-1]["id"] == "e"


@pytest.mark.parametrize("name", ["Bo", "Li", "b", "f", "Ada Berg", "a", "*", ",", "Bo Lind Bo"])
async def test_parts_of_names_and_ids_find_nobody(api: Api, name: str) -> None:
    holder = await holder_of(api, await event(api), "a")
    answer = await holder.wish("meet", name)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "unknown_name")


async def test_somebody_without_a_name_is_taken_off_by_what_the_list_shows(api: Api) -> None:
    people = [PEOPLE[0] | {"wants": ["f"]}, *PEOPLE[1:]]
    holder = await holder_of(api, await event(api, attendees=people), "a")
    assert (await holder.wish("neither", "f")).status_code == 200
    assert (await holder.day())["wishes"]["wants"] == []


async def test_whoever_guesses_at_names_has_to_wait(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.app.state, "wrong_names", WrongKeys(2))
    url = await event(api)
    holder, other = await holder_of(api, url, "a"), await holder_of(api, url, "b")
    tried = [(await holder.wish("meet", f"Name {k}")).status_code for k in range(4)]
    assert tried == [409, 409, 429, 429]
    assert (await holder.wish("meet", "Cid Holm")).status_code == 200
    assert (await other.wish("meet", "Name 1")).status_code == 409


async def test_what_clashes_with_a_rule_is_refused_without_the_rule(api: Api) -> None:
    rule = {"kind": "require", "pair": ["a", "c"], "reason": "canary"}
    url = await event(api, pair_rules=[rule])
    holder = await holder_of(api, url, "a")
    answer = await holder.wish("avoid", "Cid Holm")
    (error,) = problem_in(answer)["errors"]
    assert (answer.status_code, error["code"]) == (409, "not_taken")
    assert "rule" not in answer.text


async def test_once_the_schedule_is_out_wishes_go_to_the_organiser(api: Api) -> None:
    holder = await holder_of(api, await event(api, [["ab"], [], []]), "a")
    answer = await holder.wish("avoid", "Cid Holm")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "published")


# Everything else


ALLOWED = {
    "get_own_day", "get_own_calendar", "get_own_follow_ups", "report_own_incidents",
    "give_own_feedback", "open_link", "leave_link",
}  # fmt: skip
OF_NOBODY = {"healthz", "readyz"}
BODIES: dict[str, dict[str, Any]] = {
    "open_link": {"secret": "replaced"},
    "report_own_incidents": {"incidents": [{"id": "1", "kind": "pause", "round": 3}]},
    "give_own_feedback": {"feedback": [{"id": "1", "partner": "b"}]},
    "set_own_wish": {"name": "Cid Holm", "wish": "meet"},
}


def canary(who: str) -> dict[str, Any]:
    """Somebody who says more than others are to read."""
    return {
        "id": who,
        "name": who.upper(),
        "email": f"canary.{who}@example.org",
        "needs": [{"text": "canary secret need", "shown_to": "nobody"}],
        "already_served": ["canary served"],
        "labels": {"canary label": "canary badge"},
        "avoid": ["d"] if who == "b" else [],
        "wants": ["a"] if who == "c" else [],
    }


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)
async def test_a_link_lets_in_to_what_is_named_and_tells_nothing_of_others(
    api: Api, operation: Operation
) -> None:
    attendees = [{"id": "a", "name": "A"}, *(canary(v) for v in "bcd")]
    rule = {"kind": "forbid", "pair": ["c", "d"], "reason": "canary reason"}
    url = await event(api, [["ab"], ["bc"], []], attendees=attendees, pair_rules=[rule])
    await hold(api, url, 1)
    said = {"id": "n", "attendee": "b", "partner": "a", "valuable": False, "note": "canary note"}
    assert (await api.send("POST", f"{url}/feedback", {"feedback": [said]})).status_code == 200
    holder = await holder_of(api, url, "a")
    ids = dict.fromkeys(
        ("solve_id", "series_id", "proposal_id", "webhook_id", "key_id", "version"), "1"
    )
    path = operation.path.format(**ids | {"event_id": url[-32:], "attendee_id": "b"})
    body = BODIES.get(operation.name, {})
    sent = body | {"secret": holder.secret} if operation.name == "open_link" else body
    answer = await holder.send(operation.method, path, sent, **{"If-Match": "*"})
    assert "canary" not in answer.text
    if operation.name in ALLOWED:
        assert answer.status_code < 300, answer.text
        assert '"id":"d"' not in answer.text
        assert '"id":"c"' not in answer.text
    elif operation.is_for_attendees:
        assert answer.status_code == 409
    elif operation.name not in OF_NOBODY:
        assert answer.status_code in (401, 429)
    api.client.cookies.clear()


def test_everything_an_attendee_may_ask_is_named_above() -> None:
    rows = [row for row in operations() if row.path.startswith("/v1/me")]
    assert {row.name for row in rows} == ALLOWED | {"set_own_wish"}
    assert all(row.is_for_attendees for row in rows if row.name not in ("open_link", "leave_link"))
    assert not any("{" in row.path for row in rows)
