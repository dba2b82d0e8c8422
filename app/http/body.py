"""Bodies, read raw: capped, timed, strictly JSON, valid or refused with a pointer.

The framework's own reading would convert types, fail on NaN and repeat values back, so routes
ask for ``Depends(json_body(Model))`` and document it with ``openapi_extra=openapi_body(Model)``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256
from typing import Any, Generic, Literal, TypeVar

from fastapi import Request
from pydantic import BaseModel, TypeAdapter
from starlette.requests import ClientDisconnect

from app.errors import BrokenBody, Invalid, Refused, TooLarge, TooSlow, Unsupported
from app.http.conditional import JSON
from app.http.openapi import refuses
from app.http.state import get_settings
from app.large_documents import in_thread_if_large
from app.settings import Settings
from app.strict_json import Document, parse_any_json, parse_document

Taken = TypeVar("Taken", covariant=True)
Size = Literal["event_bytes", "body_bytes"]

MERGE_PATCH = "application/merge-patch+json"

BYTES_PER_SECOND = 64 * 1024
"""A body that comes slower than this runs out of time."""


REFUSALS = (BrokenBody, TooSlow, TooLarge, Invalid)
"""What may be wrong with a body of any media type."""


@dataclass(frozen=True)
class Sent(Generic[Taken]):
    """A body that was taken: what it says, and the digest by which a repetition is known."""

    document: Taken
    digest: str


def json_body(
    model: type[Document], size: Size = "body_bytes"
) -> Callable[[Request], Awaitable[Sent[Document]]]:
    """A dependency that reads a ``model``."""
    adapter = TypeAdapter(model)

    @refuses(*REFUSALS, Unsupported)
    async def read(request: Request) -> Sent[Document]:
        raw = await read_body(request, size, JSON)
        return Sent(
            await in_thread_if_large(len(raw), parse_document, adapter, raw),
            digest_of_body(request, raw),
        )

    return read


@refuses(*REFUSALS, Unsupported)
async def merge_patch_body(request: Request) -> Sent[Any]:
    """A dependency that reads a JSON Merge Patch (RFC 7396); what it patches is checked later."""
    raw = await read_body(request, "event_bytes", JSON, MERGE_PATCH)
    return Sent(
        await in_thread_if_large(len(raw), parse_any_json, raw), digest_of_body(request, raw)
    )


@refuses(*REFUSALS)
async def no_body(request: Request) -> Sent[None]:
    """A dependency for a POST that says everything in its path; an empty object may come."""
    settings = get_settings(request)
    _check_length(request, settings.body_bytes)
    raw = await _receive(request, settings.body_bytes, settings.body_seconds)
    if bytes(raw).strip() not in (b"", b"{}"):
        raise Invalid.at("", "unexpected_body", "this request takes no body")
    return Sent(None, digest_of_body(request, b""))


def openapi_body(
    *models: type[BaseModel], media: tuple[str, ...] = (JSON,), required: bool = True
) -> dict[str, Any]:
    """The OpenAPI of a body that is read raw; `describe_api` adds the schemas it points to."""
    refs = [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models]
    content = {kind: {"schema": refs[0] if len(refs) == 1 else {"oneOf": refs}} for kind in media}
    return {"requestBody": {"required": required, "content": content}}


def openapi_patch_body() -> dict[str, Any]:
    """The OpenAPI of a JSON Merge Patch: any object, whose nulls remove."""
    content = {kind: {"schema": {"type": "object"}} for kind in (MERGE_PATCH, JSON)}
    return {"requestBody": {"required": True, "content": content}}


async def read_body(request: Request, size: Size, *media: str) -> bytearray:
    """The body's bytes, if they are of one of the ``media`` types, few enough and in time."""
    _check_type(request, media)
    settings: Settings = get_settings(request)
    limit: int = getattr(settings, size)
    _check_length(request, limit)
    return await _receive(request, limit, settings.body_seconds)


def digest_of_body(request: Request, raw: bytes | bytearray) -> str:
    """What identifies a request: verb, address and body."""
    scope = request.scope
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    head = b"\0".join((request.method.encode(), path, scope["query_string"], b""))
    return sha256(head + raw).hexdigest()


def _check_type(request: Request, media: tuple[str, ...]) -> None:
    header = Message()
    header["Content-Type"] = request.headers.get("Content-Type", "")
    charset = header.get_content_charset("utf-8")
    if header.get_content_type() not in media or charset != "utf-8":
        raise _unsupported("Content-Type", f"{' or '.join(media)} in UTF-8 is needed")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise _unsupported("Content-Encoding", "compressed bodies are not taken")


def _unsupported(header: str, message: str) -> Refused:
    return Unsupported.at(f"header:{header}", "unsupported", message)


def _check_length(request: Request, limit: int) -> None:
    """Refuse by the announced length, before anything is read."""
    announced = request.headers.get("Content-Length", "0")
    if not (announced.isascii() and announced.isdigit()):
        message = "a number of bytes is needed"
        raise BrokenBody.at("header:Content-Length", "invalid", message)
    if len(announced) > MOST_DIGITS or int(announced) > limit:
        raise _too_large(limit)


MOST_DIGITS = 18


def _too_large(limit: int) -> Refused:
    message = f"at most {limit} bytes are taken"
    return TooLarge.at("", "too_large", message)


async def _receive(request: Request, limit: int, seconds: float) -> bytearray:
    """Read the stream until it ends, exceeds ``limit``, or falls behind the slowest pace."""
    raw, chunks = bytearray(), request.stream()
    started = asyncio.get_running_loop().time()
    try:
        while True:
            async with asyncio.timeout_at(started + seconds + len(raw) / BYTES_PER_SECOND):
                chunk = await anext(chunks, None)
            if chunk is None:
                return raw
            raw += chunk
            if len(raw) > limit:
                raise _too_large(limit)
    except TimeoutError:
        raise TooSlow("the body came too slowly") from None
    except ClientDisconnect:
        raise BrokenBody("the body broke off") from None
