"""A version of the schedule: by tables or by people, why each meets, and what may be changed."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response

from app.console.api_client import ApiDep, ApiError
from app.console.page import PagesDep, part_of
from app.console.people import choices_of, chosen, names_of, with_names, with_sure_names
from app.exports.schedule_file import KINDS
from app.http.access import check_own_page
from app.http.body import Form, FormDep

router = APIRouter(prefix="/events/{event_id}/schedules/{version}", include_in_schema=False)

VersionPath = Annotated[int, Path(ge=1)]
View = Literal["tables", "people"]


@router.get("")
async def show_schedule(
    request: Request,
    pages: PagesDep,
    api: ApiDep,
    event_id: str,
    version: VersionPath,
    view: View = "tables",
    q: str = "",
    page: int = 1,
) -> Response:
    """Who meets whom, a column a round; only whoever fits the words, if there are some."""
    event = (await api.event(event_id)).document
    schedule = await api.get(f"/v1/events/{event_id}/schedules/{version}")
    names = names_of(event)
    rows = people_rows(schedule) if view == "people" else table_rows(schedule)
    words = q.casefold().split()
    found = [row for row in rows if fits(row, names, words)]
    return pages.page(
        "schedule.html",
        event=event,
        schedule=schedule,
        names=names,
        choices=choices_of(event),
        part=part_of(found, page),
        view=view,
        wanted=q,
        origin=str(request.base_url).rstrip("/"),
    )


def table_rows(schedule: Any) -> list[dict[str, Any]]:
    """A row a table: its number, and its meeting of each round, None where nobody sits."""
    numbers = sorted(
        {meeting["table"] for block in schedule["rounds"] for meeting in block["meetings"]}
    )
    seats = [_by_table(block) for block in schedule["rounds"]]
    return [{"table": k, "meetings": [at.get(k) for at in seats]} for k in numbers]


def _by_table(block: Any) -> dict[int, Any]:
    """The meetings of a round by table; of two at one table that which takes place."""
    ordered = sorted(block["meetings"], key=lambda meeting: meeting["outcome"] != "missed")
    return {meeting["table"]: meeting for meeting in ordered}


def people_rows(schedule: Any) -> list[dict[str, Any]]:
    """A row a person: their id, and their meeting of each round, None where they have none."""
    seats = [_by_person(block) for block in schedule["rounds"]]
    people = sorted({who for block in schedule["rounds"] for who in _present(block)})
    return [{"person": who, "meetings": [at.get(who) for at in seats]} for who in people]


def _present(block: Any) -> list[str]:
    seated = [who for meeting in block["meetings"] for who in meeting["attendees"]]
    return [*seated, *block["byes"]]


def _by_person(block: Any) -> dict[str, Any]:
    ordered = sorted(block["meetings"], key=lambda meeting: meeting["outcome"] != "missed")
    return {who: meeting for meeting in ordered for who in meeting["attendees"]}


def fits(row: Mapping[str, Any], names: Mapping[str, str], words: list[str]) -> bool:
    """Whether a person of the row is called by all of the words."""
    if not words:
        return True
    seated = {who for meeting in row["meetings"] if meeting for who in meeting["attendees"]}
    people = {row["person"]} if "person" in row else seated
    return any(all(word in names.get(who, who).casefold() for word in words) for who in people)


@router.post("/publish", dependencies=[Depends(check_own_page)])
async def publish(pages: PagesDep, api: ApiDep, event_id: str, version: VersionPath) -> Response:
    """Make this the schedule that everybody goes by."""
    place = f"/v1/events/{event_id}/schedules/{version}"
    await api.send("POST", f"{place}/publish")
    return pages.go(f"/events/{event_id}/schedules/{version}")


@router.post("/cards", dependencies=[Depends(check_own_page)])
async def print_cards(api: ApiDep, event_id: str, version: VersionPath, form: FormDep) -> Response:
    """Cards whose codes open each attendee's own page, to save and to print."""
    wanted = {"version": version} | {name: form.get(name) for name in ("paper", "address")}
    made = await api.send("POST", f"/v1/events/{event_id}/links/cards", query=wanted)
    saved = {"Content-Disposition": made.saved_as}
    return Response(made.document, headers=saved, media_type=KINDS["pdf"].media_type)


@router.get("/pair")
async def explain_pair(
    pages: PagesDep, api: ApiDep, event_id: str, version: VersionPath, a: str, b: str
) -> Response:
    """Why two people meet, or do not, what it would cost, and what can be done about it."""
    place = f"/v1/events/{event_id}"
    event = await api.event(event_id)
    pair = [chosen(event.document, who) for who in (a, b)]
    found = await api.get(f"{place}/schedules/{version}/explain", pair=",".join(pair))
    names = names_of(event.document)
    return pages.page(
        "parts/pair.html",
        found=found,
        event_id=event_id,
        version=version,
        etag=event.etag,
        rounds=len(event.document["rounds"]),
        pinned=[rule for rule in event.document.get("pair_rules", ()) if is_pin(rule, pair)],
        names=names,
        named=lambda text: with_names(text, {who: names.get(who, who) for who in found["pair"]}),
    )


def is_pin(rule: Mapping[str, Any], pair: Collection[str]) -> bool:
    """Whether a rule has these two meet."""
    return rule["kind"] == "require" and set(rule["pair"]) == set(pair)


@router.post("/price", dependencies=[Depends(check_own_page)])
async def price_edit(
    pages: PagesDep, api: ApiDep, event_id: str, version: VersionPath, form: FormDep
) -> Response:
    """What an edit would cost and whom it would touch, before anything is done."""
    event = await api.get(f"/v1/events/{event_id}")
    edit = edit_in(form, event)
    wanted = {"edits": [edit]}
    place = f"/v1/events/{event_id}/schedules/{version}/edits"
    names = names_of(event)
    try:
        told = await api.send("POST", place, wanted, query={"dry_run": True})
    except ApiError as refusal:
        raise ApiError(refusal.status, named_problem(refusal.problem, names)) from None
    return pages.page(
        "parts/price.html",
        edit=edit,
        told=told.document,
        names=names,
        event_id=event_id,
        version=version,
    )


def named_problem(problem: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A refusal with names."""
    errors = [
        error | {"message": with_sure_names(error["message"], names, names)}
        for error in problem.get("errors", ())
    ]
    return {**problem, "errors": errors}


@router.post("/edit", dependencies=[Depends(check_own_page)])
async def edit(
    pages: PagesDep, api: ApiDep, event_id: str, version: VersionPath, form: FormDep
) -> Response:
    """Change the version by hand: a new draft, shown beside the version that it was made of."""
    event = await api.get(f"/v1/events/{event_id}")
    place = f"/v1/events/{event_id}/schedules/{version}"
    wanted = {"edits": [edit_in(form, event)], "pin": "pin" in form}
    made = await api.send("POST", f"{place}/edits", wanted)
    draft = made.document["version"]
    return pages.go(f"/events/{event_id}/schedules/{draft}/changes?from={version}")


def edit_in(form: Form, event: Mapping[str, Any]) -> dict[str, Any]:
    """The edit that a form asks for; what it leaves out is not said."""
    numbers = {
        name: int(form[name])
        for name in ("round", "to_round", "table")
        if form.get(name, "").isdecimal()
    }
    pair = [chosen(event, form.get(name, "")) for name in ("a", "b")]
    return {"kind": form.get("kind", ""), "attendees": pair} | numbers
