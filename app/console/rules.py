"""Who may meet whom, in words: the policy, rules of pairs, wishes and blocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Response

from app.console.api_client import ApiDep
from app.console.overview import SECONDS
from app.console.page import PagesDep
from app.console.people import choices_of, chosen, names_of
from app.http.access import check_own_page
from app.http.body import Form, FormDep

router = APIRouter(prefix="/events/{event_id}/rules", include_in_schema=False)


CHOICES = ("idle", "same_organisation", "per_organisation", "rematch")
"""Fields of the policy that this page changes: each a choice of a few words."""


@router.get("")
async def show_rules(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """All rules of the event, to be added to and taken away."""
    found = await api.event(event_id)
    event = found.document
    pages.check_may("patch_event")
    return pages.page(
        "rules.html",
        event=event,
        etag=found.etag,
        names=names_of(event),
        choices=choices_of(event),
        rules=list(enumerate(event["pair_rules"])),
        wishes=list(wishes_of(event)),
        blocks=list(blocks_of(event)),
        seconds=SECONDS,
    )


def wishes_of(event: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Who asked to meet whom, dearest first."""
    for person in event["attendees"]:
        if wants := person.get("wants"):
            yield person["id"], [id_of(other) for other in wants]


def blocks_of(event: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Who will not meet whom, and whether they only would rather not."""
    for person in event["attendees"]:
        for other in person.get("avoid", ()):
            yield person["id"], id_of(other), isinstance(other, dict) and other.get("soft", False)


def id_of(other: Any) -> str:
    """Somebody's id, whichever way they are named."""
    return str(other["id"]) if isinstance(other, dict) else str(other)


@router.post("/policy", dependencies=[Depends(check_own_page)])
async def change_policy(pages: PagesDep, api: ApiDep, event_id: str, form: FormDep) -> Response:
    """Choose anew who may meet whom in general."""
    policy = {name: form[name] for name in CHOICES if name in form}
    await api.patch(f"/v1/events/{event_id}", {"policy": policy}, form.get("etag", ""))
    return pages.go(f"/events/{event_id}/rules")


@router.post("/add", dependencies=[Depends(check_own_page)])
async def add_rule(pages: PagesDep, api: ApiDep, event_id: str, form: FormDep) -> Response:
    """Add a rule for two people, whatever page asks for it."""
    place = f"/v1/events/{event_id}"
    event = await api.get(place)
    rule = rule_in(form, event)
    kept = [one for one in event["pair_rules"] if not is_replaced(one, rule)]
    await api.patch(place, {"pair_rules": [*kept, rule]}, form.get("etag", ""))
    return pages.go(f"/events/{event_id}/rules#pairs")


def rule_in(form: Form, event: Mapping[str, Any]) -> dict[str, Any]:
    """The rule that a form asks for; people are named or given by id."""
    said = {name: value.strip() for name, value in form.items()}
    pair = [chosen(event, said.get(name, "")) for name in ("a", "b")]
    rule: dict[str, Any] = {"kind": said.get("kind", ""), "pair": pair}
    if said.get("round", "").isdecimal() and rule["kind"] != "met":
        rule["round"] = int(said["round"])
    return rule | ({"reason": said["reason"]} if said.get("reason") else {})


def is_replaced(one: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    """Whether a rule of the same kind for the same two says less or the same."""
    if set(one["pair"]) != set(rule["pair"]) or one["kind"] != rule["kind"]:
        return False
    return bool(rule["kind"] == "require" or one.get("round") == rule.get("round"))


@router.post("/remove", dependencies=[Depends(check_own_page)])
async def remove_rule(pages: PagesDep, api: ApiDep, event_id: str, form: FormDep) -> Response:
    """Take a rule away, by its place in the list that was seen."""
    place = f"/v1/events/{event_id}"
    event = await api.get(place)
    number = form.get("place", "")
    kept = [rule for k, rule in enumerate(event["pair_rules"]) if str(k) != number]
    await api.patch(place, {"pair_rules": kept}, form.get("etag", ""))
    return pages.go(f"/events/{event_id}/rules#pairs")
