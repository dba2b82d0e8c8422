"""Series: listed with their events, and the next event made from the last one."""

import pytest

from app.console.api_client import ApiError
from app.console.series import latest_first, next_event, next_rounds, proposed_start
from tests.api import Api
from tests.app.console.reader import PageReader
from tests.app.console.stored import planned_event

LAST = {
    "id": "e",
    "timezone": "Europe/London",
    "rounds": [
        {"minutes": 10, "starts_at": "2027-03-04T09:00:00", "closed_tables": [2]},
        {"minutes": 12, "starts_at": "2027-03-04T09:15:00", "tables": 3},
    ],
    "attendees": [{"id": "a", "name": "Ada", "absent_rounds": [2], "wants": ["b"], "avoid": ["c"]}],
    "pair_rules": [
        {"kind": "forbid", "pair": ["a", "b"]},
        {"kind": "forbid", "pair": ["a", "c"], "round": 1},
        {"kind": "require", "pair": ["a", "d"]},
        {"kind": "met", "pair": ["a", "d"]},
    ],
    "policy": {"silent": "wanted"},
    "held_rounds": 2,
}


async def finished_event(api: Api) -> str:
    """The id of an event of one round that took place, of which somebody spoke well."""
    event = await planned_event(api)
    place = f"/v1/events/{event}"
    await api.send("POST", f"{place}/schedules/1/publish")
    for kind in ("round_started", "round_finished"):
        row = {"id": kind, "kind": kind, "round": 1}
        await api.send("POST", f"{place}/incidents", {"incidents": [row]})
    one, other = (await api.get(f"{place}/schedules/1"))["rounds"][0]["meetings"][0]["attendees"]
    said = {"id": "f", "attendee": one, "partner": other, "valuable": True}
    await api.send("POST", f"{place}/feedback", {"feedback": [said]})
    return event


def test_the_next_event_has_the_people_and_rules_but_nothing_of_the_day() -> None:
    form = {"name": " May ", "rematch": "forbid", "first_starts_at": "2027-04-01T18:30"}
    assert next_event(LAST, form) == {
        "timezone": "Europe/London",
        "name": "May",
        "rounds": [
            {"minutes": 10, "starts_at": "2027-04-01T18:30:00"},
            {"minutes": 12, "starts_at": "2027-04-01T18:45:00", "tables": 3},
        ],
        "attendees": [{"id": "a", "name": "Ada", "avoid": ["c"]}],
        "pair_rules": [{"kind": "forbid", "pair": ["a", "b"]}],
        "policy": {"silent": "wanted", "rematch": "forbid"},
    }


def test_rounds_that_had_no_times_follow_each_other() -> None:
    last = {"timezone": "UTC", "rounds": [{"minutes": 10}, {"minutes": 12}, {"minutes": 5}]}
    starts = [each["starts_at"][-8:] for each in next_rounds(last, "2027-04-01T18:30")]
    assert starts == ["18:30:00", "18:40:00", "18:52:00"]
    assert next_rounds(last, "") == last["rounds"]
    assert proposed_start(last) == ""


def test_four_weeks_later_is_proposed() -> None:
    assert proposed_start(LAST) == "2027-04-01T09:00"


def test_who_met_last_comes_first() -> None:
    assert latest_first([{"events_ago": 2}, {"pair": []}]) == [{"pair": []}, {"events_ago": 2}]


@pytest.mark.anyio
async def test_from_what_is_over_to_the_next_event_in_three_clicks(
    api: Api, signed_in: PageReader
) -> None:
    event = await finished_event(api)
    assert "Begin a series with this event" in await signed_in.page(f"/events/{event}/after")
    begun = await signed_in.submit("/series", name="Breakfasts", event=event)
    place = begun.headers["Location"]
    assert f'href="{place}"' in await signed_in.page(f"/events/{event}/after")
    text = await signed_in.page(place)
    assert "2 pairs met" in text
    assert '<td>at the last event</td>\n<td class="number">1</td>' in text
    start = "2027-04-01T09:00"
    made = await signed_in.submit(
        f"{place}/next", name="The second", first_starts_at=start, rematch="forbid"
    )
    second = await api.get(f"/v1{made.headers['Location']}")
    assert (second["name"], second["policy"]["rematch"]) == ("The second", "forbid")
    assert [person["name"] for person in second["attendees"]] == ["A", "B", "C", "D"]
    assert [rule["kind"] for rule in second["pair_rules"]] == ["met", "met"]
    assert second["rounds"][0]["starts_at"].startswith(start)
    text = await signed_in.page(place)
    assert "The second" in text
    assert "its meetings do not count yet" in text
    assert "Breakfasts" in await signed_in.page("/series")


@pytest.mark.anyio
async def test_what_was_said_since_is_taken_in(api: Api, signed_in: PageReader) -> None:
    event = await finished_event(api)
    place = (await signed_in.submit("/series", name="Dinners", event=event)).headers["Location"]
    met = (await api.get(f"/v1{place}/history"))["pair_rules"]
    one, other = next(rule["pair"] for rule in met if not rule.get("valuable"))
    said = {"id": "g", "attendee": one, "partner": other, "valuable": True}
    await api.send("POST", f"/v1/events/{event}/feedback", {"feedback": [said]})
    answer = await signed_in.submit(f"{place}/events/{event}")
    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    met = (await api.get(f"/v1{place}/history"))["pair_rules"]
    assert all(rule.get("valuable") for rule in met)


@pytest.mark.anyio
async def test_a_series_without_events_is_deleted(api: Api, signed_in: PageReader) -> None:
    place = (await signed_in.submit("/series", name="Lunches")).headers["Location"]
    text = await signed_in.page(place)
    assert "Make the next event" not in text
    assert (await signed_in.submit(f"{place}/next")).status_code == 409
    assert (await signed_in.submit(f"{place}/delete")).status_code == 303
    assert "Lunches" not in await signed_in.page("/series")


@pytest.mark.parametrize("start", ["soon", "9999-12-31T23:59", "2027-04-01T18:30+25:00", "\x00"])
async def test_a_start_that_is_no_time_is_refused(
    api: Api, signed_in: PageReader, start: str
) -> None:
    made = await signed_in.submit("/series", name="Breakfasts")
    series = made.headers["Location"]
    await signed_in.submit(
        "/series", series=series.rpartition("/")[2], event=await finished_event(api)
    )
    answer = await signed_in.submit(f"{series}/next", first_starts_at=start)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_start_after_which_there_is_no_calendar_is_refused() -> None:
    with pytest.raises(ApiError):
        next_rounds(LAST, "9999-12-31T23:59")
