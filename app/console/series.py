"""Series: events that follow each other, and the next one made from the last."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from fastapi import APIRouter, Depends, Response

from app.console.api_client import ApiClient, ApiDep, ApiError
from app.console.page import PagesDep, part_of
from app.console.people import names_of
from app.console.settings import TO_THE_MINUTE, local_start
from app.http.access import check_own_page
from app.http.body import FormDep

router = APIRouter(prefix="/series", include_in_schema=False)

MOST_SERIES = 50
"""So many are looked into, the newest first."""
NEXT_TIME = timedelta(weeks=4)
"""From event to event, as the page proposes it."""
KEPT = ("timezone", "language", "weights", "matching", "benefits")
"""What an event takes over from the one before as it is."""
OF_ONE_DAY = ("absent_rounds", "wants")
"""What is said of a person for one event alone."""


async def read_series(api: ApiClient) -> list[Any]:
    """The organisation's series with their events, newest first."""
    listed = (await api.get("/v1/series"))["series"][:MOST_SERIES]
    return [await api.get(f"/v1/series/{one['id']}") for one in listed]


@router.get("")
async def show_all_series(pages: PagesDep, api: ApiDep) -> Response:
    """Every series with its events."""
    return pages.page("series_list.html", series=await read_series(api))


@router.post("", dependencies=[Depends(check_own_page)])
async def begin_series(pages: PagesDep, api: ApiDep, form: FormDep) -> Response:
    """Begin a series; with an event if the form names one."""
    series_id = form.get("series") or await _new_series(api, form.get("name", "").strip())
    if event_id := form.get("event"):
        await api.send("PUT", f"/v1/series/{series_id}/events/{event_id}")
    return pages.go(f"/series/{series_id}")


async def _new_series(api: ApiClient, name: str) -> str:
    made = await api.send("POST", "/v1/series", {"name": name})
    return str(made.document["id"])


@router.get("/{series_id}")
async def show_series(pages: PagesDep, api: ApiDep, series_id: str, page: int = 1) -> Response:
    """One series: its events, who has met, and the next event."""
    pages.check_may("get_history")
    series = await api.get(f"/v1/series/{series_id}")
    history = await api.get(f"/v1/series/{series_id}/history")
    last = await _last_event(api, series)
    return pages.page(
        "series.html",
        series=series,
        last=last,
        names=names_of(last) if last else {},
        part=part_of(latest_first(history["pair_rules"]), page),
        starts_at=proposed_start(last) if last else None,
    )


async def _last_event(api: ApiClient, series: Mapping[str, Any]) -> Any:
    """The newest event of a series, None if it has none."""
    events = series["events"]
    return (await api.event(events[-1]["event"])).document if events else None


def latest_first(rules: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Pairs that met, those of the last event first."""
    return sorted(rules, key=lambda rule: rule.get("events_ago") or 1)


def proposed_start(last: Mapping[str, Any]) -> str:
    """When the next event might begin, as a browser writes it; empty if the last has no times."""
    start = local_start(last, last["rounds"][0])
    return f"{start + NEXT_TIME:{TO_THE_MINUTE}}" if start else ""


@router.post("/{series_id}/events/{event_id}", dependencies=[Depends(check_own_page)])
async def count_event(pages: PagesDep, api: ApiDep, series_id: str, event_id: str) -> Response:
    """Have the meetings of an event count, with what was said of them until now."""
    await api.send("PUT", f"/v1/series/{series_id}/events/{event_id}")
    return pages.go(f"/series/{series_id}")


@router.post("/{series_id}/next", dependencies=[Depends(check_own_page)])
async def make_next_event(pages: PagesDep, api: ApiDep, series_id: str, form: FormDep) -> Response:
    """Make the next event from the last one, which tells first what is known of it by now."""
    last = await _last_event(api, await api.get(f"/v1/series/{series_id}"))
    if last is None:
        raise ApiError(409, {"title": "this series has no event yet"})
    with suppress(ApiError):  # nothing of it was published: it has nothing to tell
        await api.send("PUT", f"/v1/series/{series_id}/events/{last['id']}")
    wanted = next_event(last, form)
    made = await api.send("POST", f"/v1/series/{series_id}/events", wanted)
    return pages.go(f"/events/{made.document['id']}")


def next_event(last: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """The document of the next event: the same people, rules and rounds, on another day.

    Wishes, absences, meetings that were asked for and what was done by hand were of the day before.
    Who met there is for the series to tell.
    """
    kept = {name: last[name] for name in KEPT if name in last}
    return kept | {
        "name": form.get("name", "").strip(),
        "rounds": next_rounds(last, form.get("first_starts_at", "")),
        "attendees": [
            {field: told for field, told in person.items() if field not in OF_ONE_DAY}
            for person in last["attendees"]
        ],
        "pair_rules": [
            rule
            for rule in last.get("pair_rules", ())
            if rule["kind"] == "forbid" and rule.get("round") is None
        ],
        "policy": last.get("policy", {}) | {"rematch": form.get("rematch", "seldom")},
    }


def next_rounds(last: Mapping[str, Any], first_starts_at: str) -> list[dict[str, Any]]:
    """The rounds of the last event from another start on; without times if none is said.

    ApiError if the start is no time.
    """
    before = last["rounds"]
    rounds = [{k: each[k] for k in ("minutes", "tables") if each.get(k)} for each in before]
    if not first_starts_at:
        return rounds
    starts = [local_start(last, each) for each in before]
    if starts[0] is not None and None not in starts:
        since = [start - starts[0] for start in starts if start is not None]
    else:
        lengths = [timedelta(minutes=each["minutes"]) for each in before]
        since = list(accumulate(lengths[:-1], initial=timedelta()))
    try:
        begin = datetime.fromisoformat(first_starts_at)
        times = [(begin + later).isoformat() for later in since]
    except (ValueError, OverflowError):
        raise ApiError(422, {"title": "When the first round starts is no date and time"}) from None
    return [each | {"starts_at": time} for each, time in zip(rounds, times, strict=True)]


@router.post("/{series_id}/delete", dependencies=[Depends(check_own_page)])
async def delete_series(pages: PagesDep, api: ApiDep, series_id: str) -> Response:
    """Delete a series; its events stay."""
    await api.send("DELETE", f"/v1/series/{series_id}")
    return pages.go("/series")
