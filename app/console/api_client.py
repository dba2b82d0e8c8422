"""The public api as a page asks it: in this process, in the name of whoever reads the page.

Pages know nothing that the api would not tell their reader, for they have no other source.
"""

import json
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import Depends, Request

from app.http.body import MERGE_PATCH
from app.http.conditional import JSON
from schemas.words.message import message

FORWARDED = ("host", "origin", "sec-fetch-site", "cookie", "authorization")
"""Headers of the page's request by which the api decides who asks."""


NOT_OPEN = message("Your key does not open this: please ask the organiser")


class ApiError(Exception):
    """The api refused; ``problem`` is its problem document."""

    def __init__(self, status: int, problem: Any) -> None:
        super().__init__(status)
        self.status, self.problem = status, problem


@dataclass(frozen=True)
class ApiAnswer:
    """What the api answered: the document, and the tag that changes of it need.

    Of a file the document is its bytes, and ``saved_as`` says how it is called.
    """

    document: Any
    etag: str
    saved_as: str = ""


class ApiClient:
    """Asks the api with the headers of one request of the reader's browser, or with a key."""

    def __init__(self, request: Request, key: str | None = None) -> None:
        headers = {name: request.headers[name] for name in FORWARDED if name in request.headers}
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        host, port = request.client or ("", 0)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(request.app, client=(host, port)),
            base_url=f"http://{headers['host']}",
            headers=headers,
        )

    async def get(self, path: str, **query: Any) -> Any:
        """The document at a path; ApiError if there is none for this reader."""
        return (await self.send("GET", path, query=query)).document

    async def find(self, path: str, **query: Any) -> Any | None:
        """The document at a path, or None where there is none yet."""
        try:
            return await self.get(path, **query)
        except ApiError as refusal:
            if refusal.status != 404:
                raise
            return None

    async def event(self, event_id: str) -> ApiAnswer:
        """An event with its id, as every page of it shows it, and its tag."""
        found = await self.send("GET", f"/v1/events/{event_id}")
        return ApiAnswer(found.document | {"id": event_id}, found.etag)

    async def patch(self, path: str, patch: Mapping[str, Any], etag: str) -> None:
        """Change a document, unless it is another one than that with this tag by now."""
        await self.send(
            "PATCH", path, patch, headers={"If-Match": etag, "Content-Type": MERGE_PATCH}
        )

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: AsyncIterable[bytes] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiAnswer:
        """What the api answers to a JSON ``body``, or to ``raw`` bytes; ApiError for a no.

        What a reader wrote into a part of the ``path`` stays one part of it.
        """
        sent = {"Content-Type": JSON} if body is not None else {}
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        answer = await self._client.request(
            method,
            _address_of(path),
            content=raw if body is None else json.dumps(body),
            params=asked,
            headers=httpx.Headers(sent | dict(headers or {}), encoding="utf-8"),
        )
        told = _document(answer)
        if answer.is_error:
            raise ApiError(answer.status_code, told)
        return ApiAnswer(
            told, answer.headers.get("ETag", ""), answer.headers.get("Content-Disposition", "")
        )


def _address_of(path: str) -> httpx.URL:
    """The address of a path; ApiError where there can be nothing."""
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise ApiError(404, {})
    try:
        return httpx.URL(quote(path, safe="/%"))
    except httpx.InvalidURL:
        raise ApiError(404, {}) from None


def _document(answer: httpx.Response) -> Any:
    """What is in an answer: a document of JSON, the bytes of a file, or nothing."""
    if not answer.content:
        return None
    is_json = "json" in answer.headers.get("Content-Type", "")
    return answer.json() if is_json else answer.content


def get_api(request: Request) -> ApiClient:
    """The api for whoever reads a page."""
    return ApiClient(request)


ApiDep = Annotated[ApiClient, Depends(get_api)]
