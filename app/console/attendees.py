"""Who comes: found by any word, changed in place."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep, part_of
from app.http.access import check_own_page
from app.http.body import Form, FormDep

router = APIRouter(prefix="/events/{event_id}/attendees", include_in_schema=False)


TEXTS = ("name", "organisation", "email")
LISTS = ("offers", "needs", "interests")
"""Fields that a person has several of: one a line."""


@router.get("")
async def show_attendees(
    pages: PagesDep, api: ApiDep, event_id: str, q: str = "", page: int = 1
) -> Response:
    """Everybody, or all of whom something is said in these words."""
    event = (await api.event(event_id)).document
    found = [person for person in event["attendees"] if says(person, q)]
    return pages.page(
        "attendees.html",
        event=event,
        part=part_of(found, page),
        found=len(found),
        wanted=q,
    )


def says(person: Mapping[str, Any], words: str) -> bool:
    """Whether all words stand somewhere in what is known of a person."""
    told = " ".join([person["id"], *_texts_of(person)]).casefold()
    return all(word in told for word in words.casefold().split())


def _texts_of(person: Mapping[str, Any]) -> list[str]:
    listed = [text_of(part) for name in LISTS for part in person.get(name, ())]
    labels = person.get("labels", {}).values()
    return [*(person.get(name) or "" for name in TEXTS), *listed, *labels]


def text_of(part: Any) -> str:
    """The words of an offer or a need, whichever way it is written."""
    return part if isinstance(part, str) else str(part["text"])


@router.get("/{attendee_id}")
async def show_attendee(pages: PagesDep, api: ApiDep, event_id: str, attendee_id: str) -> Response:
    """One person, to read and to change."""
    pages.check_may("patch_attendee")
    found = await api.send("GET", f"/v1/events/{event_id}/attendees/{attendee_id}")
    return pages.page(
        "attendee.html",
        event=(await api.event(event_id)).document,
        person=found.document,
        etag=found.etag,
        lists={name: [text_of(part) for part in found.document.get(name, ())] for name in LISTS},
    )


@router.post("/{attendee_id}", dependencies=[Depends(check_own_page)])
async def change_attendee(
    pages: PagesDep, api: ApiDep, event_id: str, attendee_id: str, form: FormDep
) -> Response:
    """Keep what was changed, unless somebody else changed the event meanwhile."""
    place = f"/v1/events/{event_id}/attendees/{attendee_id}"
    before = await api.get(place)
    await api.patch(place, changes_in(form, before), form.get("etag", ""))
    return pages.go(f"/events/{event_id}/attendees")


def changes_in(form: Form, before: Mapping[str, Any]) -> Mapping[str, Any]:
    """The merge patch of a form: what it says otherwise than the person did before.

    An offer or a need whose words stay keeps all else that is said of it.
    """
    patch: dict[str, Any] = {name: form[name].strip() or None for name in TEXTS if name in form}
    for name in LISTS:
        if name in form:
            known = {text_of(part): part for part in before.get(name, ())}
            lines = [line.strip() for line in form[name].splitlines() if line.strip()]
            patch[name] = [known.get(line, line) for line in lines] or None
    if "restricted" in form:
        patch["restricted"] = form["restricted"] == "yes" or None
    return {name: value for name, value in patch.items() if value != (before.get(name) or None)}


@router.post("/{attendee_id}/remove", dependencies=[Depends(check_own_page)])
async def remove_attendee(
    pages: PagesDep, api: ApiDep, event_id: str, attendee_id: str, form: FormDep
) -> Response:
    """Take somebody off the list; of a published schedule they drop out."""
    place = f"/v1/events/{event_id}/attendees/{attendee_id}"
    await api.send("DELETE", place, headers={"If-Match": form.get("etag", "")})
    return pages.go(f"/events/{event_id}/attendees")


@router.post("/{attendee_id}/link", dependencies=[Depends(check_own_page)])
async def make_link(
    request: Request, pages: PagesDep, api: ApiDep, event_id: str, attendee_id: str
) -> Response:
    """Make the link to somebody's own page, and show it this once."""
    place = f"/v1/events/{event_id}/attendees/{attendee_id}"
    made = await api.send("POST", f"{place}/link")
    return pages.page(
        "link.html",
        event=(await api.event(event_id)).document,
        person=await api.get(place),
        address=str(request.base_url).rstrip("/") + made.document["path"],
        expires_at=made.document["expires_at"][: len("2027-03-04")],
    )


@router.post("/{attendee_id}/link/end", dependencies=[Depends(check_own_page)])
async def end_link(pages: PagesDep, api: ApiDep, event_id: str, attendee_id: str) -> Response:
    """End somebody's link."""
    await api.send("DELETE", f"/v1/events/{event_id}/attendees/{attendee_id}/link")
    return pages.go(f"/events/{event_id}/attendees")
