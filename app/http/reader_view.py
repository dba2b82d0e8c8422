"""What readers are shown: the room, and nothing that people say of themselves or of each other.

A reader's key is for a board, a projector, a sponsor's page: what it reads may end on a screen. So
a field is shown if ``SHOWN`` names it, and a document of which it names none is the organiser's.
Stewards are shown as much, and of what happens on the day all that they report themselves.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias, get_args

from fastapi.sse import EventSourceResponse
from pydantic_core import from_json, to_json
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.conditional import JSON, narrowed_tag
from app.large_documents import in_thread_if_large
from schemas.access_key import Role
from schemas.agenda import Person
from schemas.base import Wire
from schemas.difference import (
    Difference,
    PersonDifference,
    Place,
    RoundDifference,
    StartDifference,
    TableDifference,
)
from schemas.event import Attendee, Event, Round
from schemas.graph import ContactSphere
from schemas.incident import (
    Change,
    HelpedPerson,
    Incident,
    Objectives,
    Proposal,
    Repair,
    Standby,
    TriangleCounts,
)
from schemas.listing import (
    AttendeePage,
    EventPage,
    EventSummary,
    IncidentLog,
    ProposalList,
    Publication,
    ScheduleList,
    ScheduleSummary,
    SolveList,
)
from schemas.live import Idle, LastChange, Live, LiveRound, LiveSeats
from schemas.schedule import Broken, Meeting, Quality, Schedule, ScheduledRound
from schemas.series import Series, SeriesEvent, SeriesList, SeriesSummary
from schemas.solve import Solve
from schemas.tick import TickReceipt, ToldAttendee, ToldList

SHOWN: Mapping[type[Wire], str] = {
    EventPage: "events next",
    EventSummary: "id name revision attendees rounds held_rounds created_at updated_at",
    Event: "name timezone rounds attendees held_rounds published",
    Round: "starts_at minutes tables closed_tables",
    AttendeePage: "attendees next",
    Attendee: "id name organisation",
    Person: "id name organisation",
    ScheduleList: "schedules",
    ScheduleSummary: "version status created_at objective upper_bound gap proof",
    Schedule: "event_id version status created_at rounds quality",
    ScheduledRound: "round starts_at meetings byes absent",
    Meeting: "table attendees outcome added",
    Quality: (
        "objective byes upper_bound gap proof seconds work stopped_by broken table_changes"
    ),  # what it is the sum of would tell that somebody would rather not meet somebody
    Broken: "forced chosen",
    Repair: "version status changes touched moved broken least_broken objective triangles standby",
    Change: "attendee round from_ to",
    Objectives: "before after fresh",
    TriangleCounts: "lost rescued closed",
    Standby: "round order place",
    Difference: "from_version version changes people tables starts",
    PersonDifference: "attendee name rounds words",
    RoundDifference: "round from_ to",
    Place: "partner table",
    TableDifference: "round table from_ to words",
    StartDifference: "round from_ to",
    SolveList: "solves",
    Solve: "id state version objective upper_bound gap created_at",
    IncidentLog: "incidents published",
    Incident: "id kind",
    Publication: "version incidents",
    Live: (
        "now seconds ends_in event timezone version state rounds running next starts_at "
        "cancelled_rounds checked_in away last_change"
    ),
    LiveRound: "round starts_at minutes tables closed_tables seats idle",
    LiveSeats: "table people outcome added",
    Idle: "person reason place turn",
    LastChange: "version at people text",
    SeriesList: "series",
    SeriesSummary: "id name created_at events",
    Series: "id name created_at events pairs",
    SeriesEvent: "event name added pairs",
    ContactSphere: "sphere professions",
}
"""The fields of each document that a reader may see; what needs another document is not shown."""

SHOWN_TO_STEWARDS: Mapping[type[Wire], str] = {
    **SHOWN,
    Incident: "id kind attendee attendees round table pair minutes incident",
    Live: f"{SHOWN[Live]} proposals",
    ProposalList: "proposals searching",
    Proposal: "id basis text helped moved given_up gain changes",
    HelpedPerson: "attendee meetings worthwhile",
    TickReceipt: "accepted",
    ToldList: "told",
    ToldAttendee: "version attendee by at",
}
"""The same of stewards."""

NARROWED: Mapping[Role, Mapping[type[Wire], str]] = {
    "reader": SHOWN,
    "steward": SHOWN_TO_STEWARDS,
}
"""The roles that are not shown all, and the fields they are shown."""

Shape: TypeAlias = Mapping[str, "Shape"] | None
"""The names that are shown, each with the shape of what it holds; None shows all of it."""


class OfNobody(Response):
    """An answer that is the same for every organisation, and tells of no event."""


def has_view(route: Any, role: Role) -> bool:
    """Whether a route answers with what a role may see, or a part of it."""
    if route.response_class in (EventSourceResponse, OfNobody):
        return True  # of numbers; what else is sent goes through `shown_to`
    models = _models_in(route.response_model)
    return bool(models) and models <= NARROWED[role].keys()


def shown_to(role: Role, document: Wire) -> Any:
    """What a role sees of a document."""
    told = document.model_dump(mode="json", by_alias=True)
    return _narrow(told, _shape(type(document), role)) if role in NARROWED else told


class ReaderView:
    """ASGI middleware: answers to the `NARROWED` lose what is not theirs, and get other tags."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; who asks is known when it is answered."""
        await self._app(scope, receive, _ReaderAnswer(scope, send))


class _ReaderAnswer:
    """A ``send`` that holds an answer in JSON back until it is whole."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if self._role is None:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    @property
    def _role(self) -> Role | None:
        """Of whoever asked, if it is one that is not shown all."""
        role: Role | None = self._scope.get("state", {}).get("narrowed")
        return role

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(raw=list(message["headers"]))
        if "ETag" in headers:
            headers["ETag"] = narrowed_tag(headers["ETag"], self._role)
        message = {**message, "headers": headers.raw}
        if headers.get("Content-Type") == JSON:
            self._start = message
        else:
            await self._send(message)

    async def _finish(self, start: Message) -> None:
        shape = _shape(self._scope["route"].response_model, self._role)
        body = await in_thread_if_large(len(self._body), _narrow_json, bytes(self._body), shape)
        MutableHeaders(raw=start["headers"])["Content-Length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _narrow_json(body: bytes, shape: Shape) -> bytes:
    return to_json(_narrow(from_json(body), shape))


def _narrow(value: Any, shape: Shape) -> Any:
    """The part of a JSON value that has this shape, in every row of a list."""
    if shape is None:
        return value
    if isinstance(value, list):
        return [_narrow(row, shape) for row in value]
    if isinstance(value, dict):
        return {name: _narrow(value[name], shape[name]) for name in value if name in shape}
    return value


@cache
def _shape(annotation: Any, role: Role) -> Shape:
    """What a role is shown of a document, or of a field, of this type."""
    models = _models_in(annotation)
    if not models:
        return None
    (model,) = models
    fields: Any = model.model_fields
    names = NARROWED[role][model].split()
    return {fields[name].alias or name: _shape(fields[name].annotation, role) for name in names}


def _models_in(annotation: Any) -> set[type[Wire]]:
    """The documents of a type, without what they hold themselves."""
    if isinstance(annotation, type) and issubclass(annotation, Wire):
        return {annotation}
    return {model for part in get_args(annotation) for model in _models_in(part)}
