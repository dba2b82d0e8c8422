"""Registration files over HTTP: tried, kept, sent again, and told as incidents on the day."""

from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
import xlsxwriter

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from schemas.event import Event
from solver.budget import Budget
from tests.api import OTHER, READER, Api
from tests.databases import SQLITE_ONLY
from tests.stored import add_version

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

CSV = {"Content-Type": "text/csv"}
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
HEADER = "Ticket ID,Name,Email,Company,Status,Checked in,What can you offer?,Colour"
ROWS = (
    "t1,Ada Ashgrove,ada@example.org,Ashgrove,confirmed,yes,bookkeeping; payroll,red",
    "t2,Ben Birch,ben@example.org,,confirmed,no,web design,blue",
    "t3,Cem Cedar,cem@example.org,Cedar Ltd,cancelled,no,,red",
    "t4,Dea Dogwood,dea@example.org,,confirmed,no,catering,green",
)
FILE = "\r\n".join((HEADER, *ROWS))


async def imported(
    api: Api, url: str, file: str = FILE, query: str = "", status: int = 200
) -> dict[str, Any]:
    answer = await api.send("POST", f"{url}/imports{query}", file, headers=CSV)
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def people_of(api: Api, url: str) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in (await api.get(f"{url}/attendees"))["attendees"]}


async def test_a_file_becomes_an_event(api: Api) -> None:
    told = await imported(api, "/v1", query="?rounds=2", status=201)
    assert (told["rows"], told["created"], told["applied"]) == (4, 3, True)
    assert told["left_out"] == [{"reason": "cancelled", "rows": 1}]
    url = f"/v1/events/{told['event']}"
    event = await api.get(url)
    assert len(event["rounds"]) == 2
    ada = (await people_of(api, url))["t1"]
    assert (ada["name"], ada["email"], ada["organisation"]) == (
        *("Ada Ashgrove", "ada@example.org", "Ashgrove"),
    )
    assert [offer["text"] for offer in ada["offers"]] == ["bookkeeping", "payroll"]
    assert ada["labels"] == {"Colour": "red"}
    assert (await api.get(f"{url}/live"))["checked_in"] == 1


async def test_a_try_changes_nothing(api: Api) -> None:
    events = await api.get("/v1/events")
    told = await imported(api, "/v1", query="?dry_run=true")
    assert (told["created"], told["applied"], told["event"]) == (3, False, None)
    assert await api.get("/v1/events") == events
    url = await api.create()
    before = await api.get(url)
    assert (await imported(api, url, query="?dry_run=true"))["created"] == 3
    assert await api.get(url) == before


async def test_the_same_file_again_changes_nothing(api: Api) -> None:
    url = await api.create()
    first = await imported(api, url)
    assert first["not_in_file"] == ["a", "b"]
    tag = await api.tag(url)
    again = await imported(api, url)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert await api.tag(url) == tag
    assert list(await people_of(api, url)) == ["a", "b", "t1", "t2", "t4"]


async def test_what_is_said_of_a_column_holds_for_the_next_file_with_that_header(api: Api) -> None:
    url, said = await api.create(), quote('{"Colour": "interests"}')
    told = await imported(api, url, query=f"?mapping={said}")
    assert [row["field"] for row in told["mapping"]][-1] == "interests"
    assert (await people_of(api, url))["t1"]["interests"] == ["red"]
    another = await api.create()
    await imported(api, another)
    assert (await people_of(api, another))["t2"]["interests"] == ["blue"]
    elsewhere = api.as_(OTHER)
    theirs = await elsewhere.create()
    await imported(elsewhere, theirs)
    assert not (await people_of(elsewhere, theirs))["t2"]["interests"]


async def test_answers_are_told_apart_by_the_options_that_there_were(api: Api) -> None:
    rows = ('a,Ada,"Arts, crafts, Sailing","Wax, soft; honey"', 'b,Ben,"Sailing, Arts",Honey')
    file = "\r\n".join(("ID,Name,Topics,Offers", *rows))
    said = (
        '{"Topics": {"field": "interests", "options": ["Arts, crafts", "Sailing"]},'
        ' "Offers": {"field": "offers", "options": ["Wax, soft", "Honey"]}}'
    )
    for query in (f"?mapping={quote(said)}", ""):  # it is remembered
        url = await api.create()
        await imported(api, url, file, query)
        ada, ben = [(await people_of(api, url))[v] for v in "ab"]
        assert ada["interests"] == ["Arts, crafts", "Sailing"]
        assert [offer["text"] for offer in ada["offers"]] == ["Wax, soft", "Honey"]
        assert ben["interests"] == ["Sailing", "Arts"]  # not all of it is known: by commas


