"""Bodies, read raw: capped, timed, strictly JSON, valid or refused with a pointer.

The framework's own reading would convert types, fail on NaN and repeat values back, so routes
ask for ``Depends(body(Model, …))`` and document the body with ``openapi_extra=accepts(Model)``.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from hashlib import sha256
from typing import Any, Generic, Literal, TypeVar

from fastapi import Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json
from starlette.requests import ClientDisconnect

from app.deps import get_settings
from app.errors import Invalid, Refused, from_validation, pointer
from app.http.conditional import JSON
from app.large_documents import in_thread_if_large
from app.settings import Settings

Document = TypeVar("Document")
Taken = TypeVar("Taken", covariant=True)
Size = Literal["event_bytes", "body_bytes"]

MERGE_PATCH = "application/merge-patch+json"

BYTES_PER_SECOND = 64 * 1024
"""A body that comes slower than this runs out of time."""


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

    async def read(request: Request) -> Sent[Document]:
        raw = await read_body(request, size, JSON)
        return Sent(
            await in_thread_if_large(len(raw), parse_document, adapter, raw),
            digest_of_body(request, raw),
        )

    return read


async def merge_patch_body(request: Request) -> Sent[Any]:
    """A dependency that reads a JSON Merge Patch (RFC 7396); what it patches is checked later."""
    raw = await read_body(request, "event_bytes", JSON, MERGE_PATCH)
    return Sent(await in_thread_if_large(len(raw), _any_json, raw), digest_of_body(request, raw))


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
    """The OpenAPI of a body that is read raw; `create_app` adds the schemas it points to."""
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


def parse_document(adapter: TypeAdapter[Document], raw: bytes | bytearray) -> Document:
    """The document, valid and without a key given twice; Invalid otherwise."""
    try:
        document = adapter.validate_json(raw)
    except ValidationError as error:
        raise from_validation(error) from None
    _check_keys(raw)
    return document


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
    return Invalid.at(f"header:{header}", "unsupported", message, status=415)


def _check_length(request: Request, limit: int) -> None:
    """Refuse by the announced length, before anything is read."""
    announced = request.headers.get("Content-Length", "0")
    if not (announced.isascii() and announced.isdigit()):
        message = "a number of bytes is needed"
        raise Invalid.at("header:Content-Length", "invalid", message, status=400, headers=CLOSE)
    if len(announced) > MOST_DIGITS or int(announced) > limit:
        raise _too_large(limit)


MOST_DIGITS = 18
CLOSE = {"Connection": "close"}
"""After an answer that leaves part of the body unread."""


def _too_large(limit: int) -> Refused:
    message = f"at most {limit} bytes are taken"
    return Invalid.at("", "too_large", message, status=413, headers=CLOSE)


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
        raise Refused(408, "the body came too slowly", headers=CLOSE) from None
    except ClientDisconnect:
        raise Refused(400, "the body broke off", headers=CLOSE) from None


def _any_json(raw: bytearray) -> Any:
    """The parsed body; NaN and infinities stay, for the model to refuse with a pointer."""
    try:
        document = from_json(raw)
    except ValueError as error:
        raise Invalid.at("", "json_invalid", f"Invalid JSON: {error}") from None
    _check_keys(raw)
    return document


def apply_merge_patch(document: Any, patch: Any) -> Any:
    """RFC 7396: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply_merge_patch(result.get(key), value)
    return result


def parse_json(document: Any) -> bytes:
    """JSON that also says NaN and the infinities, for a model to refuse where they stand."""
    return to_json(document, inf_nan_mode="constants")


def _check_keys(raw: bytes | bytearray) -> None:
    """Refuse a key given twice in one object: which of the two was meant is a guess."""
    try:
        json.loads(raw, object_pairs_hook=_no_repetition)
    except _RepeatedKey:
        tree = json.loads(raw, object_pairs_hook=_Pairs)
        message = "this key is given twice in the same object"
        raise Invalid.at(pointer(next(_repetitions(tree))), "repeated_key", message) from None


class _RepeatedKey(Exception):  # noqa: N818 - never leaves this module
    """Some object has a key twice."""


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, in order."""


def _no_repetition(pairs: list[tuple[str, Any]]) -> None:
    """Keeps nothing: the document was parsed before."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise _RepeatedKey


def _repetitions(value: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of keys that were there before."""
    if not isinstance(value, list):
        return
    seen: set[str | int] = set()
    for step, inner in value if isinstance(value, _Pairs) else enumerate(value):
        if step in seen:
            yield (*where, step)
        seen.add(step)
        yield from _repetitions(inner, (*where, step))
