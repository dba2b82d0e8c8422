"""How good a version is, as pictures: satisfaction, byes, groups, triangles, and the proof."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from fastapi import APIRouter, Response

from app.console.api_client import ApiClient, ApiDep, ApiError
from app.console.page import PagesDep
from app.console.people import names_of
from app.console.schedule import VersionPath

router = APIRouter(prefix="/events/{event_id}/schedules/{version}", include_in_schema=False)


BINS = 10
MOST_TRIANGLES = 150
"""So many are drawn and listed, the best: more of them show nothing."""
LEAST_SATISFIED = 5


@router.get("/quality")
async def show_quality(
    pages: PagesDep, api: ApiDep, event_id: str, version: VersionPath, of: str = ""
) -> Response:
    """All figures of a version; of the triangles only those of one person, if one is named."""
    pages.check_may("get_report")
    place = f"/v1/events/{event_id}"
    event = (await api.event(event_id)).document
    schedule = await api.get(f"{place}/schedules/{version}")
    report = await _report(api, f"{place}/schedules/{version}/report")
    names = names_of(event)
    shares = schedule["attendees"]
    triangles = sorted(schedule["triangles"], key=lambda one: -one["value"])
    wanted = [one for one in triangles if not of or of in one["attendees"]]
    return pages.page(
        "quality.html",
        event=event,
        schedule=schedule,
        names=names,
        bins=satisfaction_bins(shares),
        least=least_satisfied(shares),
        byes=people_by_byes(shares),
        seated_out=[who for who in shares if who["byes"]],
        report=report,
        people=sorted(_people_of(triangles), key=lambda who: names.get(who, who).casefold()),
        triangles=wanted[:MOST_TRIANGLES],
        found=len(wanted),
        network=network_of(wanted[:MOST_TRIANGLES], names),
        of=of,
    )


async def _report(api: ApiClient, path: str) -> Any | None:
    """The report of a version; None where the event has changed too much for one."""
    try:
        return await api.get(path)
    except ApiError as refusal:
        if refusal.status != 409:
            raise
        return None


def satisfaction_bins(shares: Iterable[Mapping[str, Any]]) -> list[int]:
    """How many people have a satisfaction of 0 to 10 %, of 10 to 20 %, and so on."""
    rated = [who["satisfaction"] for who in shares if who["satisfaction"] is not None]
    counts = Counter(min(int(value * BINS + 1e-9), BINS - 1) for value in rated)
    return [counts[k] for k in range(BINS)]


def least_satisfied(shares: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Who gets least of what they could have had, the least first."""
    rated = [who for who in shares if who["satisfaction"] is not None]
    return sorted(rated, key=lambda who: (who["satisfaction"], who["id"]))[:LEAST_SATISFIED]


def people_by_byes(shares: Iterable[Mapping[str, Any]]) -> list[int]:
    """How many people have no bye, one, two, and so on."""
    counts = Counter(who["byes"] for who in shares)
    return [counts[k] for k in range(max(counts, default=0) + 1)]


def network_of(
    triangles: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, list[Any]]:
    """People of triangles as nodes, with how many each is in, and pairs of them as links."""
    counts = Counter(who for one in triangles for who in one["attendees"])
    pairs = {pair for one in triangles for pair in combinations(sorted(one["attendees"]), 2)}
    return {
        "nodes": [
            {"id": who, "name": names.get(who, who), "count": count}
            for who, count in sorted(counts.items())
        ],
        "links": [list(pair) for pair in sorted(pairs)],
    }


def _people_of(triangles: Iterable[Mapping[str, Any]]) -> set[str]:
    return {who for one in triangles for who in one["attendees"]}