async def test_what_is_said_of_no_column_is_refused(api: Api) -> None:
    url = await api.create()
    for said in (
        "Colour",
        "[]",
        '{"Colour": "favourite"}',
        '{"Size": "label"}',
        '{"Colour": 3}',
        '{"Name": {"field": "name", "options": ["Ada"]}}',
    ):
        address = f"{url}/imports?mapping={quote(said)}"
        await api.refuses("POST", address, FILE, headers=CSV, about=url)


async def test_a_workbook_is_read_as_well(api: Api) -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for k, row in enumerate((HEADER, *ROWS)):
            sheet.write_row(k, 0, row.split(","))
    url = await api.create()
    answer = await api.send("POST", f"{url}/imports", raw=file.getvalue(), headers=XLSX)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["created"], answer.json()["rows"]) == (3, 4)


@pytest.mark.parametrize("file", ["", "\0\0", "PK\x03\x04 and no workbook", "%PDF-1.7"])
async def test_what_is_no_table_is_refused_with_a_sentence(api: Api, file: str) -> None:
    url = await api.create()
    headers = {"Content-Type": "application/octet-stream"}
    problem = await api.refuses(
        "POST", f"{url}/imports", raw=file.encode(), headers=headers, about=url
    )
    assert problem["errors"][0]["message"]


async def test_readers_import_nothing(api: Api) -> None:
    url = await api.create()
    answer = await api.as_(READER).send("POST", f"{url}/imports", FILE, headers=CSV)
    assert answer.status_code == 403


async def publish(api: Api, url: str, *, begin: bool) -> None:
    """Publish a schedule of the event, and begin its first round."""
    event = Event.model_validate_json((await api.send("GET", url)).content)
    made = to_written(plan_schedule(event, Budget(work=20_000)))
    async with api.store.write() as connection:
        await add_version(connection, url.rpartition("/")[2], made)
    await api.send("POST", f"{url}/schedules/1/publish")
    if begin:
        started = {"incidents": [{"id": "r", "kind": "round_started", "round": 1}]}
        await api.send("POST", f"{url}/incidents", started)


async def test_on_the_day_a_file_is_told_as_incidents(api: Api) -> None:
    url = await api.create(rounds={"count": 3})
    await imported(api, url)
    await publish(api, url, begin=True)
    now = FILE.replace("confirmed,no,web", "cancelled,no,web").replace(
        "confirmed,no,catering", "confirmed,yes,catering"
    )
    now += "\r\nt5,Eve Elder,eve@example.org,,confirmed,no,signs,red"
    tag = await api.tag(url)
    told = await imported(api, url, now)
    assert (told["applied"], await api.tag(url)) == (False, tag)
    assert [(row["kind"], row.get("attendee")) for row in told["incidents"]] == [
        ("late_arrival", "t5"), ("drop_out", "t2"), ("checked_in", None),
    ]  # fmt: skip
    patience = {"Prefer": "wait=60"}
    news = {"incidents": told["incidents"]}
    answer = await api.send("POST", f"{url}/incidents", news, headers=patience)
    assert answer.status_code == 200, answer.text
    assert (await imported(api, url, now))["incidents"] == []


LISTS = {
    "benefits": "from,to,value\nAda Ashgrove,ben@example.org,0.5\nt2,t1,1\n",
    "wants": "Name,Choice 1,Choice 2\nt1,t4,t2\nNobody Known,t1,\n",
    "pairs": "Von;Mit;Regel\nt1;t2;darf nicht\nt1;t4;muss\n",
    "history": "from,to,date\nt2,t4,2026-03-09\n",
}


@pytest.mark.parametrize("kind", LISTS)
async def test_a_list_of_pairs_is_tried_kept_and_kept_once(api: Api, kind: str) -> None:
    url = await api.create()
    await imported(api, url)
    before, tag = await api.get(url), await api.tag(url)
    query = f"?as={kind}"
    tried = await imported(api, url, LISTS[kind], f"{query}&dry_run=true")
    assert (tried["applied"], tried["created"] > 0) == (False, True)
    assert await api.tag(url) == tag
    told = await imported(api, url, LISTS[kind], query)
    assert (told["applied"], told["kind"], told["created"]) == (True, kind, tried["created"])
    now, tag = await api.get(url), await api.tag(url)
    assert now != before
    again = await imported(api, url, LISTS[kind], query)
    assert (again["created"], again["updated"], again["removed"]) == (0, 0, 0)
    assert (await api.get(url), await api.tag(url)) == (now, tag)


