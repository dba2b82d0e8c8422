"""Bodies, read raw: capped, timed, strictly JSON, valid or refused with a pointer.

The framework's own reading would convert types, fail on NaN and repeat values back, so routes
ask for ``Depends(json_body(Model))`` and document it with ``openapi_extra=openapi_body(Model)``.

What a body costs is bounded before it is read: values are counted as bytes arrive, bytes come out
of a budget that all callers share, and a child reads what is large.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Generic, Literal, TypeVar, overload
from urllib.parse import parse_qs

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from app.errors import BrokenBody, Invalid, Refused, TooLarge, TooSlow, Unsupported
from app.exports.schedule_file import SPREADSHEET
from app.http.access import CallerDep
from app.http.byte_budget import ByteBudget, Holding
from app.http.conditional import JSON
from app.http.openapi import refuses
from app.http.state import from_state, get_settings
from app.large_documents import SMALL, in_thread_if_large, lend_child
from app.planning.document import take_event
from app.strict_json import Document, count_values, parse_as
from app.workers.body_reader import BodyReader
from schemas.event import Event

Taken = TypeVar("Taken", covariant=True)
Result = TypeVar("Result")
Size = Literal["event_bytes", "body_bytes"]
BudgetDep = Annotated[ByteBudget, from_state("byte_budget")]


async def get_body_reader(
    caller: CallerDep, reader: Annotated[BodyReader, from_state("body_reader")]
) -> BodyReader:
    """What reads the caller's large bodies, in the turn of the caller's organisation."""
    return reader.of(caller.organisation)


BodyReaderDep = Annotated[BodyReader, Depends(get_body_reader)]


async def lend_reader(reader: BodyReaderDep) -> None:
    """A dependency: what is large of the caller's documents is worked on where bodies are read."""
    lend_child(reader.work)


MERGE_PATCH = "application/merge-patch+json"

FILE_MEDIA = (
    "text/csv",
    "application/octet-stream",
    SPREADSHEET,
    "text/tab-separated-values",
    "text/plain",
)
"""What a registration file may come as: what it is, and in which encoding, its content decides."""

Form = Mapping[str, str]
"""What a form says, by name of field."""
LARGEST_FORM = 256 * 1024
MOST_FIELDS = 200
BYTES_PER_SECOND = 64 * 1024
"""A body that comes slower than this runs out of time."""
BYTES_PER_VALUE = 8
"""A body may hold a value for so many of the bytes it may have; texts have many more for each."""

REFUSALS = (BrokenBody, TooSlow, TooLarge, Invalid)
"""What may be wrong with a body of any media type."""


@dataclass(frozen=True)
class Sent(Generic[Taken]):
    """A body that was taken: what it says, and the digest by which a repetition is known."""

    document: Taken
    digest: str


class Bodies:
    """Reads the bodies of a caller, as many at once as there is room for."""

    def __init__(self, caller: CallerDep, budget: BudgetDep, reader: BodyReaderDep) -> None:
        self._organisation, self._budget, self._reader = caller.organisation, budget, reader

    @overload
    async def read(
        self, request: Request, size: Size, take: Callable[[bytes], Result], *media: str
    ) -> Sent[Result]: ...
    @overload
    async def read(self, request: Request, size: Size, take: None, *media: str) -> Sent[bytes]: ...
    async def read(
        self, request: Request, size: Size, take: Callable[[bytes], Any] | None, *media: str
    ) -> Sent[Any]:
        """What ``take`` makes of a body of one of the types ``media``; Refused if it is none."""
        _check_type(request, media)
        settings = get_settings(request)
        limit: int = getattr(settings, size)
        announced = _announced(request, limit)
        async with self._budget.hold(self._organisation) as holding:
            if announced > SMALL:
                await holding.grow(announced)
            raw = await _receive(request, limit, settings.body_seconds, holding)
            digest = await in_thread_if_large(len(raw), digest_of_body, request, raw)
            return Sent(raw if take is None else await self._reader.read(take, raw), digest)


BodiesDep = Annotated[Bodies, Depends()]


def json_body(
    model: type[Document], size: Size = "body_bytes"
) -> Callable[[Request, Bodies], Awaitable[Sent[Document]]]:
    """A dependency that reads a ``model``."""
    return _body(partial(parse_as, model), size)


def event_body(
    write: Callable[[Event], Result],
) -> Callable[[Request, Bodies], Awaitable[Sent[Result]]]:
    """A dependency that reads an event and takes what it is written to, where it is read."""
    return _body(partial(take_event, write), "event_bytes")


def _body(
    take: Callable[[bytes], Result], size: Size
) -> Callable[[Request, Bodies], Awaitable[Sent[Result]]]:
    @refuses(*REFUSALS, Unsupported)
    async def read(request: Request, bodies: BodiesDep) -> Sent[Result]:
        return await bodies.read(request, size, take, JSON)

    return read


def raw_body(size: Size, *media: str) -> Callable[[Request, Bodies], Awaitable[Sent[bytes]]]:
    """A dependency that takes a body as bytes: it is read where the event is that it changes."""

    @refuses(*REFUSALS, Unsupported)
    async def read(request: Request, bodies: BodiesDep) -> Sent[bytes]:
        return await bodies.read(request, size, None, JSON, *media)

    return read


