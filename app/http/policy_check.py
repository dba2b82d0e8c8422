"""Whether every operation that is mounted keeps to the policy; the service starts with no other."""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from app.http.access import get_caller
from app.http.attendee_access import get_attendee
from app.http.openapi import described_routes
from app.http.policy import POLICY, Door
from app.http.reader_view import NARROWED, has_view

DOORS: dict[Door, Callable[..., Any] | None] = {
    "key": get_caller,
    "link": get_attendee,
    "open": None,
}
"""What lets callers in at each door."""


class PolicyError(Exception):
    """An operation is not as the policy says, or the policy says nothing of it."""


def check_policy(app: FastAPI) -> None:
    """Raise PolicyError unless the operations of ``app`` and the policy are of one mind."""
    routes = {route.name: route for route in described_routes(app)}
    named = {name.partition("?")[0] for name in POLICY}
    faults = [f"{name}: has no rule" for name in sorted(routes.keys() - named)]
    faults += [f"{name}: is no operation" for name in sorted(named - routes.keys())]
    for name in sorted(routes.keys() & named):
        faults += [f"{name}: {fault}" for fault in _faults(name, routes[name])]
    if faults:
        raise PolicyError("; ".join(faults))


def _faults(name: str, route: Any) -> Iterator[str]:
    rule = POLICY[name]
    asked = set(_calls(route.dependant)) & set(DOORS.values())
    if asked != {DOORS[rule.door]} - {None}:
        yield f"does not ask for what a door of the kind {rule.door!r} needs"
    for role in rule.roles:
        if role in NARROWED and not has_view(route, role):
            yield f"answers with what nobody said a {role} may see"


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    """All that a route depends on."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