async def test_lists_of_pairs_say_what_the_event_then_has(api: Api) -> None:
    url = await api.create()
    await imported(api, url)
    for kind, file in LISTS.items():
        await imported(api, url, file, f"?as={kind}")
    event = await api.get(url)
    assert [(row["attendee"], row["partner"], row["value"]) for row in event["benefits"]] == [
        *(("t1", "t2", 0.5), ("t2", "t1", 1.0)),
    ]
    assert [(rule["kind"], *rule["pair"]) for rule in event["pair_rules"]] == [
        *(("forbid", "t1", "t2"), ("require", "t1", "t4"), ("met", "t2", "t4")),
    ]
    ada = (await people_of(api, url))["t1"]
    assert [want["id"] for want in ada["wants"]] == ["t4", "t2"]


async def test_choices_that_are_not_of_a_file_are_refused(api: Api) -> None:
    url = await api.create()
    for query in (
        "as=people&scale=1..5", "as=wants&scale=1..5", "replace=true", "as=benefit", "scale=1..5",
        "as=benefits&scale=x",
    ):  # fmt: skip
        address = f"{url}/imports?{query}"
        await api.refuses("POST", address, LISTS["benefits"], headers=CSV, about=url)


async def test_a_list_sent_as_people_is_told_so(api: Api) -> None:
    url = await api.create()
    for address in (f"{url}/imports", "/v1/imports"):
        problem = await api.refuses("POST", address, LISTS["benefits"], headers=CSV, about=url)
        assert problem["errors"][0]["code"] == "list_of_pairs"
        assert "as=benefits" in problem["errors"][0]["message"]


async def test_a_list_without_a_scale_changes_nothing(api: Api) -> None:
    url = await api.create()
    await imported(api, url)
    file = "from,to,value\nt1,t2,5\nt2,t1,1\n"
    problem = await api.refuses("POST", f"{url}/imports?as=benefits", file, headers=CSV, about=url)
    assert problem["errors"][0]["pointer"] == "query:scale"
    await imported(api, url, file, "?as=benefits&scale=1..5")
    assert [row["value"] for row in (await api.get(url))["benefits"]] == [1.0, 0.0]
    told = await imported(api, url, "from,to,value\nt1,t2,1\n", "?as=benefits&replace=true")
    assert (told["unchanged"], told["removed"]) == (1, 1)


async def test_what_is_said_of_columns_of_a_list_holds_for_the_next_such_list(api: Api) -> None:
    url = await api.create()
    await imported(api, url)
    file = "from,to,value,worth\nt1,t2,1,0\n"
    said = quote('{"worth": "value", "value": "ignore"}')
    await imported(api, url, file, f"?as=benefits&mapping={said}")
    await imported(api, url, "from,to,value,worth\nt2,t1,1,0\n", "?as=benefits")
    assert [row["value"] for row in (await api.get(url))["benefits"]] == [0.0, 0.0]


async def test_before_the_day_a_list_mends_what_is_published(api: Api) -> None:
    url = await api.create(rounds={"count": 3})
    await imported(api, url)
    await publish(api, url, begin=False)
    told = await imported(api, url, LISTS["pairs"], "?as=pairs")
    assert told["applied"]
    assert told["solve"]
    again = await imported(api, url, LISTS["pairs"], "?as=pairs")
    assert not again["solve"]


@pytest.mark.parametrize("kind", LISTS)
async def test_on_the_day_a_list_changes_nothing(api: Api, kind: str) -> None:
    url = await api.create(rounds={"count": 3})
    await imported(api, url)
    await publish(api, url, begin=True)
    tag = await api.tag(url)
    told = await imported(api, url, LISTS[kind], f"?as={kind}")
    assert (told["applied"], told["solve"], await api.tag(url)) == (False, None, tag)
    assert "first round has begun" in told["notes"][-1]
    assert bool(told["incidents"]) == (kind == "wants")


async def test_on_the_day_wishes_are_told_as_incidents(api: Api) -> None:
    url = await api.create(rounds={"count": 3})
    await imported(api, url)
    await publish(api, url, begin=True)
    told = await imported(api, url, LISTS["wants"], "?as=wants")
    assert [row["pair"] for row in told["incidents"]] == [["t1", "t4"], ["t1", "t2"]]
    news = {"incidents": told["incidents"]}
    answer = await api.send("POST", f"{url}/incidents", news, headers={"Prefer": "wait=60"})
    assert answer.status_code == 200, answer.text
    assert (await imported(api, url, LISTS["wants"], "?as=wants"))["incidents"] == []


async def test_an_event_that_grows_beyond_what_may_be_sent_is_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await api.create()
    await imported(api, url)
    small = api.app.state.settings.model_copy(update={"event_bytes": 1_000})
    monkeypatch.setattr(api.app.state, "settings", small)
    for query in ("as=history", "as=history&dry_run=true"):
        address = f"{url}/imports?{query}"
        problem = await api.refuses("POST", address, LISTS["history"], headers=CSV, status=413)
        assert problem["errors"][0]["code"] == "event_too_large"