@refuses(*REFUSALS, Unsupported)
async def file_body(request: Request, bodies: BodiesDep) -> Sent[bytes]:
    """A dependency that takes a registration file as bytes."""
    return await bodies.read(request, "event_bytes", None, *FILE_MEDIA)


def small_body(model: type[Document]) -> Callable[[Request], Awaitable[Document]]:
    """A dependency that reads a ``model`` so small that it takes no part of anybody's budget."""

    @refuses(*REFUSALS, Unsupported)
    async def read(request: Request) -> Document:
        _check_type(request, (JSON,))
        return parse_as(model, await _receive_small(request, SMALL))

    return read


@refuses(*REFUSALS)
async def no_body(request: Request) -> Sent[None]:
    """A dependency for a POST that says everything in its path; an empty object may come."""
    raw = await _receive_small(request, SMALL)
    if bytes(raw).strip() not in (b"", b"{}"):
        raise Invalid.at("", "unexpected_body", "this request takes no body")
    return Sent(None, digest_of_body(request, b""))


async def form_body(request: Request) -> Form:
    """A dependency that reads what a form of one of our pages sends; of equal names the first."""
    raw = await _receive_small(request, LARGEST_FORM)
    try:
        fields = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BrokenBody("this is no form") from None
    return {name: values[0] for name, values in fields.items()}


FormDep = Annotated[Form, Depends(form_body)]


def openapi_body(
    *models: type[BaseModel], media: tuple[str, ...] = (JSON,), required: bool = True
) -> dict[str, Any]:
    """The OpenAPI of a body that is read raw; `describe_api` adds the schemas it points to."""
    refs = [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models]
    content = {kind: {"schema": refs[0] if len(refs) == 1 else {"oneOf": refs}} for kind in media}
    return {"requestBody": {"required": required, "content": content}}


def openapi_file_body() -> dict[str, Any]:
    """The OpenAPI of a registration file; more media types are taken than are shown."""
    schema = {"type": "string", "format": "binary"}
    return {
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": schema} for kind in FILE_MEDIA[:2]},
        }
    }


def openapi_patch_body() -> dict[str, Any]:
    """The OpenAPI of a JSON Merge Patch: any object, whose nulls remove."""
    content = {kind: {"schema": {"type": "object"}} for kind in (MERGE_PATCH, JSON)}
    return {"requestBody": {"required": True, "content": content}}


def digest_of_body(request: Request, raw: bytes) -> str:
    """What identifies a request: verb, address and body."""
    scope = request.scope
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    head = b"\0".join((request.method.encode(), path, scope["query_string"], b""))
    digest = sha256(head)
    digest.update(raw)  # as it is: a large body is not copied
    return digest.hexdigest()


def _check_type(request: Request, media: tuple[str, ...]) -> None:
    header = Message()
    header["Content-Type"] = request.headers.get("Content-Type", "")
    kind, charset = header.get_content_type(), header.get_content_charset("utf-8")
    if kind not in media or (kind not in FILE_MEDIA and charset != "utf-8"):
        needed = " or ".join(media) if FILE_MEDIA[0] in media else f"{' or '.join(media)} in UTF-8"
        raise _unsupported("Content-Type", f"{needed} is needed")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise _unsupported("Content-Encoding", "compressed bodies are not taken")


def _unsupported(header: str, message: str) -> Refused:
    return Unsupported.at(f"header:{header}", "unsupported", message)


def _announced(request: Request, limit: int) -> int:
    """How many bytes are announced, 0 if none are; refused by that, before anything is read."""
    announced = request.headers.get("Content-Length", "0")
    if not (announced.isascii() and announced.isdigit()):
        message = "a number of bytes is needed"
        raise BrokenBody.at("header:Content-Length", "invalid", message)
    if len(announced) > MOST_DIGITS or int(announced) > limit:
        raise _too_large(limit)
    return int(announced)


MOST_DIGITS = 18


def _too_large(limit: int) -> Refused:
    message = f"at most {limit} bytes are taken"
    return TooLarge.at("", "too_large", message)


async def _receive_small(request: Request, most: int) -> bytes:
    """A body of at most so many bytes."""
    settings = get_settings(request)
    limit = min(settings.body_bytes, most)
    _announced(request, limit)
    return await _receive(request, limit, settings.body_seconds)


async def _receive(
    request: Request, limit: int, seconds: float, holding: Holding | None = None
) -> bytes:
    """Read the stream until it ends, exceeds a limit, or falls behind the slowest pace."""
    raw, values, chunks = bytearray(), 0, request.stream()
    started = asyncio.get_running_loop().time()
    try:
        while True:
            async with asyncio.timeout_at(started + seconds + len(raw) / BYTES_PER_SECOND):
                chunk = await anext(chunks, None)
            if chunk is None:
                return bytes(raw)
            raw += chunk
            values += count_values(chunk)
            if len(raw) > limit:
                raise _too_large(limit)
            if values > limit // BYTES_PER_VALUE + SMALL:
                raise _too_many_values(limit // BYTES_PER_VALUE + SMALL)
            if holding and len(raw) > max(SMALL, holding.size):
                await holding.grow(limit)
    except TimeoutError:
        raise TooSlow("the body came too slowly") from None
    except ClientDisconnect:
        raise BrokenBody("the body broke off") from None


def _too_many_values(most: int) -> Refused:
    return TooLarge.at("", "too_many_values", f"at most {most} values are taken")
